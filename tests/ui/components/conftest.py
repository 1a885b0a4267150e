"""The demonstration site on a free port, and pages that fail on script errors and outside requests."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEMO = Path(__file__).parent / "demo"
IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const {testConnectionState, testScriptState} = app?.dataset ?? {};
  return testConnectionState === 'CONNECTED' && testScriptState === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
}"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of the demonstration: `st.App` under the product's policy, with our theme and font."""
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
            server.wait(10)


def _wait_until_healthy(server, port, log):
    end = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < end:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"the demonstration did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def contexts(chromium):
    """Browser contexts by their options, kept so that Streamlit's own scripts are fetched once."""
    return {}


@pytest.fixture
def visit(chromium, contexts, site):
    """``visit("/?lang=es", width=390)`` opens a page; the browser's complaints fail the test at its end."""
    pages, complaints = [], []

    def open_page(path="/", *, width=1360, height=850, prepare=None, **options):
        settings = {"locale": "en-US", "reduced_motion": "reduce", "color_scheme": "light", **options}
        same = tuple(sorted(settings.items()))
        if same not in contexts:
            contexts[same] = chromium.new_context(**settings)
        page = contexts[same].new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: _note_refusal(line.text, complaints))
        page.on("request", lambda request: _note_foreign(request.url, site, complaints))
        if prepare:
            prepare(page)
        page.goto(site + path)
        page.locator(".flow, .mail, .phone").first.wait_for()
        idle(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def _note_refusal(line, complaints):
    if "Content Security Policy" in line:
        complaints.append(line)


def _note_foreign(url, site, complaints):
    if url.startswith("http") and not url.startswith(site):
        complaints.append(f"outside request: {url}")


def idle(page):
    page.wait_for_function(IDLE, timeout=15000)
