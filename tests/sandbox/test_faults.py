"""Faults of the sandbox: the answer the client gets, and whether the contacts were accepted."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.sandbox.conftest import SLOW
from tests.sandbox.running import HEADERS, SEND, Sandbox, a_request, contact, encoded, mt
from tests.waiting import PATIENCE, wait_until

NAMES = (
    "refused, unauthorized, forbidden, too_many, slow, hang, cut_before, cut_after, cut_middle, error_500, "
    "error_503, error_504, malformed, html, fewer_ids, no_ids, empty, redirect, error_in_200"
)


def a_body(request: pytest.FixtureRequest, contacts: int = 3) -> bytes:
    """Return a body that no other test sends, so that its record can be identified."""
    people = [contact(number, recipientName=request.node.nodeid) for number in range(1, contacts + 1)]
    return encoded(a_request(people))


def entry_of(sandbox: Sandbox, body: bytes) -> dict:
    (entry,) = sandbox.recorded_of(body)
    return entry


@pytest.mark.parametrize(
    ("fault", "status", "error_code", "accepted"),
    [
        ("refused", 400, 400, False),
        ("unauthorized", 401, 401, False),
        ("forbidden", 403, 403, False),
        ("too_many", 429, 429, False),
        ("error_500", 500, 500, False),
        ("error_503", 503, None, False),
        ("error_504", 504, None, True),
        ("redirect", 307, 307, False),
        ("error_in_200", 200, 400, False),
        ("malformed", 200, None, True),
        ("html", 200, None, True),
        ("fewer_ids", 200, None, True),
        ("no_ids", 200, None, True),
        ("empty", 200, None, True),
        ("slow", 200, None, True),
    ],
)
def test_a_fault_with_an_answer_has_its_status_and_its_truth(sandbox, request, fault, status, error_code, accepted):
    body = a_body(request)
    answer = sandbox.post(body, fault)
    assert answer.status == status
    if error_code is not None:
        assert answer.json()["errorCode"] == error_code
        assert answer.json()["errorMessage"].startswith("sandbox fault: ")
    entry = entry_of(sandbox, body)
    assert (entry["mode"], entry["accepted"], entry["status"]) == (fault, accepted, status)
    assert (entry["count"], len(entry["contacts"])) == (3, 3)
    assert (entry["batch_id"] is not None) == accepted
    if not accepted:
        assert entry["ids"] == entry["correlation_ids"] == []


def test_too_many_says_when_to_come_back(sandbox, request):
    assert sandbox.post(a_body(request), "too_many").headers["Retry-After"] == "1"


def test_a_slow_answer_is_whole_and_late_but_recorded_at_once(sandbox, request):
    body = a_body(request)
    answer = sandbox.post(body, "slow").json()
    came = datetime.now(UTC)
    entry = entry_of(sandbox, body)
    assert [item["id"] for item in answer["messages"]] == entry["ids"]
    assert came - datetime.fromisoformat(entry["time"]) >= timedelta(seconds=SLOW)


def test_a_hanging_request_is_accepted_and_never_answered(sandbox, request):
    body = a_body(request)
    with sandbox.connected() as client:
        client.sendall(raw_post(body, "hang"))
        wait_until(lambda: sandbox.recorded_of(body))
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    entry = entry_of(sandbox, body)
    assert (entry["accepted"], entry["status"], len(entry["ids"])) == (True, None, 3)


def test_a_hanging_connection_ends_when_its_client_goes_away(sandbox, request):
    with sandbox.connected() as client:
        client.sendall(raw_post(a_body(request), "hang"))
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(PATIENCE)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""


@pytest.mark.parametrize(("fault", "accepted"), [("cut_before", False), ("cut_after", True)])
def test_a_cut_connection_is_reset_without_a_byte_of_an_answer(sandbox, request, fault, accepted):
    body = a_body(request)
    with sandbox.connected() as client:
        client.sendall(raw_post(body, fault))
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    entry = entry_of(sandbox, body)
    assert (entry["accepted"], entry["status"], entry["count"]) == (accepted, None, 3)
    assert len(entry["ids"]) == (3 if accepted else 0)


@pytest.mark.parametrize("contacts", [1, 1000])
def test_an_answer_cut_in_the_middle_brings_half_its_bytes_then_a_reset(sandbox, request, contacts):
    body = a_body(request, contacts)
    received = b""
    with sandbox.connected(receive_buffer=4096) as client:
        client.sendall(raw_post(body, "cut_middle"))
        with pytest.raises(ConnectionResetError):
            while True:
                received += client.recv(65536)
    head, _, part = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert len(received) == (len(head) + 4 + length) // 2
    entry = entry_of(sandbox, body)
    beginning = f'{{"id": "{entry["batch_id"]}'.encode()
    assert part[:30] == beginning[:30]
    assert len(entry["ids"]) == contacts


def test_a_malformed_answer_is_the_beginning_of_a_right_one(sandbox, request):
    body = a_body(request)
    answer = sandbox.post(body, "malformed")
    assert answer.headers["Content-Type"] == "application/json"
    assert entry_of(sandbox, body)["ids"][0].encode() in answer.body
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("fault", ["html", "error_503", "error_504"])
def test_an_html_answer_is_html(sandbox, request, fault):
    answer = sandbox.post(a_body(request), fault)
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("contacts", [1, 3])
def test_fewer_ids_are_one_less_than_contacts(sandbox, request, contacts):
    body = a_body(request, contacts)
    answer = sandbox.post(body, "fewer_ids").json()
    entry = entry_of(sandbox, body)
    assert [item["id"] for item in answer["messages"]] == entry["ids"]
    assert (len(entry["ids"]), entry["count"]) == (contacts - 1, contacts)


def test_no_ids_is_only_a_batch_id(sandbox, request):
    body = a_body(request)
    assert sandbox.post(body, "no_ids").json() == {"id": entry_of(sandbox, body)["batch_id"]}


def test_an_empty_answer_has_no_bytes(sandbox, request):
    assert sandbox.post(a_body(request), "empty").body == b""


def test_a_redirect_that_is_followed_is_seen_in_the_record(sandbox, request):
    kept, followed = a_body(request, 1), a_body(request, 2)
    headers = HEADERS | {"X-Sandbox-Fault": "redirect"}
    answer = requests.post(sandbox.url, kept, headers=headers, allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 307
    assert [entry["mode"] for entry in sandbox.recorded_of(kept)] == ["redirect"]
    answer = requests.post(sandbox.url, followed, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 200
    modes = [(entry["mode"], entry["accepted"]) for entry in sandbox.recorded_of(followed)]
    assert modes == [("redirect", False), ("redirect_followed", True)]


def test_an_unknown_fault_in_the_header_is_refused_with_the_names(sandbox, request):
    body = a_body(request)
    answer = sandbox.post(body, "earthquake")
    assert (answer.status, answer.json()["errorMessage"]) == (
        400,
        f"unknown fault; the faults are {NAMES}",
    )
    assert entry_of(sandbox, body)["mode"] == "invalid"


def test_an_invalid_request_is_refused_whatever_fault_it_asks_for(sandbox):
    answer = sandbox.post(encoded(a_request(steps=[mt(messageText="", note="with a fault")])), "cut_after")
    assert answer.status == 400


def test_other_requests_are_answered_while_one_hangs(sandbox, request):
    with sandbox.connected() as client:
        client.sendall(raw_post(a_body(request, 1), "hang"))
        assert sandbox.post(a_body(request, 2)).status == 200


def test_a_share_of_one_meets_every_request(start):
    sandbox = start("--faults", "refused=1")
    assert [sandbox.post(encoded(a_request(1))).status for _ in range(5)] == [400] * 5


def test_shares_are_met_about_as_often_as_asked(start):
    sandbox = start("--faults", "refused=0.25, error_500=0.5", "--seed", "1")
    body = encoded(a_request(1))
    with requests.Session() as session:
        for _ in range(400):
            session.post(sandbox.url, body, headers=HEADERS, timeout=PATIENCE)
    met = sandbox.stats()["by_mode"]
    assert 70 <= met["refused"] <= 130 and 165 <= met["error_500"] <= 235 and 70 <= met["ok"] <= 130
    assert sum(met.values()) == 400


def test_the_same_seed_draws_the_same_faults(start):
    def drawn(seed: str) -> list[str]:
        sandbox = start("--faults", "refused=0.5", "--seed", seed)
        already = len(sandbox.recorded())
        for _ in range(30):
            sandbox.post(encoded(a_request(1)))
        return [entry["mode"] for entry in sandbox.recorded()[already:]]

    assert drawn("7") == drawn("7") != drawn("8")


def raw_post(body: bytes, fault: str) -> bytes:
    lines = [
        f"POST {SEND} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(body)}",
        f"X-Sandbox-Fault: {fault}",
    ]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
