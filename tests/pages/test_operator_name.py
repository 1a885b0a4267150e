"""Decisions are recorded under the name given in this tab, and only without one under the server's user."""

from __future__ import annotations

import pytest

from omni import wiring
from tests.builders import contact_rows, phone, sms_template
from tests.pages.conftest import go_to, words
from tests.pages.prepared import prepare
from tests.pages.test_results_unknown import decide, look, send  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def _server_user(monkeypatch):
    monkeypatch.setenv("LOGNAME", "server")


def test_the_given_name_is_recorded_with_decisions_and_kept_in_the_tab(open_page, send):  # noqa: F811
    run = send()
    app = look(open_page, run)
    app.checkbox(f"unknown.all.{run}").check().run()
    app.button("unknown.keep").click().run()
    field = app.text_input("unknown.your_name")
    assert (field.value, field.placeholder) == ("", "server"), "nothing has to be wiped out"

    app.text_input("unknown.your_name").set_value("  Ana *Souza* ")
    app = decide(app, "keep", "3")
    assert "recorded, with the name Ana \\*Souza\\* and the time" in words(app)
    app.button("unknown.keep").click()
    app.button("unknown.yes.keep").click().run()

    (decided,) = wiring.console().unknown.decisions(run)
    assert decided.who == "Ana *Souza*"
    assert go_to(app, "do_not_contact").text_input("people.your_name").value == "Ana *Souza*"


def test_without_a_name_the_servers_user_is_recorded(open_page, console):
    app = open_page("send", draft=prepare(console, sms_template("Hello."), contact_rows(2)))
    app.button("send.open").click().run()
    app.text_input("send.your_name").set_value("  ")
    app.button("send.open").click()
    app.button("send.yes").click().run()

    assert console.campaign(1).created_by == "server"


def test_campaigns_and_blocked_people_bear_the_name_too(open_page, console):
    app = open_page("send", draft=prepare(console, sms_template("Hello."), contact_rows(2)))
    app.button("send.open").click().run()
    app.text_input("send.your_name").set_value("Ana")
    app.button("send.open").click()
    app.button("send.yes").click().run()
    assert console.campaign(1).created_by == "Ana"

    app = go_to(app, "do_not_contact")
    app.text_area("people.pasted.0").set_value(phone(7))
    app.button("people.add").click().run()
    (entry,) = console.lists.do_not_contact.page("", 10).entries
    assert entry.added_by == "Ana"
