"""Ids in answers of any shape: none is lost, and none lies beside another contact."""

from __future__ import annotations

import json
import random
import time

import pytest

from omni.ports import Answer
from omni.provider.response import judge, paired_ids
from omni.provider.sent_request import SentRequest
from tests.provider.answer_shapes import EACH_STEP, SHAPES, Case, answer, truth, varied

VARIANTS = 10_000


def sent(case):
    return SentRequest(case.contacts, case.body)


def outcome_of(value, case, **more):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return judge(Answer(200, raw, more.get("failure"), None, 0.0), sent(case))


def by_contact(outcome):
    return {receipt.position: set(receipt.all_ids) for receipt in outcome.receipts}


@pytest.mark.parametrize("contacts", [1, 2, 3, 7])
@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_gives_every_id_to_its_contact(name, steps, contacts):
    case = Case(contacts, steps, random.Random(f"{name} {steps} {contacts}"))
    outcome = outcome_of(answer(name, case), case)
    assert (outcome.state, outcome.detail) == ("accepted", "accepted")
    assert [set(ids) for ids in truth(name, case)] == [
        set(receipt.all_ids) & {each for ids in case.ids for each in ids} for receipt in outcome.receipts
    ]
    assert not outcome.unpaired


@pytest.mark.parametrize("name", [name for name, (kind, _) in SHAPES.items() if kind == EACH_STEP])
def test_ids_of_several_steps_are_in_the_order_of_the_steps_where_it_is_known(name):
    case = Case(4, 3, random.Random(name))
    outcome = outcome_of(answer(name, case), case)
    for receipt, ids in zip(outcome.receipts, case.ids, strict=True):
        if all(step for step, _ in receipt.ids):
            assert receipt.ids == tuple(enumerate(ids, start=1))
        else:
            assert name == "flat, destination echoed"
        assert receipt.message_id in ids


def test_no_variant_loses_an_id_or_gives_it_to_another_contact():
    """Ten thousand answers: every shape with other fields, wrappers, another order, and damage."""
    for number in range(VARIANTS):
        draw = random.Random(number)
        name = draw.choice(list(SHAPES))
        case = Case(draw.randint(1, 6), draw.randint(1, 3), draw)
        came = varied(answer(name, case), draw)
        raw = json.dumps(came, ensure_ascii=draw.random() < 0.5).encode()
        right = [set(ids) for ids in truth(name, case)]
        damage = draw.choice(("none", "none", "cut", "dropped", "swapped encoding"))
        if damage == "cut":
            raw = raw[: draw.randrange(len(raw))]
        elif damage == "dropped":
            raw = _without_one_id(came, draw)
        elif damage == "swapped encoding":
            raw = raw.decode().encode(draw.choice(("utf-16", "utf-8-sig")))
        outcome = judge(Answer(200, raw, "cut" if damage == "cut" else None, None, 0.0), sent(case))
        ours = set().union(*right)
        whole = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "ignore")
        placed = by_contact(outcome)
        apart = {receipt.message_id for receipt in outcome.unpaired}
        where = f"variant {number}: {name}, {damage}"
        for position, ids in placed.items():
            assert ids & ours <= right[position], where
        for text in ours:
            if text in whole:
                assert text in set().union(apart, *placed.values()), f"{where}: lost {text}"
        if damage in ("none", "swapped encoding"):
            assert outcome.detail == "accepted", where
            assert [placed.get(at, set()) & ours for at in range(case.contacts)] == right, where


def _without_one_id(value, draw):
    """Return the answer without one of the elements of one of its lists."""
    value = json.loads(json.dumps(value))
    lists = []

    def collect(node):
        if isinstance(node, list | dict):
            if isinstance(node, list) and node:
                lists.append(node)
            for each in node if isinstance(node, list) else node.values():
                collect(each)

    collect(value)
    if lists:
        chosen = draw.choice(lists)
        del chosen[draw.randrange(len(chosen))]
    return json.dumps(value).encode()


NOTHING = [{"status": "ok"}, {"messages": []}, {"status": "ok", "accepted": 3, "at": "2026-12-01T10:00:00Z"}, True, 3]


@pytest.mark.parametrize("value", NOTHING)
def test_no_ids_is_said_only_if_nothing_looks_like_one(value):
    case = Case(3, 1, random.Random(1))
    assert outcome_of(value, case).detail == "accepted_untracked"


def test_an_id_for_the_whole_request_is_no_id_of_a_message():
    case = Case(3, 1, random.Random(1))
    for value in ({"id": case.batch}, {"response": {"batchId": case.batch, "status": "ok"}}, case.batch):
        outcome = outcome_of(value, case)
        assert (outcome.detail, outcome.batch_id, outcome.receipts) == ("accepted_batch", case.batch, ())
    assert outcome_of(case.batch.encode(), case).batch_id == case.batch


