"""Outcomes of contacts, judged from the provider's answer."""

import json
import time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.campaign import Receipt
from omni.locale import LANGUAGES, Text, catalog
from omni.ports import Answer
from omni.provider.response import judge

OURS = {
    "resolved.kept", "resolved.kept_by", "request.not_started", "request.worker_lost", "request.ledger_restored",
    "withheld.do_not_contact", "withheld.not_again", "cancelled.not_again", "refused.again", "ids_unpaired",
}  # fmt: skip
"""Details that the ledger records without an answer, and one that only older versions recorded."""


def answered(body=b"", status=200, *, failure=None, retry_after=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, raw, failure, retry_after, 1_700_000_000.0)


def items(*ids, **fields):
    return [{"id": each, **fields} for each in ids]


def receipts(*ids):
    return tuple(Receipt(at, each, None) for at, each in enumerate(ids))


def unpaired(*ids):
    return tuple(Receipt(-1, each, None) for each in ids)


# --- every shape --------------------------------------------------------------------------------------------

TWO = items("a", "b")
SHAPES = {
    "messages": ({"id": "batch", "messages": TWO}, "batch"),
    "recipients": ({"id": "batch", "recipients": TWO}, "batch"),
    "destinations": ({"id": "batch", "destinations": TWO}, "batch"),
    "Id and destination": ({"Id": "batch", "destination": TWO}, "batch"),
    "ID and contacts": ({"ID": "batch", "contacts": TWO}, "batch"),
    "data": ({"id": "batch", "data": TWO}, "batch"),
    "results": ({"id": "batch", "results": TWO}, "batch"),
    "a list": (TWO, None),
    "a list of one object with a list": ([{"id": "batch", "messages": TWO}], "batch"),
    "nested in data": ({"data": {"id": "batch", "messages": TWO}}, "batch"),
    "nested in results": ({"id": "batch", "results": {"recipients": TWO}}, "batch"),
    "items with Id": ({"id": "batch", "messages": [{"Id": "a"}, {"ID": "b"}]}, "batch"),
    "an empty list before the full one": ({"id": "batch", "messages": [], "recipients": TWO}, "batch"),
    "a list of words before the full one": ({"id": "batch", "messages": ["ok"], "data": TWO}, "batch"),
    "no batch id": ({"messages": TWO}, None),
    "batch id null": ({"id": None, "messages": TWO}, None),
    "batch id a number": ({"id": 12, "messages": TWO}, "12"),
    "errorCode 0": ({"id": "batch", "errorCode": 0, "errorMessage": "", "messages": TWO}, "batch"),
    "error fields null": (
        {"id": "batch", "errorCode": None, "messages": items("a", "b", errorCode=None)},
        "batch",
    ),
    "fields we do not know": ({"id": "batch", "x": [1], "messages": items("a", "b", parts=2)}, "batch"),
}


@pytest.mark.parametrize(("body", "batch_id"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_ids_are_read_in_every_shape(body, batch_id, status):
    outcome = judge(answered(body, status), [None, None])
    assert (outcome.state, outcome.detail, outcome.status) == ("accepted", "accepted", status)
    assert outcome.batch_id == batch_id
    assert outcome.receipts == receipts("a", "b")
    assert outcome.unpaired == ()


def test_a_byte_order_mark_before_the_json_is_no_obstacle():
    assert judge(answered(b"\xef\xbb\xbf" + json.dumps(items("a")).encode()), [None]).receipts == receipts("a")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b'[{"id":7},{"id":18446744073709551615}]', ("7", "18446744073709551615")),
        (b'[{"id":12345678901234567890123},{"id":8}]', ("12345678901234567890123", "8")),
        (b'[{"id":1.10},{"id":-3}]', ("1.10", "-3")),
        (b'[{"id":"00012"},{"id":" x "}]', ("00012", " x ")),
    ],
)
def test_ids_are_opaque_and_numbers_keep_every_digit(raw, read):
    assert judge(answered(raw), [None, None]).receipts == receipts(*read)


def test_one_object_with_id_and_correlation_id_answers_one_contact():
    outcome = judge(answered({"id": "a", "correlationId": "c"}), [None])
    assert (outcome.detail, outcome.batch_id, outcome.receipts) == ("accepted", "a", (Receipt(0, "a", "c"),))
    assert judge(answered({"id": "a", "correlationId": "c"}), [None, None]).detail == "accepted_batch"


