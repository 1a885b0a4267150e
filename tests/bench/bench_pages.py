"""Measure how long pages take with a million contacts and with 100: their cost must not grow.

First paint is the complete load in a real browser on this machine; a rerun is the server's work for one click.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.bench.sheets import write_csv
from tests.e2e.screen import Screen

ROOT = Path(__file__).resolve().parents[2]
SIZES = (100, 100_000, 1_000_000)
REPEATS = 5
PAGES = ("contacts", "flow", "review", "send")
RERUN = 0.3
"""Upper limit of a rerun of Contacts with a million rows, in seconds."""


def upload(screen: Screen, path: Path) -> str:
    """Make a draft with these contacts and one SMS, and return its name in the address."""
    page = screen.go("/contacts")
    page.locator("input[type=file]").first.set_input_files(path)
    screen.widget("contacts.next").wait_for(timeout=120_000)
    screen.idle()
    screen.press("contacts.next")
    screen.press("flow.example.sms")
    for name in ("flow", "review"):
        screen.press(f"{name}.continue")
    draft: str = page.evaluate("() => new URLSearchParams(location.search).get('draft')")
    return draft


def first_paint(screen: Screen, path: str) -> float:
    """Seconds from opening the address until the page is shown, with a warm browser cache."""
    began = time.perf_counter()
    screen.page.goto(screen.server.url + path)
    screen.page.get_by_test_id("stHeading").first.wait_for(timeout=60_000)
    return time.perf_counter() - began


def rerun(draft: str, page: str, count: int) -> float:
    """Median seconds of the page's script when it runs again, without a browser."""
    app = AppTest.from_file(str(ROOT / "omni" / "ui" / "main.py"), default_timeout=120)
    app.query_params["draft"] = draft
    # The first run stores the draft in the session: Streamlit drops the address's parameters when the page changes.
    app.run()
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        app.run()
        took.append(time.perf_counter() - began)
        assert not app.exception
        assert page != "contacts" or any(f"{count:,}" in element.value for element in app.markdown)
    return statistics.median(took)


@pytest.mark.browser
def bench_pages(start_server, open_screen, tmp_path, report):
    server = start_server()
    found: dict[tuple[str, int], tuple[float, float]] = {}
    for count in SIZES:
        screen = open_screen(server)
        draft = upload(screen, write_csv(tmp_path / f"{count}.csv", count))
        for name in PAGES:
            path = f"/{name}?draft={draft}"
            screen.go(path)
            paints = [first_paint(screen, path) for _ in range(REPEATS)]
            found[name, count] = statistics.median(paints), rerun(draft, name, count)
    few, *_, many = SIZES

    def row(name):
        times = [f"{found[name, count][what]:.2f}" for what in (0, 1) for count in SIZES]
        return [name, *times, f"{found[name, many][1] / found[name, few][1]:.2f}"]

    again = found["contacts", many][1]
    report.add(
        "Pages",
        ["", *(f"first paint, {count:,}" for count in SIZES), *(f"rerun, {count:,}" for count in SIZES), "growth"],
        [row(name) for name in PAGES],
        [(again < RERUN, f"a rerun of Contacts with {many:,} rows in under {RERUN} s: {again:.2f} s")],
        "Seconds with this many contacts loaded, the median of several runs. First paint is the complete load in a "
        "browser on this\nmachine; a rerun is the server's work for one click. Growth compares the reruns with most "
        "and with fewest contacts.",
    )
