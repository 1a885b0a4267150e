"""Connections break after the provider took the contacts: some are kept as sent, others are sent again."""

from __future__ import annotations

import csv
import io
from collections import Counter

from playwright.sync_api import expect

from tests.builders import contact_rows, phone, sms_template, write_csv_sheet, write_template
from tests.cli.test_send import omni_process
from tests.e2e.test_journey import download, look_at, received, wait_until_done

HEADER, ROW = 36, 35
"""Height of the table's header and of each row, in pixels."""


def sent_to(server):
    """Number of times that the provider received each phone."""
    return Counter(contact["phone1"] for one in received(server) for contact in one["contacts"])


def mark(screen, *rows):
    """Tick rows of the list by their positions."""
    for row in rows:
        box = screen.page.get_by_test_id("stDataFrame").first.bounding_box()
        screen.page.mouse.click(box["x"] + 18, box["y"] + HEADER + ROW * row + ROW / 2)
        screen.idle()


def decide(screen, what, count):
    screen.press(f"unknown.{what}")
    typed = screen.widget(f"unknown.typed.{what}").get_by_role("textbox")
    typed.fill(count)
    typed.press("Tab")
    screen.idle()
    screen.press(f"unknown.yes.{what}")


def test_a_mixed_decision_resends_exactly_the_chosen_requests_once(tmp_path, start_server, open_screen):
    options = {"OMNI_BATCH": "1", "OMNI_HALT": "off"}
    sheet = write_csv_sheet(tmp_path / "contacts.csv", contact_rows(6))
    template, out = write_template(tmp_path / "t.json", sms_template()), tmp_path / "ids.csv"
    order = ("send", sheet, "--template", template, "--out", out, "--yes")
    assert omni_process(*order, "--practice", **options, OMNI_PRACTICE_FAULTS="cut_after=1").returncode == 1

    sound = start_server(**options)
    screen, faults = open_screen(sound), {}
    page, look = screen.page, look_at(screen, faults)
    assert sent_to(sound) == dict.fromkeys(map(phone, range(1, 7)), 1)
    screen.go("/results?run=1")
    screen.press("unknown.look")
    expect(page.get_by_text("6 requests · 6 contacts in this list")).to_be_visible()
    mark(screen, 1)
    look("the list")
    screen.press("unknown.open")
    expect(page.get_by_text("The answer was empty.")).to_be_visible()
    look("a request")
    page.keyboard.press("Escape")
    screen.idle()
    mark(screen, 4)
    expect(page.get_by_text("Chosen: 2 requests · 2 contacts")).to_be_visible()
    screen.press("unknown.keep")
    look("the decision")
    page.keyboard.press("Escape")
    screen.idle()
    decide(screen, "keep", "2")
    expect(page.get_by_text("4 requests · 4 contacts in this list")).to_be_visible()
    page.get_by_text("All 4 requests in this list").click()
    screen.idle()
    decide(screen, "resend", "4")
    expect(page.get_by_text("No outcome is unknown.")).to_be_visible()
    look("what was decided")
    assert faults == {}

    screen.go("/send?run=1")
    wait_until_done(screen)
    kept, resent = {phone(2), phone(5)}, {phone(1), phone(3), phone(4), phone(6)}
    assert sent_to(sound) == dict.fromkeys(kept, 1) | dict.fromkeys(resent, 2)
    rows = list(csv.DictReader(io.StringIO(download(screen, "csv").read_text("utf-8"))))
    assert [row["state"] for row in rows] == ["accepted"] * 6
    assert [bool(row["id"]) for row in rows] == [True, False, True, True, False, True]