# --- pairing ids with contacts ------------------------------------------------------------------------------


def echo(*pairs):
    return [
        {name: value for name, value in (("id", message_id), ("correlationId", own)) if value is not None}
        for message_id, own in pairs
    ]


PAIRINGS = {
    "echoes decide over places": (
        ["x", "y"],
        echo(("b", "y"), ("a", "x")),
        "accepted",
        [(0, "a", "x"), (1, "b", "y")],
        [],
    ),
    "the provider's own correlationIds are kept, places decide": (
        [None, None],
        echo(("a", "p1"), ("b", "p2")),
        "accepted",
        [(0, "a", "p1"), (1, "b", "p2")],
        [],
    ),
    "the provider replaces ours by its own, places decide": (
        ["x", "y"],
        echo(("a", "p1"), ("b", "p2")),
        "accepted",
        [(0, "a", "p1"), (1, "b", "p2")],
        [],
    ),
    "nothing is echoed, places decide": (
        ["x", "y"],
        echo(("a", None), ("b", None)),
        "accepted",
        [(0, "a", None), (1, "b", None)],
        [],
    ),
    "only some are echoed": (
        ["x", "y"],
        echo(("a", "x"), ("b", None)),
        "ids_apart",
        [(0, "a", "x")],
        [(-1, "b", None)],
    ),
    "some were sent with one, and the order is kept": (
        ["x", None, "z"],
        echo(("a", "x"), ("b", "p"), ("c", "z")),
        "accepted",
        [(0, "a", "x"), (1, "b", "p"), (2, "c", "z")],
        [],
    ),
    "some were sent with one, and the order is not kept": (
        ["x", None, "z"],
        echo(("c", "z"), ("b", None), ("a", "x")),
        "ids_apart",
        [(0, "a", "x"), (2, "c", "z")],
        [(-1, "b", None)],
    ),
    "fewer come, but they are echoed": (
        ["x", "y", "z"],
        echo(("c", "z"), ("a", "x")),
        "ids_count",
        [(0, "a", "x"), (2, "c", "z")],
        [],
    ),
    "more come, but ours are echoed": (
        ["x", "y"],
        echo(("a", "x"), ("b", "y"), ("c", "q")),
        "ids_apart",
        [(0, "a", "x"), (1, "b", "y")],
        [(-1, "c", "q")],
    ),
    "one echo comes twice": (
        ["x", "y"],
        echo(("a", "x"), ("b", "x")),
        "ids_missing",
        [(0, "a", "x", ((0, "a"), (0, "b")))],
        [],
    ),
    "contacts share a correlationId, places decide": (
        ["x", "x"],
        echo(("a", "x"), ("b", "x")),
        "accepted",
        [(0, "a", "x"), (1, "b", "x")],
        [],
    ),
    "an empty correlationId is none": (
        ["", "y"],
        echo(("a", ""), ("b", "y")),
        "accepted",
        [(0, "a", None), (1, "b", "y")],
        [],
    ),
    "numbers are echoed": (
        ["1", "2"],
        [{"id": "b", "correlationId": 2}, {"id": "a", "correlationId": 1}],
        "accepted",
        [(0, "a", "1"), (1, "b", "2")],
        [],
    ),
    "fewer come": ([None, None], echo(("a", None)), "ids_count", [], [(-1, "a", None)]),
    "more come": (
        [None],
        echo(("a", None), ("b", None)),
        "ids_apart",
        [],
        [(-1, "a", None), (-1, "b", None)],
    ),
    "one id comes twice": (
        [None, None],
        echo(("a", None), ("a", None)),
        "ids_repeated",
        [],
        [(-1, "a", None), (-1, "a", None)],
    ),
    "one id comes twice, though echoed": (
        ["x", "y"],
        echo(("a", "x"), ("a", "y")),
        "ids_repeated",
        [],
        [(-1, "a", "x"), (-1, "a", "y")],
    ),
    "one item has no id": (
        [None, None, None],
        [{"id": "a"}, {"correlationId": "p"}, {"id": "c"}],
        "ids_missing",
        [(0, "a", None), (2, "c", None)],
        [],
    ),
    "an empty id is none": ([None, None], echo(("a", None), ("", None)), "ids_missing", [(0, "a", None)], []),
    "one item is no object": ([None, None], [{"id": "a"}, "b"], "ids_missing", [(0, "a", None)], []),
    "an item is an error": (
        [None, None],
        [{"id": "a"}, {"errorCode": 400}],
        "items_failed",
        [(0, "a", None)],
        [],
    ),
    "an item with an id is an error": (
        [None, None],
        [{"id": "a"}, {"id": "b", "errorMessage": "no"}],
        "items_failed",
        [(0, "a", None)],
        [(-1, "b", None)],
    ),
    "every item is an error": ([None], [{"errorCode": "E7", "errorMessage": "no"}], "items_failed", [], []),
    "correlationIds without ids": (
        [None, None],
        echo((None, "p1"), (None, "p2")),
        "accepted_batch",
        [(0, None, "p1"), (1, None, "p2")],
        [],
    ),
}


