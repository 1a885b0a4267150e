"""Results and history pages: contacts with their ids, filters, downloads, and decisions left to the operator."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from omni.locale import Text
from omni.service.launching import Launch
from omni.ui import paging
from omni.ui.results import contacts
from tests.builders import contact_rows, phone, sms_template
from tests.pages.conftest import words
from tests.pages.prepared import prepare, stored


@pytest.fixture
def run(console):
    """Send a practice campaign and return its number."""

    def send(count=3, text="Your order is ready.", name="November", work=True):
        draft = prepare(console, sms_template(text), contact_rows(count), name=name)
        preparation = stored(console, draft)
        checked = console.check(draft, preparation)
        preparation = replace(preparation, recent_sends=console.recent_sends.find(checked, preparation).decide("all"))
        order = Launch(f"draft-{draft}", name, practice=True, created_by="ana", draft_id=draft)
        created = console.launch(order, preparation, checked, console.plan(draft, preparation, checked))
        if work:
            console.work_on(created.id, lambda _progress: None)
        return created.id

    return send


def table(app):
    return app.dataframe[0].value


def test_before_anything_was_sent_the_page_says_so(open_page):
    assert "Nothing has been sent yet." in words(open_page("results"))


def test_a_missing_campaign_is_reported_with_the_way_to_the_others(open_page):
    app = open_page("results", run="77")
    assert "There is no campaign 77." in words(app)
    app.button("results.history").click().run()
    assert app.title[0].value == "History"


def test_every_contact_is_listed_with_its_ids(open_page, run):
    app = open_page("results", run=str(run()))
    shown = table(app)
    assert list(shown["row"]) == ["2", "3", "4"]
    assert list(shown["destination"]) == [phone(at) for at in (1, 2, 3)]
    assert set(shown["state"]) == {"accepted"}
    assert all(shown["id"]) and len(set(shown["id"])) == 3
    assert len(set(shown["batch_id"])) == 1


def test_filters_and_search_narrow_the_table(open_page, run):
    number = run(60)
    app = open_page("results", run=str(number))
    assert len(table(app)) == paging.ROWS_A_PAGE
    app.text_input(f"results.search.{number}").set_value(phone(7)).run()
    assert list(table(app)["row"]) == ["8"]
    app.text_input(f"results.search.{number}").set_value("nobody").run()
    assert "No contact found." in words(app)


def test_the_download_is_the_report_in_the_tabs_language(open_page, console, run):
    number = run()
    content = contacts.report_file(number, "csv", Text("pt_BR"))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [row["Código"] for row in rows] == ["00001", "00002", "00003"]
    assert contacts.report_file(number, "xlsx", Text("en")).startswith(b"PK")


def test_history_lists_the_newest_first_with_figures_and_the_way_to_results(open_page, run):
    run(2, name="First")
    run(3, name="Second", work=False)
    app = open_page("history")
    said = words(app)
    assert said.index("Second") < said.index("First")
    assert "2 contacts · 2 accepted · 0 refused · 0 unknown · 0 left" in said
    assert "3 contacts · 0 accepted · 0 refused · 0 unknown · 3 left" in said
    app.button("history.results.1").click().run()
    assert app.title[0].value == "Results"
    assert app.query_params["run"] in ("1", ["1"])


def test_the_figures_of_the_history_add_up_when_a_campaign_was_cancelled(open_page, console, run):
    console.campaigns.cancel(run(3, work=False))
    assert "3 contacts · 0 accepted · 0 refused · 0 unknown · 0 left · 3 cancelled" in words(open_page("history"))


def test_history_is_inviting_when_there_is_nothing(open_page):
    app = open_page("history")
    assert "What you send stays here." in words(app)
    app.button("history.begin").click().run()
    assert app.title[0].value == "Contacts"


@pytest.mark.parametrize(
    ("name", "practice", "wanted"),
    [
        ("Black Friday", True, "PRACTICE - Black Friday - ids - 2026-12-01.csv"),
        ("Promoção/loja: 50%?", False, "Promoção loja 50% - ids - 2026-12-01.csv"),
        ("..", False, "7 - ids - 2026-12-01.csv"),
        ("a" * 200, False, "a" * 80 + " - ids - 2026-12-01.csv"),
        ("\u202eexe.", False, "exe - ids - 2026-12-01.csv"),
    ],
)
def test_the_file_is_named_after_campaign_and_day_and_says_practice(console, run, name, practice, wanted):
    campaign = replace(
        console.campaign(run(1, work=False)), id=7, name=name, practice=practice, created_at=1_796_140_800.0
    )
    assert contacts.file_name(campaign, "csv") == wanted


def test_ids_of_practice_say_so_in_the_table_and_in_the_workbook(open_page, run):
    number = run()
    assert all(each.startswith("practice-") for each in table(open_page("results", run=str(number)))["id"])
    workbook = openpyxl.load_workbook(io.BytesIO(contacts.report_file(number, "xlsx", Text("pt_BR"))))
    assert workbook.sheetnames == ["TREINO"]