def test_a_bare_id_belongs_to_the_only_contact():
    case = Case(1, 2, random.Random(1))
    for raw in (case.own[0].encode(), json.dumps(case.own[0]).encode()):
        assert by_contact(outcome_of(raw, case)) == {0: {case.own[0]}}


APART = {
    "more ids than contacts": lambda c: {"messages": [{"id": each} for each in [*c.own, c.new_id()]]},
    "two for each contact, but one step": lambda c: {
        "messages": [{"id": each} for ids in c.ids for each in (*ids, c.new_id())]
    },
    "two lists that only together have one for each": lambda c: {"a": c.own[:1], "b": c.own[1:]},
    "an echo contradicts the order of the others": lambda c: {
        "messages": [{"id": c.own[0]}, {"id": c.own[1], "to": c.phones[0]}, {"id": c.own[2]}]
    },
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_what_cannot_be_placed_with_certainty_stays_apart_and_is_counted(name):
    case = Case(3, 1, random.Random(name))
    outcome = outcome_of(APART[name](case), case)
    assert (outcome.state, outcome.detail) == ("accepted", "ids_apart")
    assert outcome.params["apart"] == len(outcome.unpaired) > 0
    assert all(receipt.message_id in case.own for receipt in outcome.receipts)


def test_a_list_of_rejected_messages_leaves_the_outcome_open():
    case = Case(3, 1, random.Random(1))
    for value in (
        {"accepted": [{"id": case.own[0]}], "rejected": [{"id": case.own[1]}, {"id": case.own[2]}]},
        {"messages": [{"id": each, "status": "REJECTED" if at else "ok"} for at, each in enumerate(case.own)]},
    ):
        assert (outcome_of(value, case).state, outcome_of(value, case).detail) == ("unknown", "items_failed")


@pytest.mark.parametrize("said", ["NO_ERROR", "ok", "ACCEPTED", "sem erro", "without errors"])
def test_a_status_without_an_error_is_no_rejection(said):
    case = Case(3, 1, random.Random(1))
    value = {"status": said, "messages": [{"id": each, "status": said} for each in case.own]}
    assert outcome_of(value, case).detail == "accepted"


def test_two_contacts_with_one_number_are_told_apart_by_the_whole_contact_info():
    case = Case(2, 1, random.Random(1))
    case.phones = [case.phones[0]] * 2
    items = [{"id": one, "contactInfo": case.info(at)} for at, one in enumerate(case.own)]
    assert by_contact(outcome_of({"contacts": items[::-1]}, case)) == {0: {case.own[0]}, 1: {case.own[1]}}
    bare = [{"id": one, "to": case.phones[0]} for one in case.own]
    assert by_contact(outcome_of(bare, case)) == {0: {case.own[0]}, 1: {case.own[1]}}


def test_an_echo_of_the_sender_names_no_contact():
    case = Case(3, 1, random.Random(1))
    items = [{"id": one, "from": case.phones[0]} for one in case.own]
    assert by_contact(outcome_of(items, case)) == {at: {one} for at, one in enumerate(case.own)}


def test_an_id_repeated_for_two_contacts_makes_the_order_uncertain():
    case = Case(3, 1, random.Random(1))
    outcome = outcome_of({"messages": [{"id": case.own[0]}, {"id": case.own[0]}, {"id": case.own[2]}]}, case)
    assert (outcome.state, outcome.detail, outcome.receipts) == ("unknown", "ids_repeated", ())


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 10_000 + b'"3f2a4b5c-1111-4222-8333-444455556666"' + b"]" * 10_000,
        b'{"a":' * 10_000 + b'{"id":"3f2a4b5c-1111-4222-8333-444455556666"}' + b"}" * 10_000,
        b"<html><body>3f2a4b5c-1111-4222-8333-444455556666</body></html>",
    ],
    ids=["lists", "objects", "a page"],
)
def test_an_answer_of_any_depth_is_read(raw):
    case = Case(3, 1, random.Random(1))
    outcome = outcome_of(raw, case)
    kept = {outcome.batch_id, *(receipt.message_id for receipt in outcome.unpaired)}
    assert "3f2a4b5c-1111-4222-8333-444455556666" in kept


def test_an_id_of_four_thousand_characters_is_kept_whole():
    case = Case(1, 1, random.Random(1))
    long = "x" * 4_000
    assert by_contact(outcome_of({"messages": [{"id": long}]}, case)) == {0: {long}}


def test_the_largest_answer_that_broke_off_is_read_up_to_there():
    case = Case(2, 1, random.Random(1))
    filler = b'{"id":"' + b"y" * 1_000_000 + b'"},'
    raw = b'{"id":"b","messages":[' + filler * 8
    began = time.process_time()
    pairing, _, is_whole = paired_ids(raw, sent(case))
    assert (is_whole, pairing.receipts, len(pairing.unpaired)) == (False, (), 8)
    assert time.process_time() - began < 30
