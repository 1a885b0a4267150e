"""HTTP/1.1 at byte level: requests split anywhere, pipelined, too long, or malformed."""

from __future__ import annotations

import json
import select
import socket
import time

import pytest
import requests

from tests.sandbox.running import HEADERS, SEND, Sandbox, a_request, contact, encoded
from tests.waiting import PATIENCE

BODY = encoded(a_request(1))
KNOWN = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())


def a_post(body: bytes = BODY, more: str = "", version: str = "1.1", path: str = SEND) -> bytes:
    head = f"POST {path} HTTP/{version}\r\nHost: 127.0.0.1\r\n{KNOWN}Content-Length: {len(body)}\r\n{more}\r\n"
    return head.encode("ascii") + body


def read_answer(client: socket.socket, before: bytes = b"") -> tuple[int, dict[str, str], bytes, bytes]:
    """Return status, headers, body, and any bytes after it that have already arrived."""
    data = before
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        assert more, f"the connection ended after {data!r}"
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    length = int(headers.get("content-length", "0"))
    while len(rest) < length:
        rest += client.recv(65536)
    return int(status_line.split(" ")[1]), headers, rest[:length], rest[length:]


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/health", 200, None),
        ("GET", "/stats", 200, None),
        ("GET", "/health?x=1", 200, None),
        ("GET", SEND, 405, "POST"),
        ("PUT", SEND, 405, "POST"),
        ("DELETE", SEND, 405, "POST"),
        ("OPTIONS", SEND, 405, "POST"),
        ("POST", "/health", 405, "GET"),
        ("POST", "/stats", 405, "GET"),
        ("GET", "/v1/omni/send/moved", 405, "POST"),
        ("POST", "/", 404, None),
        ("POST", "/v1/omni/send/", 404, None),
        ("POST", "/v1/omni/SEND", 404, None),
        ("GET", "/v1", 404, None),
    ],
)
def test_only_the_known_paths_and_methods_are_answered(sandbox: Sandbox, method, path, status, allow):
    before = sandbox.stats()
    body = BODY if method in ("POST", "PUT") else None
    answer = sandbox.ask(method, path, body, HEADERS)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    assert isinstance(answer.json(), dict)
    assert sandbox.stats() == before


