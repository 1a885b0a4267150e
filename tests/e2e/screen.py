"""Browser windows on the console: tools to drive them, and a record of errors in the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.e2e.serve import Server
from tests.waiting import PATIENCE

_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Programs to look for. The first is Chromium without a window, which uses a fifth less processor time."""
_MISSING = "Chromium is not installed: run `make programs`, or set CHROMIUM to the path of its program."
_FLAGS = [
    "--no-sandbox",  # root cannot use the sandbox
    "--disable-gpu",
    "--in-process-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_OPERATOR = {
    "viewport": {"width": 1360, "height": 850},
    "locale": "en-US",
    "timezone_id": "America/Sao_Paulo",
    "reduced_motion": "reduce",
}
_IDLE = """() => {
    const app = document.querySelector('[data-testid="stApp"]')
    const {sent = 0, answered = 0} = window.traffic ?? {}
    if (sent > answered) return false
    return app?.dataset.testConnectionState === 'CONNECTED' && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
}"""
_TRAFFIC = """() => {
    const traffic = window.traffic = {sent: 0, answered: 0}
    const send = WebSocket.prototype.send
    const heard = new WeakSet()
    WebSocket.prototype.send = function (...data) {
        if (!heard.has(this)) {
            heard.add(this)
            this.addEventListener('message', () => { traffic.answered = performance.now() })
        }
        traffic.sent = performance.now()
        return send.apply(this, data)
    }
}"""
"""Records when the page last sent to its server and last received: before the answer, no script run is visible."""
_SETTLED = "() => new Promise((done) => setTimeout(done, 60))"
"""Lets the effects of a click in the page happen first: all of the page's own timers are shorter than this one."""
_EVERY = 40
"""Milliseconds between two checks of the page. Playwright's default checks every frame, which forces drawing."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One browser window on a console. ``complaints`` collects errors and forbidden requests as they happen."""

    page: Page
    server: Server
    complaints: list[str]

    def go(self, path: str = "/") -> Page:
        """Open a page of the console by its address and wait until it is shown."""
        self.page.goto(self.server.url + path)
        self.idle()
        return self.page

    def idle(self) -> None:
        """Wait until the script of the last action has run and the page shows its result."""
        for _ in range(2):
            self.page.evaluate(_SETTLED)
            self.page.wait_for_function(_IDLE, polling=_EVERY)
        if self.page.get_by_test_id("stException").count():
            self.complaints.append(f"an exception is shown at {self.page.url}")

    def widget(self, key: str) -> Locator:
        """Find a widget by its key (``page.field``), which is the same in every language."""
        return self.page.locator(f".st-key-{key.replace('.', '-')}")

    def press(self, key: str) -> None:
        """Press the button with this key and wait for its result."""
        self.widget(key).get_by_role("button").first.click()
        self.idle()


@contextmanager
def launcher() -> Iterator[Callable[..., Browser]]:
    """Provide a function that starts Chromium without access to other hosts, as in ``start("--a-flag")``.

    It can be called several times, but only one launcher can be open in a process. Fails if Chromium is missing.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None or not Path(found).exists():
        pytest.fail(_MISSING, pytrace=False)
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:

        def start(*flags: str) -> Browser:
            return playwright.chromium.launch(executable_path=found, args=[*_FLAGS, *flags])

        yield start


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Open a context with its own cookies and storage, and timeouts long enough for a busy machine."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context


def open_window(browser: Browser, server: Server, **options: Any) -> Screen:
    """Open a window with its own cookies and storage; ``options`` are Playwright's for a context."""
    page = new_context(browser, **{**_OPERATOR, **options}).new_page()
    page.add_init_script(f"({_TRAFFIC})()")
    return Screen(page, server, _watch(page, server.host))


def _watch(page: Page, host: str) -> list[str]:
    """Collect script errors, breaches of the policy, requests to other hosts, and error answers in a list."""
    complaints: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(f"breach of the policy: {message.text}")

    def note_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != host:
            complaints.append(f"request to another host: {request.url}")

    def note_response(response: Response) -> None:
        # On a page's address Streamlit first looks for its server below that address, then next to it.
        if response.status >= 400 and not response.url.endswith(("/_stcore/health", "/_stcore/host-config")):
            complaints.append(f"answered with {response.status}: {response.url}")

    page.on("pageerror", lambda error: complaints.append(f"error in the page: {error}"))
    page.on("console", note_message)
    page.context.on("request", note_request)
    page.context.on("response", note_response)
    return complaints
