"""How long pages take with 100,000 contacts loaded, beside the same pages with 100: their cost must not grow.

First paint is the whole way in a real browser on this machine; a rerun is what a click costs the server.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.builders import contact_rows
from tests.e2e.screen import Screen
from tests.service.desk import csv_bytes

ROOT = Path(__file__).resolve().parents[2]
SIZES = (100, 100_000)
REPEATS = 5
PAGES = ("contacts", "flow", "review", "send")


def upload(screen: Screen, count: int) -> str:
    """A draft with ``count`` contacts and one SMS; its name in the address."""
    page = screen.go("/contacts")
    content = csv_bytes(contact_rows(count))
    page.locator("input[type=file]").first.set_input_files(
        {"name": f"{count}.csv", "mimeType": "text/csv", "buffer": content}
    )
    screen.widget("contacts.next").wait_for(timeout=120_000)
    screen.idle()
    screen.press("contacts.next")
    screen.press("flow.example.sms")
    for name in ("flow", "review"):
        screen.press(f"{name}.continue")
    draft: str = page.evaluate("() => new URLSearchParams(location.search).get('draft')")
    return draft


def first_paint(screen: Screen, path: str) -> float:
    """Seconds from asking for the address until the page stands, the browser's cache warm."""
    began = time.perf_counter()
    screen.page.goto(screen.server.url + path)
    screen.page.get_by_test_id("stHeading").first.wait_for(timeout=60_000)
    return time.perf_counter() - began


def rerun(draft: str, page: str) -> float:
    """Seconds the script takes to run a page anew, the browser left aside."""
    app = AppTest.from_file(str(ROOT / "omni" / "ui" / "main.py"), default_timeout=120)
    app.query_params["draft"] = draft
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        app.run()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


@pytest.mark.browser
def bench_pages(start_server, open_screen):
    server = start_server()
    found: dict[tuple[str, int], tuple[float, float]] = {}
    for count in SIZES:
        screen = open_screen(server)
        draft = upload(screen, count)
        for name in PAGES:
            path = f"/{name}?draft={draft}"
            screen.go(path)
            paints = [first_paint(screen, path) for _ in range(REPEATS)]
            found[name, count] = statistics.median(paints), rerun(draft, name)
    few, many = SIZES
    print(f"\n{'page':<10}{'first paint':>14}{'ratio':>8}{'rerun':>10}{'ratio':>8}   with {many:,} contacts; "
          f"ratio: to the same page with {few}")  # fmt: skip
    for name in PAGES:
        paint, again = found[name, many]
        small_paint, small_again = found[name, few]
        print(f"{name:<10}{paint:>12.2f} s{paint / small_paint:>8.2f}{again:>8.2f} s{again / small_again:>8.2f}")
