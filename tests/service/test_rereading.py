"""Kept answers read again: ids are found, nothing is sent, and nothing that was accepted becomes anything else."""

from __future__ import annotations

import json

import pytest

from omni.core.campaign import Outcome
from omni.core.unknown import EVERYTHING
from omni.errors import SettingsError
from omni.provider.response import judge
from omni.provider.sent_request import SentRequest
from omni.provider.taught_answer import TaughtAnswer, taught_from_json
from omni.service.id_columns import Receipts
from omni.service.rereading import Reread, reread
from omni.store.campaigns.campaigns import Campaigns
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.people.taught_answers import TaughtAnswers
from tests.builders import phone
from tests.store.building import answered, claim, make, record

TAUGHT = TaughtAnswer(items="resposta", id="cod", batch="protocolo", contact="fone")


def flat(rows):
    """An answer with two ids for each contact, which a template of one step does not explain."""
    return json.dumps({"messages": [{"id": f"{row}-{turn}-id"} for row in rows for turn in range(2)]}).encode()


def own_words(rows):
    """An answer whose ids nobody recognises, in an order of its own."""
    found = [{"cod": f"A{row}", "fone": phone(row)} for row in rows]
    return json.dumps({"protocolo": "P1", "resposta": found[::-1]}).encode()


def recorded(database, raw, outcome=None, contacts=3):
    """Make a campaign of one request with this answer, judged as ``outcome`` or as today; return its id."""
    made = make(database, contacts, contacts)
    (claimed,) = claim(database)
    body = Campaigns(database).body(made, 1)
    answer = answered(raw=raw)
    record(database, (claimed, answer, outcome or judge(answer, SentRequest(contacts, lambda: body))))
    return made


def ids_of(database, made, contacts=3):
    receipts = Receipts(Campaigns(database), made)
    receipts.load([1])
    return [receipts.of(1, position)[0] for position in range(contacts)]


def counts(database, made):
    return {state: n for state, n in Campaigns(database).progress(made).counts.items() if n}


def test_an_answer_that_older_versions_did_not_understand_is_accepted_with_its_ids(database):
    raw = json.dumps({"ids": ["id-000002", "id-000003", "id-000004"]}).encode()
    made = recorded(database, raw, Outcome("unknown", "ids_count", status=200, params={"ids": 0, "n": 3}))
    assert counts(database, made) == {"unknown": 3}

    assert reread(database, Campaigns(database), [made]) == Reread(1, 1)

    assert counts(database, made) == {"accepted": 3}
    assert ids_of(database, made) == ["id-000002", "id-000003", "id-000004"]
    assert reread(database, Campaigns(database), [made]) == Reread(1, 0)


def test_what_is_taught_counts_for_answers_that_came_before(database):
    campaigns = Campaigns(database)
    made = recorded(database, own_words(range(2, 5)))
    assert counts(database, made) == {"accepted": 3}
    assert ids_of(database, made) == ["", "", ""]

    TaughtAnswers(database).teach(TAUGHT.as_json(), "ana")
    assert reread(database, campaigns, [made]) == Reread(1, 1)

    assert ids_of(database, made) == ["A2", "A3", "A4"]
    found = campaigns.recipients(made).recipients
    assert {(each.detail, each.batch_id) for each in found} == {("accepted", "P1")}
    TaughtAnswers(database).teach("", "ana")
    reread(database, campaigns, [made])
    assert ids_of(database, made) == ["", "", ""]
    assert counts(database, made) == {"accepted": 3}


def test_ids_that_belong_to_no_contact_are_counted_until_a_later_reading_places_them(database):
    campaigns = Campaigns(database)
    made = recorded(database, flat(range(2, 5)))
    apart = campaigns.ids_apart(made)
    assert (apart.requests, apart.ids, apart.first) == (1, 6, 1)
    assert campaigns.with_ids_apart() == {made}

    TaughtAnswers(database).teach(TaughtAnswer(items="messages[::2]", id="id").as_json(), "ana")
    reread(database, campaigns, [made])

    assert campaigns.ids_apart(made).ids == 0
    assert campaigns.with_ids_apart() == set()
    assert ids_of(database, made) == ["2-0-id", "3-0-id", "4-0-id"]


