"""Ids that belong to no contact: the notice, the raw answer, and the page that teaches where ids are."""

from __future__ import annotations

import json
import time

import pytest

from omni.core.campaign import Outcome
from omni.ports import Answer
from omni.provider.response import judge
from omni.provider.sent_request import SentRequest
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from tests.builders import phone
from tests.pages.conftest import words
from tests.store.building import ME, make

SENDS = Sends(practice=True, account=None, endpoint=None, rate=9000.0)


@pytest.fixture
def answered(console):
    """Answer a campaign of three contacts with this JSON, as its worker would; return the campaign's number."""

    def answer_with(value) -> int:
        database = open_database(console.settings.database_url, console.settings.sending)
        made = make(database, 3, 3)
        ledger = Ledger(database, SENDS)
        (claimed,) = ledger.turn(ME, [], 10)[0]
        body = console.campaigns.body(made, 1)
        answer = Answer(200, json.dumps(value).encode(), None, None, time.time())
        outcome: Outcome = judge(answer, SentRequest(3, lambda: body))
        ledger.turn(ME, [(claimed, answer, outcome)], 0)
        database.close()
        return made

    return answer_with


OWN_WORDS = {"resposta": [{"cod": f"A{at}", "fone": phone(at)} for at in (4, 3, 2)], "protocolo": "P1"}
SIX = {"messages": [{"id": f"id-{at:06d}"} for at in range(6)]}


@pytest.mark.parametrize("page", ["results", "send"])
def test_ids_without_a_contact_are_said_with_the_raw_answer_beside_it(open_page, answered, page):
    app = open_page(page, run=str(answered(SIX)))
    assert "6 ids of the provider could not be matched with their contacts" in words(app)
    assert "Request 1" in words(app)


def test_history_marks_the_campaign(open_page, answered):
    answered(SIX)
    assert "Ids without a contact" in words(open_page("history"))


def test_nothing_is_said_when_every_id_has_its_contact(open_page, answered):
    run = answered({"ids": [f"id-{at:06d}" for at in range(3)]})
    assert "could not be matched" not in words(open_page("results", run=str(run)))


def test_the_page_says_so_while_nothing_was_sent(open_page):
    assert "No campaign has been sent yet." in words(open_page("answers"))


def test_expressions_are_tried_on_the_answer_and_then_used_for_all_campaigns(open_page, answered, console):
    run = answered(OWN_WORDS)
    app = open_page("answers", run=str(run))
    assert app.metric[0].value == "0"
    app.text_input("answers.field.items").set_value("resposta").run()
    app.text_input("answers.field.id").set_value("cod").run()
    app.text_input("answers.field.contact").set_value("fone").run()
    assert app.metric[0].value == "3"
    shown = app.dataframe[0].value
    assert list(shown["id"]) == ["A2", "A3", "A4"]
    assert list(shown["destination"]) == [phone(at) for at in (2, 3, 4)]

    app.button("answers.use").click().run()
    assert [each.value for each in app.toast] == ["1 answer read again; 1 changed."]
    assert json.loads(console.campaigns.taught_answer()) == {"items": "resposta", "id": "cod", "contact": "fone"}
    assert list(open_page("results", run=str(run)).dataframe[0].value["id"]) == ["A2", "A3", "A4"]

    app.button("answers.forget").click().run()
    assert console.campaigns.taught_answer() == ""


def test_a_wrong_expression_is_named(open_page, answered):
    app = open_page("answers", run=str(answered(SIX)))
    app.text_input("answers.field.id").set_value("a[?").run()
    assert "is not a JMESPath expression" in words(app)
    assert not app.exception
