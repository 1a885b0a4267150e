"""Fixtures of the crash tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.crash_report import KEPT_IN, Telling


@pytest.fixture(scope="session")
def telling() -> Iterator[Telling]:
    """The results of this run."""
    found = Telling()
    yield found
    if KEPT_IN:
        found.write(Path(KEPT_IN))