def test_head_is_answered_without_a_body_and_the_connection_goes_on(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(
            b"HEAD /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        answers = b"".join(iter(lambda: client.recv(65536), b""))
    first, _, rest = answers.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 405 ")
    assert rest.startswith(b"HTTP/1.1 200 ")


def test_one_connection_carries_many_requests(sandbox: Sandbox):
    with sandbox.connected() as client:
        for _ in range(20):
            client.sendall(a_post())
            status, headers, body, after = read_answer(client)
            assert (status, headers["connection"], after) == (200, "keep-alive", b"")
            assert len(json.loads(body)["messages"]) == 1


@pytest.mark.parametrize("piece", [1, 7, 97])
def test_a_request_arrives_whole_however_it_was_cut(sandbox: Sandbox, piece):
    people = [contact(1, recipientName=f"Cortada em pedaços de {piece} 🎉")]
    body = encoded(a_request(people))
    data = a_post(body)
    with sandbox.connected() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(data), piece):
            client.sendall(data[at : at + piece])
        assert read_answer(client)[0] == 200
    assert sandbox.recorded_of(body)[0]["contacts"] == [people[0]["contactInfo"]]


def test_requests_sent_ahead_are_answered_in_their_order(sandbox: Sandbox):
    faults = ["slow", "refused", "slow", "forbidden"]
    rest = b""
    with sandbox.connected() as client:
        client.sendall(b"".join(a_post(more=f"X-Sandbox-Fault: {fault}\r\n") for fault in faults))
        statuses = []
        for _ in faults:
            status, _, _, rest = read_answer(client, rest)
            statuses.append(status)
    assert statuses == [200, 400, 200, 403]


def test_megabytes_sent_ahead_wait_for_their_turn(sandbox: Sandbox):
    large = encoded(a_request([contact(recipientName="x" * 2_000_000)]))
    rest = b""
    with sandbox.connected() as client:
        client.sendall(a_post(more="X-Sandbox-Fault: slow\r\n") + a_post(large) + a_post(large))
        for _ in range(3):
            status, _, _, rest = read_answer(client, rest)
            assert status == 200


def test_a_client_that_stops_sending_still_gets_its_late_answer(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(a_post(more="X-Sandbox-Fault: slow\r\n"))
        client.shutdown(socket.SHUT_WR)
        status, headers, _, _ = read_answer(client)
        assert (status, headers["connection"]) == (200, "close")
        assert client.recv(1) == b""


def test_leave_to_send_the_body_is_given_before_it_is_sent(sandbox: Sandbox):
    head, _, body = a_post(more="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    with sandbox.connected() as client:
        client.sendall(head + b"\r\n\r\n")
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body)
        assert read_answer(client)[0] == 200


def test_leave_is_not_given_when_the_body_came_along(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(a_post(more="Expect: 100-continue\r\n"))
        assert read_answer(client)[0] == 200


@pytest.mark.parametrize(
    ("version", "wish", "stays"),
    [
        ("1.1", "", True),
        ("1.1", "close", False),
        ("1.0", "", False),
        ("1.0", "keep-alive", True),
        ("1.1", "x, Close", False),
    ],
)
def test_the_connection_stays_open_as_the_client_wishes(sandbox: Sandbox, version, wish, stays):
    more = f"Connection: {wish}\r\n" if wish else ""
    with sandbox.connected() as client:
        client.sendall(a_post(more=more, version=version))
        _, headers, _, _ = read_answer(client)
        assert headers["connection"] == ("keep-alive" if stays else "close")
        if stays:
            client.sendall(a_post(more=more, version=version))
            assert read_answer(client)[0] == 200
        else:
            assert client.recv(1) == b""


def test_the_request_line_may_hold_the_whole_address(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(a_post(path=f"http://127.0.0.1:{sandbox.port}{SEND}?x=1"))
        assert read_answer(client)[0] == 200


START = f"POST {SEND} HTTP/1.1\r\nHost: x\r\n".encode()
BAD_REQUESTS = [
    (b"hello\r\n\r\n", 400),
    (b"POST /v1/omni/send\r\n\r\n", 400),
    (b"POST  /v1/omni/send HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"PO\x00ST / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET /health HTTP/1.1\r\n\r\n", 400),
    (b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
    (b"GET /sa\xfade HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n", 400),
    (b"GET /health HTTP/1.1\nHost: x\n", 400),
    (b" GET", 400),
    (b"GET /health HTTP/1.1\nHost: x\n\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    (START + b"no colon\r\n\r\n", 400),
    (START + b"Content-Length : 2\r\n\r\n{}", 400),
    (START + b"X: a\r\n folded\r\nContent-Length: 2\r\n\r\n{}", 400),
    (START + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}", 400),
    (START + b"Content-Length: two\r\n\r\n{}", 400),
    (START + b"Content-Length: -2\r\n\r\n{}", 400),
    (START + b"Content-Length: +2\r\n\r\n{}", 400),
    (START + b"Content-Length: \xb2\r\n\r\n{}", 400),
    (START + b"Content-Length:\r\n\r\n{}", 400),
    (START + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    (START + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    (START + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
    (START + b"Transfer-Encoding: gzip\r\n\r\n", 411),
    (START + b"\r\n{}", 411),
    (START + b"Expect: tea\r\nContent-Length: 2\r\n\r\n{}", 417),
    (START + b"Content-Length: 67108865\r\nExpect: 100-continue\r\n\r\n", 413),
    (START + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 413),
    (START + b"X: " + b"x" * 70_000 + b"\r\n\r\n", 431),
    (b"x" * 70_000, 431),
]


@pytest.mark.parametrize(("data", "status"), BAD_REQUESTS, ids=range(len(BAD_REQUESTS)))
def test_what_is_no_request_is_answered_and_the_connection_ends(sandbox: Sandbox, data, status):
    before = sandbox.stats()
    with sandbox.connected() as client:
        client.sendall(data)
        answered, headers, body, after = read_answer(client)
        assert (answered, headers["connection"], after) == (status, "close", b"")
        assert json.loads(body)["errorCode"] == status
        assert client.recv(1) == b""
    assert sandbox.stats() == before


def test_a_malformed_header_is_refused_without_being_quoted(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(START + b"AuthenticationToken : secret-of-ana\r\n\r\n")
        status, _, body, _ = read_answer(client)
    assert (status, b"secret-of-ana" in body) == (400, False)


def test_a_body_that_is_too_long_is_answered_413_even_if_sent_whole(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(START + b"Content-Length: 67108865\r\n\r\n")
        select.select([client], [], [], PATIENCE)  # the answer arrives before the body is sent
        for _ in range(64):
            client.sendall(b" " * 1024 * 1024)
        client.sendall(b" ")
        assert read_answer(client)[0] == 413


def test_a_body_of_many_megabytes_is_read(sandbox: Sandbox):
    large = encoded(a_request([contact(recipientName="x" * 20_000_000)]))
    assert requests.post(sandbox.url, large, headers=HEADERS, timeout=PATIENCE).status_code == 200


def test_empty_lines_before_a_request_are_passed_over(sandbox: Sandbox):
    with sandbox.connected() as client:
        client.sendall(b"\r")
        time.sleep(0.05)
        client.sendall(b"\n\r\n" + a_post())
        assert read_answer(client)[0] == 200


def test_a_request_that_its_client_never_finished_is_not_recorded(sandbox: Sandbox):
    before = sandbox.stats()
    with sandbox.connected() as client:
        client.sendall(a_post()[:-1])
    assert sandbox.post(BODY).status == 200
    assert sandbox.stats()["requests"] == before["requests"] + 1
