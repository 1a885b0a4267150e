"""Ids read as lists from ordinary answers equal those found by the careful reader for any answer."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import orjson
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from omni.core.campaign import Receipt
from omni.locale import Text
from omni.ports import Answer
from omni.provider.response import judge, undisputed_ids
from omni.service.id_columns import Receipts
from omni.service.reporting import report, rows_of
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from tests.store.building import claim, make, record

ID = st.sampled_from(["a", "b", "c", "d", "", 7, 7.5, 12345678901234567890, None, True, "ã"]) | st.text(max_size=3)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "id": ID,
        "Id": ID,
        "correlationId": ID,
        "errorCode": st.sampled_from([0, "0", 17, "400"]),
        "errorMessage": st.sampled_from(["", "no"]),
    },
) | st.sampled_from([None, "x", 1])
ORDINARY = st.lists(st.uuids().map(str), min_size=1, max_size=4, unique=True).map(
    lambda ids: [{"id": each, "correlationId": f"c-{each}"} for each in ids]
)
ALL_BUT = st.builds(
    lambda items, at, change: [item | change if at == place else item for place, item in enumerate(items)],
    ORDINARY,
    st.integers(0, 3),
    ITEM.filter(lambda item: isinstance(item, dict)),
)
"""Ordinary items with one exception among them."""
ITEMS = ORDINARY | ALL_BUT | st.lists(ITEM, max_size=4)
BODY = ITEMS | st.builds(
    lambda key, items, more: {key: items, **more},
    st.sampled_from(["messages", "data", "results", "other"]),
    ITEMS | ITEMS.map(lambda items: {"messages": items}),
    st.fixed_dictionaries({}, optional={"id": ID, "correlationId": ID, "errorCode": st.sampled_from([0, "400", 9])}),
)
ANSWER = st.builds(
    Answer,
    st.sampled_from([200, 200, 200, 202, 400, 500, None]),
    BODY.map(lambda body: json.dumps(body).encode()) | st.sampled_from([b"", b"{", b" "]),
    st.sampled_from([None, None, None, "cut", "timeout"]),
    st.none(),
    st.just(0.0),
)


@settings(deadline=None, max_examples=600)
@given(ANSWER, st.integers(1, 4))
def test_undisputed_ids_equal_the_receipts_of_every_contact(answer, contacts):
    found = undisputed_ids(answer, contacts)
    outcome = judge(answer, [None] * contacts)
    event(f"undisputed: {found is not None}")
    if found is not None:
        assert (outcome.state, outcome.detail) == ("accepted", "accepted")
        assert (outcome.receipts, outcome.unpaired) == (tuple(map(Receipt, range(contacts), *found)), ())


@given(ORDINARY, st.sampled_from([None, "messages", "recipients", "destination", "data"]))
def test_the_documented_shapes_are_undisputed(items, key):
    body = items if key is None else {"id": "b", key: items}
    answer = Answer(200, orjson.dumps(body), None, None, 0.0)
    found = undisputed_ids(answer, len(items))
    assert found == ([each["id"] for each in items], [each["correlationId"] for each in items])


SHAPES = {
    "every id": lambda n: {"id": "b", "messages": [{"id": f"i{at}", "correlationId": f"c{at}"} for at in range(n)]},
    "no correlationId": lambda n: {"messages": [{"id": f"i{at}"} for at in range(n)]},
    "some correlationIds": lambda n: [
        {"id": f"i{at}", **({"correlationId": f"c{at}"} if at % 2 else {})} for at in range(n)
    ],
    "numbers": lambda n: {"messages": [{"id": 10**17 + at, "correlationId": at} for at in range(n)]},
    "correlationIds alone": lambda n: {"messages": [{"correlationId": f"c{at}"} for at in range(n)]},
    "one too few": lambda n: {"messages": [{"id": f"i{at}"} for at in range(n - 1)]},
    "more than contacts": lambda n: {"messages": [{"id": f"i{at}"} for at in range(n + 3)]},
    "repeated": lambda n: {"messages": [{"id": "same"} for at in range(n)]},
    "one failed": lambda n: {"messages": [{"id": f"i{at}", "errorCode": 9 if at == 1 else 0} for at in range(n)]},
    "an error": lambda n: {"errorCode": 9, "messages": [{"id": f"i{at}"} for at in range(n)]},
    "no ids": lambda n: {},
}


@pytest.fixture
def answered(database: Database) -> int:
    """A campaign with an answer of every shape, one cut answer and one request without an answer."""
    made = make(database, 5 * (len(SHAPES) + 2), 5)
    shapes = [*SHAPES.values(), SHAPES["every id"]]
    for at, (each, shape) in enumerate(zip(claim(database, room=len(shapes)), shapes, strict=True)):
        failure = "cut" if at == len(SHAPES) else None
        answer = Answer(200, orjson.dumps(shape(5)), failure, None, time.time())
        record(database, (each, answer, judge(answer, [None] * 5)))
    return made


@pytest.mark.parametrize("chunk", [1, 3, 7, 5000])
def test_a_report_is_the_same_whichever_way_its_ids_are_read(database, answered, monkeypatch, chunk):
    monkeypatch.setattr("omni.store.campaigns.campaign_rows.ROWS", chunk)
    campaigns = Campaigns(database)

    def rows():
        return list(rows_of(report(campaigns, answered, Text("en"))[1]))

    as_lists = rows()
    with monkeypatch.context() as patched:
        patched.setattr(Receipts, "_ids_of", Receipts._ids_of_any)
        assert rows() == as_lists
    with monkeypatch.context() as patched:  # force every answer to be read again
        patched.setattr("omni.service.id_columns._CONTACTS_KEPT", 0)
        assert rows() == as_lists
    receipts = Receipts(campaigns, answered)
    receipts.load(range(1, len(SHAPES) + 3))
    assert [receipts.of(1 + at // 5, at % 5)[:2] for at in range(len(as_lists))] == [row[2:4] for row in as_lists]
    ids = [row[2] for row in as_lists]
    assert ids[:5] == ids[5:10] == ["i0", "i1", "i2", "i3", "i4"]
    assert [row[3] for row in as_lists[10:15]] == ["", "c1", "", "c3", ""]
    assert [second - first for first, second in pairwise(int(row[0]) for row in as_lists)] == [1] * (len(as_lists) - 1)


def test_receipts_are_forgotten_once_they_are_in_the_columns(database, answered):
    campaigns = Campaigns(database)
    receipts = Receipts(campaigns, answered)
    for contacts in campaigns.contact_chunks(answered):
        receipts.load([each.number for each in contacts.requests])
        assert receipts._known
        receipts.columns(contacts)
    assert not receipts._known
