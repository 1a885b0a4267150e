"""Page of unknown requests: listing, opening and deciding about some, confirmed by typing the count."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from omni import wiring
from omni.core.unknown import Choice
from omni.service.launching import Launch
from omni.store.ledger.unknown_requests import Unknowns
from tests.builders import contact_rows, phone, sms_template
from tests.pages.conftest import components, words
from tests.pages.prepared import prepare, stored

PERSONAL = "Hello {{Nome}}"


@pytest.fixture
def send(monkeypatch, environment):
    """Send a practice campaign that meets ``faults`` and return its number."""

    def sent(count=3, faults="error_503=1", text="Your order is ready."):
        monkeypatch.setenv("OMNI_PRACTICE_FAULTS", faults)
        monkeypatch.setenv("OMNI_HALT", "off")
        wiring.console.cache_clear()
        console = wiring.console()
        draft = prepare(console, sms_template(text), contact_rows(count))
        preparation = stored(console, draft)
        checked = console.check(draft, preparation)
        order = Launch(f"draft-{draft}", "November", practice=True, created_by="ana", draft_id=draft)
        created = console.launch(order, preparation, checked, console.plan(draft, preparation, checked))
        console.work_on(created.id, lambda _progress: None)
        return created.id

    return sent


def look(open_page, run, **options):
    """Open the list by following the notice on the results page."""
    return open_page("results", run=str(run), **options).button("unknown.look").click().run()


def choose(app, *places):
    """Select rows on the shown page of the list, by position."""
    marked = {"selection": {"rows": list(places), "columns": [], "cells": []}}
    app.session_state[app.dataframe[0].key] = marked
    return app.run()


def decide(app, what, typed):
    """Press the button, type the count, and return the tab with the dialog open."""
    app.button(f"unknown.{what}").click().run()
    app.text_input(f"unknown.typed.{what}").set_value(typed)
    return app.button(f"unknown.{what}").click().run()


def confirm(app, what, typed):
    decide(app, what, typed)
    app.button(f"unknown.{what}").click()
    return app.button(f"unknown.yes.{what}").click().run()


def numbers(app):
    return list(app.dataframe[0].value["number"])


def counts(run):
    return {state: n for state, n in wiring.console().progress(run).counts.items() if n}


def test_the_list_says_of_each_request_whom_when_and_why(open_page, send):
    app = look(open_page, send(3, text=PERSONAL))
    shown = app.dataframe[0].value
    assert list(shown["rows_column"]) == ["2", "3", "4"]
    assert list(shown["destination"]) == [phone(at) for at in (1, 2, 3)]
    assert set(shown["status"]) == {"503"}
    assert set(shown["attempt"]) == {"1"}
    assert set(shown["again"]) == {"Possible"}
    assert all(why.startswith("The provider reported trouble of its own (status 503).") for why in shown["why"])
    assert "3 requests · 3 contacts in this list" in words(app)


def test_contacts_of_one_request_share_its_fate_and_the_page_says_so(open_page, send):
    app = look(open_page, send(3))
    assert list(app.dataframe[0].value["rows_column"]) == ["2–4"]
    assert "were sent together" in words(app)


@pytest.mark.parametrize(("what", "state"), [("keep", "accepted"), ("resend", "pending")])
def test_some_are_decided_about_by_a_person_who_types_their_count(open_page, send, what, state):
    run = send(4, text=PERSONAL)
    app = look(open_page, run)
    assert app.button(f"unknown.{what}").disabled
    app = choose(app, 1, 3)
    assert "**Chosen: 2 requests · 2 contacts**" in words(app)
    app = decide(app, what, "4")
    assert app.button(f"unknown.yes.{what}").disabled
    app = confirm(app, what, "2")
    assert counts(run) == {"unknown": 2, state: 2}
    assert numbers(app) == ["1", "3"]
    assert "Chosen" not in words(app)


def test_decisions_are_listed_with_who_when_and_how_many(open_page, send, monkeypatch):
    monkeypatch.setattr(wiring, "operator", lambda: "ana")
    app = look(open_page, send(3, text=PERSONAL))
    app = confirm(choose(app, 0), "keep", "1")
    app.checkbox(key="unknown.all.1").check().run()
    app = confirm(app, "resend", "2")
    assert "No outcome is unknown." in [one.value for one in app.success]
    told = app.dataframe[-1].value
    assert list(told["decided"]) == ["Sent again", "Kept as sent"]
    assert list(told["decided_contacts"]) == ["2", "1"]
    assert list(told["decided_about"]) == ["All of them", "Requests 1"]
    assert set(told["decided_by"]) == {"ana"}


def test_a_choice_is_kept_from_page_to_page_and_can_be_taken_back(open_page, send):
    run = send(60, text=PERSONAL)
    app = choose(look(open_page, run), 0, 49)
    app.session_state[f"contacts.page.unknown.{run}.."] = 2
    app = choose(app.run(), 9)
    assert numbers(app) == [str(at) for at in range(51, 61)]
    assert "**Chosen: 3 requests · 3 contacts**" in words(app)
    app = confirm(app, "keep", "3")
    assert counts(run) == {"accepted": 3, "unknown": 57}
    assert not {one.number for one in wiring.console().unknown.requests(run, limit=60)} & {1, 50, 60}
    app = choose(app, 5)
    app.button("unknown.clear").click().run()
    assert "Chosen" not in words(app)


def test_all_of_a_narrowed_list_are_decided_about_and_no_others(open_page, send):
    run = send(3, text=PERSONAL)
    app = look(open_page, run)
    app.text_input(f"unknown.search.{run}").set_value(phone(2)).run()
    assert numbers(app) == ["2"]
    app.checkbox(key=f"unknown.all.{run}").check().run()
    confirm(app, "keep", "1")
    assert counts(run) == {"unknown": 2, "accepted": 1}


def test_the_list_is_narrowed_by_reason(open_page, send):
    run = send(40, "error_503=0.5,html=0.5", PERSONAL)
    reasons = wiring.console().unknown.reasons(run)
    assert reasons.keys() == {"server_error", "unreadable"}
    app = look(open_page, run)
    app.button_group(f"unknown.reason.{run}").set_value("unreadable").run()
    assert set(app.dataframe[0].value["reason"]) == {"Answer unreadable"}
    assert len(numbers(app)) == reasons["unreadable"].requests


def test_what_changed_while_the_operator_typed_is_refused_with_a_sentence(open_page, send, monkeypatch):
    run = send(3, text=PERSONAL)
    app = decide(choose(look(open_page, run), 0, 1), "resend", "2")
    decided = Unknowns.decide

    def bia_was_quicker(unknowns, *given):
        decided(unknowns, run, "keep", "bia", Choice(frozenset({2})))
        return decided(unknowns, *given)

    monkeypatch.setattr(Unknowns, "decide", bia_was_quicker)
    app.button("unknown.resend").click()
    app.button("unknown.yes.resend").click().run()
    (refusal,) = app.error
    assert refusal.value.startswith("Nothing was changed, because the list changed in the meantime")
    assert counts(run) == {"unknown": 2, "accepted": 1}
    assert [one.who for one in wiring.console().unknown.decisions(run)] == ["bia"]


def test_requests_with_ids_are_not_sent_again_and_say_why(open_page, send, environment):
    run = send(2, text=PERSONAL)
    give_an_id_to_another_contact(environment, number=2)
    app = look(open_page, run)
    assert list(app.dataframe[0].value["again"]) == ["Possible", "No: 1 of its contacts has an id"]
    app = choose(app, 1).button("unknown.resend").click().run()
    assert "None of these requests can be sent again" in words(app)
    app = decide(choose(app, 0, 1), "resend", "1")
    assert "1 more contact is in a request where others have ids." in words(app)
    confirm(app, "resend", "1")
    assert [one.number for one in wiring.console().unknown.requests(run)] == [2]


def give_an_id_to_another_contact(data, number):
    """Change the request to have a second contact, with an id from the provider for one of the two."""
    with closing(sqlite3.connect(data / "omni.db")) as database, database:
        database.execute("UPDATE request SET contacts = 2, paired = 1 WHERE number = ?", [number])


def test_a_cancelled_campaign_offers_no_resend(open_page, send):
    run = send(2, text=PERSONAL)
    wiring.console().unknown.decide(run, "resend", "ana", Choice(frozenset({1})))
    wiring.console().cancel(run)
    app = choose(look(open_page, run), 0)
    assert list(app.dataframe[0].value["reason"]) == ["Campaign cancelled", "Provider error"]
    assert "unknown.resend" not in [one.key for one in app.button]
    assert "nothing in it is sent again" in words(app)
    confirm(app, "keep", "1")
    assert counts(run) == {"unknown": 1, "accepted": 1}


def test_opening_a_request_shows_the_answer_as_it_came_and_its_contacts(open_page, send):
    app = choose(look(open_page, send(3)), 0)
    app.button("unknown.open").click().run()
    (raw,) = components(app, "json_text")
    assert raw["text"].startswith("<!DOCTYPE html><html><head><title>Gateway</title>")  # as text, not as a page
    assert list(app.dataframe[-1].value["destination"]) == [phone(at) for at in (1, 2, 3)]
    assert "The answer to attempt 1" in words(app)


def test_where_no_answer_came_the_request_says_so(open_page, send):
    app = choose(look(open_page, send(1, "cut_after=1")), 0)
    app.button("unknown.open").click().run()
    assert "The answer was empty." in words(app)


def test_an_attempt_that_was_never_made_is_not_shown_as_a_lost_answer(open_page, send):
    run = send(3)
    console = wiring.console()
    console.lists.do_not_contact.add([phone(1)], "", "ana")
    console.unknown.decide(run, "resend", "ana")
    console.work_on(run, lambda _progress: None)
    app = choose(look(open_page, run), 1)
    assert list(app.dataframe[0].value["destination"]) == [phone(2), phone(1)]  # now in a request of its own
    app.button("unknown.open").click().run()
    assert "taken out of another request" in words(app)
    assert "lost on the way" not in words(app)


@pytest.mark.parametrize(
    ("language", "said"),
    [("pt_BR", "1 contato com resultado desconhecido"), ("es", "1 contacto con resultado desconocido")],
)
def test_the_page_speaks_the_operators_language(open_page, send, language, said):
    run = send(1)
    assert said in words(open_page("results", run=str(run), language=language))
    app = look(open_page, run, language=language)
    assert list(app.dataframe[0].value["status"]) == ["503"]


def test_the_figure_on_the_send_page_leads_to_the_list(open_page, send):
    run = send(3)
    (link,) = open_page("send", run=str(run)).get("page_link")
    assert link.proto.label == "See the 3 contacts with an unknown outcome and decide"
    assert link.proto.query_string == f"run={run}&view=unknown"

    app = open_page("results", run=str(run), view="unknown")
    assert "3 contacts in this list" in words(app)
    assert "view" not in app.query_params
    app.segmented_control(f"results.view.{run}").set_value("contacts").run()
    assert "in this list" not in words(app)
