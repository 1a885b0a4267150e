"""Fixtures of the benchmarks: the browser of the end-to-end tests, a report, and databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.report import Report
from tests.bench.sending import durable_postgres
from tests.e2e.conftest import open_screen, start_server

__all__ = ["open_screen", "pytest_addoption", "report", "start_server"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-in", type=Path, help="the file in which the results of the benchmarks are kept")


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Iterator[Report]:
    """The results of this run."""
    found = Report()
    yield found
    if path := pytestconfig.getoption("--keep-in"):
        found.write(path)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URL of a fresh database of each kind that writes every commit to disk."""
    with durable_postgres() as server, server.database() as url:
        yield {"SQLite": f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'omni.db'}", "PostgreSQL": url}
