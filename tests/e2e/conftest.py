"""The console in a real browser: nothing breaks in the page, and the page asks no other host for anything."""

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
_TOLD = 2000
"""Characters of a page that a failure tells."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails says what its windows show at that moment."""
    report = yield
    if report.failed and report.when == "call":
        for one in item.stash.get(_WINDOWS, []):
            if not one.page.is_closed():
                report.sections.append((f"the window at {one.page.url}", one.page.inner_text("body")[:_TOLD]))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One console for every test that needs none of its own."""
    one = serve(tmp_path_factory.mktemp("console"))
    try:
        yield one
    finally:
        one.stop()
        end_workers(one.data)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts consoles of the test's own, on one data folder: ``start_server(OMNI_BATCH="2")``."""
    with ExitStack() as stack:

        def start(*flags: str, **environment: str) -> Server:
            one = serve(tmp_path, *flags, **environment)
            stack.callback(end_workers, one.data)
            stack.callback(one.stop)
            return one

        yield start


@pytest.fixture
def open_screen(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Screen]]:
    """Opens windows: ``open_screen()``, ``open_screen(a_server, color_scheme="dark", locale="pt-BR")``.

    Whatever must not happen in any of them fails the test at its end.
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
    """A window on the shared console, in English: opening one anew has all of Streamlit fetched and read again."""
    one = open_window(chromium, server)
    yield one
    one.page.context.close()


@pytest.fixture
def screen(shared_window: Screen, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """The shared window, on which a test begins with ``go``. What an earlier test left on it is not this one's."""
    shared_window.complaints.clear()
    request.node.stash[_WINDOWS] = [shared_window]
    yield shared_window
    _fail_if_it_complains(shared_window)


def _fail_if_it_complains(screen: Screen) -> None:
    if screen.complaints:
        log = screen.server.log.read_text("utf-8", "replace")[-3000:]
        report = [*screen.complaints, "", "The server's log ends with:", log]
        pytest.fail("\n".join(report), pytrace=False)
