"""Fixtures to test the console in a real browser; script errors and requests to other hosts fail the test."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.screen import Screen, open_window
from tests.e2e.serve import Server, end_workers, serve

_WINDOWS = pytest.StashKey[list[Screen]]()
_SHOWN = 2000
"""Maximum number of characters of a page that a failure shows."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the text of the open windows to the report of a failed test."""
    report = yield
    if report.failed and report.when == "call":
        for one in item.stash.get(_WINDOWS, []):
            if not one.page.is_closed():
                report.sections.append((f"the window at {one.page.url}", one.page.inner_text("body")[:_SHOWN]))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The console shared by all tests that do not need their own."""
    one = serve(tmp_path_factory.mktemp("console"))
    try:
        yield one
    finally:
        one.stop()
        end_workers(one.data)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start consoles for one test on one data folder, as in ``start_server(OMNI_BATCH="2")``."""
    with ExitStack() as stack:

        def start(*flags: str, **environment: str) -> Server:
            one = serve(tmp_path, *flags, **environment)
            stack.callback(end_workers, one.data)
            stack.callback(one.stop)
            return one

        yield start


@pytest.fixture
def open_screen(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Screen]]:
    """Open windows: ``open_screen()``, ``open_screen(a_server, color_scheme="dark", locale="pt-BR")``.

    Complaints of any of them fail the test at its end.
    """
    opened = request.node.stash[_WINDOWS] = list[Screen]()

    def open_one(on: Server | None = None, **options: Any) -> Screen:
        opened.append(open_window(chromium, on or request.getfixturevalue("server"), **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.page.context.close()
    for one in opened:
        _fail_if_it_complains(one)


@pytest.fixture(scope="session")
def shared_window(chromium: Browser, server: Server) -> Iterator[Screen]:
    """A window on the shared console, in English. It is shared because a new one would load all of Streamlit again."""
    one = open_window(chromium, server)
    yield one
    one.page.context.close()


@pytest.fixture
def screen(shared_window: Screen, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """The shared window; a test begins with ``go``. Complaints left by earlier tests are dropped."""
    shared_window.complaints.clear()
    request.node.stash[_WINDOWS] = [shared_window]
    yield shared_window
    _fail_if_it_complains(shared_window)


def _fail_if_it_complains(screen: Screen) -> None:
    if screen.complaints:
        log = screen.server.log.read_text("utf-8", "replace")[-3000:]
        report = [*screen.complaints, "", "The server's log ends with:", log]
        pytest.fail("\n".join(report), pytrace=False)
