"""The demonstration site on a free port, and pages that fail on script errors and outside requests."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.screen import new_context
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
DEMO = Path(__file__).parent / "demo"
EVERY = 40
"""Milliseconds between two checks of a page."""
IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const {testConnectionState, testScriptState} = app?.dataset ?? {};
  return testConnectionState === 'CONNECTED' && testScriptState === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
}"""

NEW_EDITOR = """(old) => !old.isConnected && document.querySelector('[data-testid="stBidiComponentIsolated"]')
  ?.shadowRoot?.querySelector('.flow:not([hidden])')"""


_PAGES, _FAILED = pytest.StashKey(), pytest.StashKey()
_SHOWN = 2000
"""Maximum number of characters of a page that a failure shows."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Add the text of the open pages to the report of a failed test, and let no later test use them."""
    report = yield
    if report.failed and report.when == "call":
        for page in item.stash.get(_PAGES, []):
            state = page.evaluate("JSON.stringify(document.querySelector('[data-testid=stApp]')?.dataset)")
            report.sections.append((f"the page at {page.url}", f"{state}\n{page.inner_text('body')[:_SHOWN]}"))
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Address of the demonstration site: `st.App` under the product's policy, with our theme and font."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(DEMO, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "omni/ui/static/fonts", folder / "static/fonts")
    (folder / ".streamlit").mkdir()
    shutil.move(folder / "theme.toml", folder / ".streamlit/config.toml")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "server.log").open("w+") as log:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
        server = subprocess.Popen(
            [*command, "--server.port", str(port)],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)])},
        )
        try:
            _wait_until_healthy(server, port, Path(log.name))
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_until_healthy(server, port, log):
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"the demonstration did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def contexts(chromium):
    """Browser contexts by their options, reused so that Streamlit's own scripts are fetched only once."""
    return {}


@pytest.fixture(scope="session")
def stages(chromium):
    """Editor pages left by earlier tests, by address and options. They are reused because loading a page is slow."""
    return {}


@pytest.fixture
def visit(chromium, contexts, stages, site, request):
    """Open pages, as in ``visit("/?lang=es", width=390)``; the browser's complaints fail the test at its end.

    An editor page may have been used before, but the editor on it is new and has other steps.
    """
    ended, complaints = [], []
    pages = request.node.stash[_PAGES] = []

    def open_page(path="/", *, width=1360, height=850, prepare=None, **options):
        settings = {"locale": "en-US", "reduced_motion": "reduce", "color_scheme": "light", **options}
        same = tuple(sorted(settings.items()))
        if not prepare and (stage := stages.pop((path, same), None)):
            page, heard = stage
            page.mouse.up()
            page.mouse.move(0, 0)
            page.set_viewport_size({"width": width, "height": height})
            pages.append(page)
            begin_again(page)
        else:
            if same not in contexts:
                contexts[same] = new_context(chromium, **settings)
            page, heard = contexts[same].new_page(), []
            pages.append(page)
            page.set_viewport_size({"width": width, "height": height})
            watch(page, site, heard)
            if prepare:
                prepare(page)
            page.goto(site + path)
            page.locator(".flow, .mail, .phone").first.wait_for()
            idle(page)
        ended.append((page, heard, None if prepare or "previews" in path else (path, same)))
        return page

    yield open_page
    for page, heard, place in ended:
        complaints += heard
        if place and not heard and place not in stages and _FAILED not in request.node.stash:
            stages[place] = (page, heard)
        else:
            page.close()
    assert complaints == []


def begin_again(page):
    """Reset a used page to the state after loading, with a new editor."""
    shown = page.get_by_text(re.compile("^Round: "))
    before, old = shown.inner_text(), page.get_by_test_id("stBidiComponentIsolated").element_handle()
    page.get_by_role("button", name="Begin again").dispatch_event("click")
    expect(shown).not_to_have_text(before)
    page.wait_for_function(NEW_EDITOR, arg=old, polling=EVERY)
    idle(page)
    page.evaluate("""() => {
        document.querySelector('[data-testid=stMain]').scrollTop = 0
        document.activeElement?.blur()
    }""")


def watch(page, site, complaints):
    """Add script errors, breaches of the policy and requests to other hosts to ``complaints``."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: _note_refusal(line.text, complaints))
    page.on("request", lambda request: _note_foreign(request.url, site, complaints))


def _note_refusal(line, complaints):
    if "Content Security Policy" in line:
        complaints.append(line)


def _note_foreign(url, site, complaints):
    if url.startswith("http") and not url.startswith(site):
        complaints.append(f"outside request: {url}")


def idle(page):
    page.wait_for_function(IDLE, polling=EVERY)