@pytest.mark.parametrize(("expected", "came", "detail", "paired", "apart"), PAIRINGS.values(), ids=PAIRINGS)
def test_ids_go_to_the_contacts_they_certainly_belong_to(expected, came, detail, paired, apart):
    outcome = judge(answered({"id": "batch", "messages": came}), expected)
    assert outcome.detail == detail
    assert outcome.state == ("accepted" if detail.startswith("accepted") or detail == "ids_apart" else "unknown")
    assert outcome.batch_id == "batch"
    assert outcome.receipts == tuple(Receipt(*each) for each in paired)
    assert outcome.unpaired == tuple(Receipt(*each) for each in apart)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_echoed_items_changes_nothing(order):
    came = echo(("a", "x"), ("b", "y"), ("c", "z"))
    outcome = judge(answered([came[at] for at in order]), ["x", "y", "z"])
    assert outcome.receipts == (Receipt(0, "a", "x"), Receipt(1, "b", "y"), Receipt(2, "c", "z"))


few = st.sampled_from([None, "", "a", "b", "c", "x", "y", 1, 1.5, True, [], {}])


@given(
    st.lists(st.fixed_dictionaries({}, optional={"id": few, "correlationId": few, "errorCode": few}), max_size=5),
    st.lists(st.sampled_from([None, "x", "y", "1"]), max_size=5),
)
def test_from_any_answer_no_id_is_lost_and_no_contact_gets_two(came, expected):
    outcome = judge(answered({"id": "batch", "messages": came}), expected)
    positions = [receipt.position for receipt in outcome.receipts]
    assert positions == sorted(set(positions))
    assert all(0 <= position < len(expected) for position in positions)
    assert all(receipt.position == -1 for receipt in outcome.unpaired)
    kept = {text for receipt in (*outcome.receipts, *outcome.unpaired) for text in receipt.all_ids}
    given_ids = [each.get("id") for each in came]
    assert kept >= {str(each) for each in given_ids if each and not isinstance(each, bool | list | dict)}
    if outcome.detail == "accepted":
        assert positions == list(range(len(expected)))
        assert not outcome.unpaired
        assert all(receipt.message_id for receipt in outcome.receipts)


KEYS = st.sampled_from(["id", "messages", "data", "results", "errorCode", "errorMessage", "correlationId"])
values = st.recursive(few, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=8)


@given(
    st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([None, 200, 202, 301, 400, 401, 429, 500]),
    st.sampled_from([None, "timeout", "cut", "too_large", "internal", "not_sent"]),
)
def test_any_answer_at_all_is_judged(raw, status, failure):
    outcome = judge(answered(raw, status, failure=failure), [None, "x"])
    assert f"answer.{outcome.detail}" in catalog("en")
    assert outcome.state == "pending" or outcome.retry_after == 0.0


# --- states -------------------------------------------------------------------------------------------------

