"""Ids in the sandbox's answers, in each format of the platform, and its record of them."""

from __future__ import annotations

import stat
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.running import Sandbox, a_request, contact, encoded

SHAPES = [
    ("messages", "id", "messages"),
    ("recipients", "id", "recipients"),
    ("destinations", "id", "destinations"),
    ("destination", "Id", "destination"),
]


def test_each_contact_gets_an_id_and_a_correlation_id_of_its_own(sandbox: Sandbox):
    answer = sandbox.post(encoded(a_request(1000))).json()
    assert list(answer) == ["id", "messages"]
    ids = [answer["id"], *(item[key] for item in answer["messages"] for key in ("id", "correlationId"))]
    assert len(set(ids)) == 2001
    assert {uuid.UUID(one).version for one in ids} == {4}
    assert [str(uuid.UUID(one)) for one in ids] == ids


def test_a_correlation_id_of_the_contact_is_echoed_in_its_place(sandbox: Sandbox):
    people = [
        contact(1, correlationId="row-2"),
        contact(2),
        contact(3, correlationId="ação"),
        contact(4, correlationId=""),
    ]
    items = sandbox.post(encoded(a_request(people))).json()["messages"]
    assert [items[0]["correlationId"], items[2]["correlationId"]] == ["row-2", "ação"]
    assert uuid.UUID(items[1]["correlationId"]) and uuid.UUID(items[3]["correlationId"])


def test_equal_requests_get_different_ids(sandbox: Sandbox):
    body = encoded(a_request([contact(recipientName="the same twice")]))
    first, second = sandbox.post(body).json(), sandbox.post(body).json()
    assert first["id"] != second["id"]
    assert first["messages"][0]["id"] != second["messages"][0]["id"]
    assert [entry["batch_id"] for entry in sandbox.recorded_of(body)] == [first["id"], second["id"]]


def test_the_record_holds_what_was_received_and_what_was_given(sandbox: Sandbox):
    people = [contact(7, correlationId="row-9"), contact(8, codigo="007")]
    body = encoded(a_request(people))
    before = datetime.now(UTC)
    answer = sandbox.post(body).json()
    (entry,) = sandbox.recorded_of(body)
    moment = datetime.fromisoformat(entry.pop("time"))
    assert before - timedelta(milliseconds=1) <= moment <= datetime.now(UTC)
    assert entry == {
        "mode": "ok",
        "accepted": True,
        "status": 200,
        "user_name": "ana",
        "batch_id": answer["id"],
        "count": 2,
        "contacts": [person["contactInfo"] for person in people],
        "ids": [item["id"] for item in answer["messages"]],
        "correlation_ids": [item["correlationId"] for item in answer["messages"]],
        "sha256": entry["sha256"],
    }


def test_the_sha256_is_that_of_the_exact_bytes(sandbox: Sandbox):
    body = encoded(a_request([contact(recipientName="with spaces around")]))
    spaced = b" \r\n" + body + b"\n"
    sandbox.post(spaced)
    assert len(sandbox.recorded_of(spaced)) == 1
    assert sandbox.recorded_of(body) == []


def test_only_its_owner_can_read_the_record(sandbox: Sandbox):
    assert stat.S_IMODE(sandbox.record_file.stat().st_mode) == 0o600


@pytest.mark.parametrize(("shape", "batch_key", "items_key"), SHAPES)
def test_the_answer_takes_the_shapes_of_the_sibling_apis(start, shape, batch_key, items_key):
    sandbox = start("--shape", shape)
    body = encoded(a_request(3))
    answer = sandbox.post(body).json()
    assert list(answer) == [batch_key, items_key]
    (entry,) = sandbox.recorded()
    assert (entry["batch_id"], entry["ids"]) == (
        answer[batch_key],
        [item["id"] for item in answer[items_key]],
    )
    assert list(sandbox.post(body, "no_ids").json()) == [batch_key]


def test_the_shape_list_has_no_batch_id(start):
    sandbox = start("--shape", "list")
    answer = sandbox.post(encoded(a_request(3))).json()
    assert [sorted(item) for item in answer] == [["correlationId", "id"]] * 3
    (entry,) = sandbox.recorded()
    assert (entry["batch_id"], entry["ids"]) == (None, [item["id"] for item in answer])
    assert sandbox.post(encoded(a_request(3)), "no_ids").json() == []
    assert len(sandbox.post(encoded(a_request(3)), "fewer_ids").json()) == 2


def test_stats_count_requests_and_what_was_accepted(start):
    sandbox = start()
    assert sandbox.stats() == {"requests": 0, "accepted_requests": 0, "accepted_contacts": 0, "by_mode": {}}
    sandbox.post(encoded(a_request(3)))
    sandbox.post(encoded(a_request(4)), "error_504")
    sandbox.post(encoded(a_request(5)), "refused")
    sandbox.post(b"{}")
    assert sandbox.stats() == {
        "requests": 4,
        "accepted_requests": 2,
        "accepted_contacts": 7,
        "by_mode": {"ok": 1, "error_504": 1, "refused": 1, "invalid": 1},
    }