def test_contacts_of_an_unknown_request_that_have_an_id_now_are_accepted(database):
    raw = json.dumps({"messages": {phone(3): {"id": "id-000003"}}}).encode()
    made = recorded(database, raw, Outcome("unknown", "ids_count", status=200))
    reread(database, Campaigns(database), [made])
    assert counts(database, made) == {"accepted": 1, "unknown": 2}
    assert ids_of(database, made) == ["", "id-000003", ""]


def test_an_accepted_request_never_becomes_anything_else(database):
    raw = json.dumps({"messages": [{"id": "a", "status": "REJECTED"}]}).encode()
    made = recorded(database, raw, Outcome("accepted", "accepted", batch_id="kept", status=200))
    reread(database, Campaigns(database), [made])
    assert counts(database, made) == {"accepted": 3}
    assert Campaigns(database).recipients(made).recipients[0].batch_id == "kept"


def test_a_decision_of_an_operator_stays_and_gains_the_ids(database):
    raw = json.dumps({"ids": ["id-000002", "id-000003", "id-000004"]}).encode()
    made = recorded(database, raw, Outcome("unknown", "unreadable", status=200))
    unknown = Unknowns(database)
    unknown.decide(made, "keep", "ana", EVERYTHING, unknown.extent(made, EVERYTHING))
    reread(database, Campaigns(database), [made])
    assert counts(database, made) == {"accepted": 3}
    assert ids_of(database, made) == ["id-000002", "id-000003", "id-000004"]


@pytest.mark.parametrize("status", [400, 500, None])
def test_only_answers_of_success_are_read_again(database, status):
    made = make(database, 3, 3)
    (claimed,) = claim(database)
    answer = answered(status, b'{"ids": ["id-000002"]}', None if status else "timeout")
    record(database, (claimed, answer, judge(answer, [None] * 3)))
    before = counts(database, made)
    assert reread(database, Campaigns(database), [made]) == Reread(0, 0)
    assert counts(database, made) == before


@pytest.mark.parametrize("state", ["unknown", "accepted"])
def test_many_answers_are_read_in_pieces(database, monkeypatch, state):
    monkeypatch.setattr("omni.store.ledger.rereading._ROWS", 4)
    made = make(database, 10)
    for each in claim(database):
        answer = answered(raw=json.dumps({"ids": [f"id-{each.number:06d}"]}).encode())
        record(database, (each, answer, Outcome(state, "accepted_untracked", status=200)))
    seen = []
    done = reread(database, Campaigns(database), [made], lambda read, total: seen.append((read, total)))
    assert done == Reread(10, 10)
    assert seen[-1] == (10, 10)
    assert counts(database, made) == {"accepted": 10}


def test_a_setting_is_taught_once_and_again_only_when_it_changes(database):
    answers = TaughtAnswers(database)
    answers.adopt("first", "OMNI_ANSWER")
    answers.teach("by hand", "ana")
    answers.adopt("first", "OMNI_ANSWER")
    assert answers.latest().body == "by hand"
    answers.adopt("second", "OMNI_ANSWER")
    assert (answers.latest().body, answers.latest().by) == ("second", "OMNI_ANSWER")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("items=data", "answer.not_json"),
        ('["items"]', "answer.not_json"),
        ('{"id": 3}', "answer.not_json"),
        ('{"items": "data"}', "answer.id_missing"),
        ('{"id": "code", "name": "x"}', "answer.unknown_field"),
        ('{"id": "a[?"}', "answer.expression"),
        ('{"id": "' + "a" * 501 + '"}', "answer.expression"),
        ('{"id": "' + "[" * 400 + '"}', "answer.expression"),
    ],
)
def test_what_cannot_be_understood_is_named(given, code):
    with pytest.raises(SettingsError) as error:
        taught_from_json(given)
    assert error.value.code == code


def test_an_expression_that_finds_no_id_leaves_the_search_to_itself():
    raw = json.dumps({"messages": [{"id": f"id-00000{at}"} for at in range(3)]}).encode()
    for taught in (TAUGHT, TaughtAnswer(items="messages", id="sum(@)"), TaughtAnswer(items="messages.x", id="id")):
        outcome = judge(answered(raw=raw), [None] * 3, taught)
        assert [each.message_id for each in outcome.receipts] == ["id-000000", "id-000001", "id-000002"]