ERROR = {"errorCode": 400, "errorMessage": "No such campaign"}
HTML = b"<!DOCTYPE html><title>Gateway</title>"
STATES = [
    # answer, state, detail, status in the sentence, message
    (answered(items("a", "b")), "accepted", "accepted", 200, ""),
    (answered(b""), "accepted", "accepted_untracked", 200, ""),
    (answered(b" \r\n", 202), "accepted", "accepted_untracked", 202, ""),
    (answered(b"", 204), "accepted", "accepted_untracked", 204, ""),
    (answered({}), "accepted", "accepted_untracked", 200, ""),
    (answered([]), "accepted", "accepted_untracked", 200, ""),
    (answered(b"null"), "accepted", "accepted_untracked", 200, ""),
    (answered({"status": "ok"}), "accepted", "accepted_untracked", 200, ""),
    (answered({"id": "batch"}), "accepted", "accepted_batch", 200, ""),
    (answered({"id": "batch", "messages": []}), "accepted", "accepted_batch", 200, ""),
    (answered(items("a", "b", "c")), "accepted", "ids_apart", 200, ""),
    (answered(items("a")), "unknown", "ids_count", 200, ""),
    (answered(items("a", "a")), "unknown", "ids_repeated", 200, ""),
    (answered(items("a", None)), "unknown", "ids_missing", 200, ""),
    (answered(echo(("a", "x"), ("b", "x"))), "unknown", "ids_missing", 200, ""),
    (answered([{"id": "a"}, ERROR]), "unknown", "items_failed", 200, ""),
    (answered(b"OK"), "unknown", "unreadable", 200, ""),
    (answered(HTML), "unknown", "unreadable", 200, ""),
    (answered(b'{"id":"batch","messages":[{"id":"a"},{"i'), "unknown", "unreadable", 200, ""),
    (answered(b'{"id":"\xff"}'), "accepted", "accepted_batch", 200, ""),
    # an error under 200
    (answered(ERROR), "refused", "refused_because", 400, "No such campaign"),
    (answered({"errorCode": "404"}), "refused", "refused", 404, ""),
    (answered({"data": ERROR}), "refused", "refused_because", 400, "No such campaign"),
    (answered({"errorCode": 401, "errorMessage": "Who?"}), "pending", "unauthorized", 401, "Who?"),
    (answered({"errorCode": "403"}), "pending", "unauthorized", 403, ""),
    (answered({"errorCode": 429}), "pending", "rate_limited", 429, ""),
    (answered({"errorCode": 409, "errorMessage": "again"}), "unknown", "undecided", 409, "again"),
    (answered({"errorCode": 500, "errorMessage": "Oops"}), "unknown", "error_unclear", 200, "Oops"),
    (answered({"errorCode": "E12"}), "unknown", "error_unclear", 200, "E12"),
    (answered({"errorCode": 4000}), "unknown", "error_unclear", 200, "4000"),
    (answered({"errorMessage": "Oops"}), "unknown", "error_unclear", 200, "Oops"),
    (
        answered({**ERROR, "id": "batch", "messages": items("a", "b")}),
        "unknown",
        "error_unclear",
        200,
        "No such campaign",
    ),
    # refused
    (answered(ERROR, 400), "refused", "refused_because", 400, "No such campaign"),
    (answered(b"", 400), "refused", "refused", 400, ""),
    (answered(HTML, 404), "refused", "refused", 404, ""),
    (answered(b"Not\n  found ", 404), "refused", "refused_because", 404, "Not found"),
    (answered({"message": "too large"}, 413), "refused", "refused_because", 413, "too large"),
    (answered({"error": {"message": "deep"}}, 422), "refused", "refused_because", 422, "deep"),
    (answered({"timestamp": 1, "error": "Bad"}, 400), "refused", "refused_because", 400, "Bad"),
    (answered({"errorMessage": "x" * 300}, 400), "refused", "refused_because", 400, "x" * 199 + "…"),
    (answered(items("a", "b"), 400), "refused", "refused", 400, ""),
    *[(answered(b"", status), "refused", "refused", status, "") for status in (402, 405, 410, 411, 415, 451)],
    # certainly nothing accepted
    (answered({"errorCode": 401, "errorMessage": "Who?"}, 401), "pending", "unauthorized", 401, "Who?"),
    (answered(b"", 403), "pending", "unauthorized", 403, ""),
    (answered(b"", 429), "pending", "rate_limited", 429, ""),
    (answered(status=None, failure="not_sent"), "pending", "not_sent", 0, ""),
    # unknown
    *[
        (answered(b"", status), "unknown", "undecided", status, "")
        for status in (406, 408, 409, 423, 424, 425, 460, 499)
    ],
    (answered(b"", 101), "unknown", "undecided", 101, ""),
    *[(answered(HTML, status), "unknown", "redirected", status, "") for status in (301, 302, 303, 307, 308)],
    *[(answered(HTML, status), "unknown", "server_error", status, "") for status in (500, 502, 503, 504)],
    (answered(items("a", "b"), 500), "unknown", "server_error", 500, ""),
    (answered(status=None), "unknown", "internal", 0, ""),
    *[
        (answered(status=None, failure=failure), "unknown", failure, 0, "")
        for failure in ("timeout", "cut", "too_large", "internal")
    ],
    (answered(HTML, failure="too_large"), "unknown", "too_large", 200, ""),
    (answered(ERROR, 400, failure="cut"), "unknown", "cut", 400, ""),
    (answered(ERROR, 429, failure="timeout"), "unknown", "timeout", 429, ""),
    (answered(b"", 200, failure="cut"), "unknown", "cut", 200, ""),
]


