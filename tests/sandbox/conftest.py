from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sandbox.running import TOKEN, Sandbox, running

SLOW = 0.4


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox without random faults, shared by the tests that need no options."""
    with running(tmp_path_factory.mktemp("sandbox"), "--slow", str(SLOW)) as one:
        yield one
    assert TOKEN not in one.record_file.read_text("ascii")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Start a sandbox with options; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(running(tmp_path, *options))
