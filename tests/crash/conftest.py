"""Fixtures of the crash tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.crash_report import REPORT_FILE, CrashReport


@pytest.fixture(scope="session")
def crash_report() -> Iterator[CrashReport]:
    """The results of this run."""
    found = CrashReport()
    yield found
    if REPORT_FILE:
        found.write(Path(REPORT_FILE))