@pytest.mark.parametrize(
    ("answer", "state", "detail", "status", "message"),
    STATES,
    ids=[f"{at}-{row[0].status}-{row[2]}" for at, row in enumerate(STATES)],
)
def test_an_answer_ends_in_the_state_it_must(answer, state, detail, status, message):
    outcome = judge(answer, ["x", None])
    assert (outcome.state, outcome.detail, outcome.status) == (state, detail, answer.status)
    assert (outcome.params["status"], outcome.params["message"]) == (status, message)
    assert (outcome.params["contacts"], outcome.params["n"]) == (2, 2)
    assert outcome.pauses == (detail == "unauthorized")
    assert outcome.retry_after == {"rate_limited": 1.0, "not_sent": 2.0}.get(detail, 0.0)


def test_every_state_but_accepted_names_no_contact_accepted_by_an_error():
    outcome = judge(answered({**ERROR, "id": "batch", "messages": items("a", "b")}), [None, None])
    assert (outcome.batch_id, outcome.receipts, outcome.unpaired) == ("batch", (), unpaired("a", "b"))


@pytest.mark.parametrize(("asked", "waits"), [(None, 1.0), (0.0, 1.0), (0.5, 0.5), (30.0, 30.0)])
def test_too_many_requests_waits_as_long_as_the_provider_asks(asked, waits):
    assert judge(answered(b"", 429, retry_after=asked), [None]).retry_after == waits
    assert judge(answered({"errorCode": 429}, retry_after=asked), [None]).retry_after == waits


@pytest.mark.parametrize("failure", ["timeout", "cut", "too_large"])
def test_ids_that_came_whole_before_a_break_are_kept(failure):
    outcome = judge(answered({"id": "batch", "messages": items("a", "b")}, failure=failure), [None, None])
    assert (outcome.state, outcome.detail, outcome.batch_id) == ("unknown", failure, "batch")
    assert outcome.receipts == receipts("a", "b")


def test_half_an_answer_names_no_contact():
    outcome = judge(answered(b'{"id":"batch","messages":[{"id":"a"}', failure="cut"), [None])
    assert (outcome.batch_id, outcome.receipts, outcome.unpaired) == ("batch", (), unpaired("a"))


def test_ids_that_came_are_counted_for_the_sentence():
    assert judge(answered(items("a", None, "c")), [None] * 3).params["ids"] == 2


# --- sentences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detail_has_a_sentence_and_every_sentence_a_detail(language):
    sentences = {key.removeprefix("answer.") for key in catalog(language) if key.startswith("answer.")}
    assert sentences - OURS == {row[2] for row in STATES}
    assert sentences >= OURS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", STATES, ids=[f"{at}-{row[2]}" for at, row in enumerate(STATES)])
def test_a_sentence_is_whole_with_the_outcomes_own_parameters(language, row):
    outcome = judge(row[0], [None] * 1234)
    sentence = Text(language)(f"answer.{outcome.detail}", **outcome.params)
    assert "{" not in sentence
    assert "  " not in sentence
    assert sentence[0].isupper()
    assert str(outcome.params["message"]) in sentence or outcome.detail not in (
        "refused_because",
        "error_unclear",
    )


# --- speed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expected", [[None] * 1000, [f"ours-{at}" for at in range(1000)]], ids=["places", "echoes"])
def test_a_thousand_ids_are_read_in_little_time(expected):
    came = [
        {"id": f"{at:08x}-0000-4000-8000-000000000000", "correlationId": own or f"p-{at}"}
        for at, own in enumerate(expected)
    ]
    answer = answered({"id": "batch", "messages": came})
    best = min(_seconds(answer, expected) for _ in range(20))
    assert best < 0.005


def _seconds(answer, expected):
    begin = time.process_time()
    assert len(judge(answer, expected).receipts) == 1000
    return time.process_time() - begin
