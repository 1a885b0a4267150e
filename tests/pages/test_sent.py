"""What a campaign sent: steps, texts, exact requests and who launched it, and a new campaign with the same steps."""

from __future__ import annotations

import json

import pytest

from omni.service.launching import Launch
from omni.ui.results.sent import _next_name
from tests.builders import contact_rows, sms_template
from tests.pages.conftest import words
from tests.pages.prepared import prepare, steps_of, stored


@pytest.fixture
def run(console):
    draft = prepare(console, sms_template("Your order is ready."), contact_rows(3), name="November")
    preparation = stored(console, draft)
    checked = console.check(draft, preparation)
    order = Launch(f"draft-{draft}", "November", practice=True, created_by="ana", draft_id=draft)
    return console.launch(order, preparation, checked, console.plan(draft, preparation, checked)).id


@pytest.mark.parametrize("page", ["results", "history"])
def test_the_steps_and_the_exact_request_are_shown_with_who_launched_them(open_page, run, page, console):
    app = open_page(page, **({"run": str(run)} if page == "results" else {}))
    app.button(f"{page}.sent.{run}").click().run()
    said = words(app)
    assert "Started by ana" in said
    assert "Practice" in said
    assert "Spreadsheet list.csv" in said
    assert "Rows read 3" in said
    assert "SMS" in said
    assert json.loads(console.campaigns.body(run, 1))["template"]["steps"][0]["messageText"] == "Your order is ready."
    assert not app.exception


@pytest.mark.parametrize("page", ["results", "history"])
def test_a_duplicate_has_the_same_steps_and_no_spreadsheet(open_page, run, page, console):
    app = open_page(page, **({"run": str(run)} if page == "results" else {}))
    app.button(f"{page}.duplicate.{run}").click().run()
    (made,) = [each for each in console.drafts.list() if each.state == "open"]
    assert made.name == "November · 2"
    assert steps_of(console, made.id)[0]["messageText"] == "Your order is ready."
    assert stored(console, made.id).upload is None
    assert app.title[0].value == "Contacts"


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("November", "November · 2"), ("November · 2", "November · 3"), ("November · 99", "November · 100"),
        ("A · B", "A · B · 2"), ("· 2", "· 2 · 2"), ("2026 · 20261201", "2026 · 20261201 · 2"),
    ],
)  # fmt: skip
def test_the_name_of_a_duplicate_counts_on(name, following):
    assert _next_name(name) == following
