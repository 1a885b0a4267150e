"""The benchmarks drive the console in a browser as the journeys do, and keep what they found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.report import Report
from tests.e2e.conftest import open_screen, start_server

__all__ = ["open_screen", "pytest_addoption", "report", "start_server"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-in", type=Path, help="the file in which the results of the benchmarks are kept")


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Iterator[Report]:
    """What was found in this run."""
    found = Report()
    yield found
    if path := pytestconfig.getoption("--keep-in"):
        found.write(path)
