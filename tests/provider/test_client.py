"""One POST over a real socket: the bytes sent, the answer, and the name of a failure."""

import gzip
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from types import SimpleNamespace

import pytest
from urllib3.util import connection as connecting

from omni import __version__
from omni.errors import SettingsError
from omni.provider import client as client_module
from omni.provider import transport
from omni.provider.client import LARGEST_ANSWER, LONGEST_IDLE, Client, Timeouts, retry_after_seconds
from omni.provider.transport import WatchedAdapter
from tests.provider.serving import (
    LOCALHOST_PEM,
    body_of,
    headers_of,
    reply,
    reset,
    saying,
    serving,
)
from tests.waiting import PATIENCE, wait_until

USERNAME = "ana@example.com"
TOKEN = "token-of-nobody-56aXz"
BODY = b'{"contacts":[{"contactInfo":{"phone1":"5511900000001"}}],"template":{"steps":[]}}'
SHORT = Timeouts(read=0.3)
"""Timeouts for silent servers: only reading is limited, so that a busy machine causes no other timeout."""


class Clock:
    """The clients' clock, advanced by the test and independent of the machine's speed."""

    def __init__(self, monkeypatch):
        self.now = time.monotonic()
        self.a_look = 0.0
        """Seconds that pass each time the client checks the time left."""
        monkeypatch.setattr(client_module, "time", SimpleNamespace(monotonic=lambda: self.now, time=time.time))
        monkeypatch.setattr(transport, "monotonic", self._looked)

    def _looked(self):
        self.now += self.a_look
        return self.now


@pytest.fixture
def clients():
    """Create clients that are closed with the test."""
    made = []

    def make(url, **options):
        made.append(Client(url, USERNAME, TOKEN, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


# --- the request sent ---------------------------------------------------------------------------------------


def test_the_body_goes_out_byte_for_byte_with_the_account_in_the_headers(clients):
    before = time.time()
    with serving(saying(reply(b'{"id":"b"}'))) as server:
        answer = clients(server.url).post(BODY)
    assert (answer.status, answer.raw, answer.failure) == (200, b'{"id":"b"}', None)
    assert before <= answer.received_at <= time.time()
    (request,) = server.requests
    assert request.startswith(b"POST /v1/omni/send HTTP/1.1\r\n")
    assert body_of(request) == BODY
    assert headers_of(request) == {
        "host": f"127.0.0.1:{server.port}",
        "username": USERNAME,
        "authenticationtoken": TOKEN,
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"Omni/{__version__}",
    }


def test_a_large_body_goes_out_whole(clients):
    body = Random(1).randbytes(3_000_001)
    with serving(saying(reply())) as server:
        assert clients(server.url).post(body).status == 200
    assert body_of(server.requests[0]) == body


def test_a_practice_client_does_not_carry_the_account(clients):
    with serving(saying(reply())) as server:
        assert clients(server.url, practice=True).post(BODY).status == 200
    assert USERNAME.encode() not in server.requests[0]
    assert TOKEN.encode() not in server.requests[0]


@pytest.mark.parametrize("practice", [False, True])
def test_a_local_name_that_leads_elsewhere_gets_nothing(clients, monkeypatch, practice):
    class Elsewhere(socket.socket):
        def getpeername(self):
            return ("192.0.2.1", 80)

    def connect(address, *_args, **_options):
        sock = Elsewhere()
        sock.connect(("127.0.0.1", address[1]))
        return sock

    with serving(saying(reply())) as server:
        monkeypatch.setattr(connecting, "create_connection", connect)
        answer = clients(f"http://localhost:{server.port}/", practice=practice).post(BODY)
    assert (answer.status, answer.failure) == (None, "not_sent")
    assert server.requests == []


def test_nothing_is_taken_from_the_environment(clients, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for variable in (name, name.lower()):
            monkeypatch.setenv(variable, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    with serving(saying(reply())) as server:
        assert clients(server.url).post(BODY).status == 200
    assert not {"authorization", "proxy-authorization"} & headers_of(server.requests[0]).keys()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_an_answer_and_is_not_followed(clients, status):
    with serving(saying(reply(b"moved", status, "Location: /v1/omni/send"))) as server:
        answer = clients(server.url).post(BODY)
        assert (answer.status, answer.raw, answer.failure) == (int(status[:3]), b"moved", None)
    assert len(server.requests) == 1


def test_cookies_are_not_kept(clients):
    with serving(saying(reply(b"{}", "200 OK", "Set-Cookie: a=b; Path=/"))) as server:
        client = clients(server.url)
        client.post(BODY)
        client.post(BODY)
    assert "cookie" not in headers_of(server.requests[1])


# --- the answer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "status", "body"),
    [
        (reply(b"", "202 Accepted"), 202, b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            200,
            b"abcde",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + reply(b"abc"), 200, b"abc"),
        (reply(b"no", "400 Bad Request"), 400, b"no"),
        (reply(b"<html>", "503 Service Unavailable"), 503, b"<html>"),
        (reply(gzip.compress(b'{"id":"b"}', mtime=0), "200 OK", "Content-Encoding: gzip"), 200, b'{"id":"b"}'),
        (reply(b"abcde", "200 OK", "Content-Encoding: gzip"), 200, b"abcde"),
        (reply(b"abcde", "200 OK", "Content-Encoding: br"), 200, b"abcde"),
    ],
)
def test_an_answer_is_read_to_its_end(clients, raw, status, body):
    with serving(saying(raw)) as server:
        answer = clients(server.url).post(BODY)
    assert (answer.status, answer.raw, answer.failure, answer.note) == (status, body, None, "")


def test_an_answer_may_end_with_its_connection(clients):
    with serving(saying(b"HTTP/1.1 200 OK\r\n\r\nabc", keep=False)) as server:
        answer = clients(server.url).post(BODY)
    assert (answer.status, answer.raw, answer.failure) == (200, b"abc", None)


def test_an_answer_given_before_the_whole_body_was_taken_counts(clients):
    def early(connection, _request):
        connection.recv(1000)
        connection.sendall(reply(b"too much", "413 Too Large", "Connection: close"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    with serving(early, reads=False) as server:
        answer = clients(server.url).post(b"x" * 5_000_000)
    assert (answer.status, answer.raw, answer.failure) == (413, b"too much", None)


NOW = 1_767_225_600.0  # 2026-01-01 00:00:00 UTC


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("1.5", None),
        ("-3", None),
        ("١", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("86400", 3600.0),
        ("9" * 400, 3600.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("Thu, 01 Jan 2099 00:00:00 GMT", 3600.0),
        ("Thu, 99 Jan 2026 00:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value, seconds):
    assert retry_after_seconds(value, NOW) == seconds


def test_retry_after_is_handed_on(clients):
    with serving(saying(reply(b"", "429 Too Many Requests", "Retry-After: 7"))) as server:
        assert clients(server.url).post(BODY).retry_after == 7.0


# --- certainly not sent -------------------------------------------------------------------------------------


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_refused_connection_is_not_sent(clients):
    answer = clients(f"http://127.0.0.1:{free_port()}/").post(BODY)
    assert (answer.status, answer.raw, answer.failure) == (None, b"", "not_sent")
    assert answer.note == "ConnectionRefusedError: Connection refused"


def test_an_unknown_host_is_not_sent(clients, monkeypatch):
    def unknown(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    answer = clients("https://api.example.com/v1/omni/send").post(BODY)
    assert (answer.failure, answer.note) == ("not_sent", "gaierror: Name or service not known")


def test_a_connection_that_is_not_taken_up_is_not_sent(clients):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        answer = clients(f"http://127.0.0.1:{port}/", timeout=Timeouts(connect=0.2)).post(BODY)
        for each in waiting:
            each.close()
    assert (answer.status, answer.failure) == (None, "not_sent")


def test_a_server_that_speaks_no_tls_is_not_sent(clients):
    seen = []

    def plain(connection, _request):
        seen.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(plain, reads=False) as server:
        answer = clients(f"https://localhost:{server.port}/").post(BODY)
    assert (answer.status, answer.failure) == (None, "not_sent")
    assert TOKEN.encode() not in b"".join(seen)


def test_an_untrusted_certificate_is_not_sent(clients):
    with serving(saying(reply()), tls=True) as server:
        answer = clients(server.url).post(BODY)
    assert (answer.status, answer.failure) == (None, "not_sent")
    assert answer.note.startswith("SSLCertVerificationError")
    assert server.requests == []


def test_a_certificate_for_another_name_is_not_sent(clients, monkeypatch):
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(LOCALHOST_PEM))
    with serving(saying(reply()), tls=True) as server:
        answer = clients(server.url.replace("localhost", "127.0.0.1")).post(BODY)
    assert (answer.status, answer.failure) == (None, "not_sent")
    assert server.requests == []


# --- unknown ------------------------------------------------------------------------------------------------


def silent(connection, _request):
    connection.settimeout(PATIENCE)
    connection.recv(1)


def dripping(start, every=b"x"):
    """Send something every 20 ms for ever, well within the read timeout."""

    def answer(connection, _request):
        connection.sendall(start)
        while True:
            time.sleep(0.02)
            connection.sendall(every)

    return answer


def test_a_silent_server_is_a_timeout(clients):
    with serving(silent) as server:
        answer = clients(server.url, timeout=SHORT).post(BODY)
        assert (answer.status, answer.raw, answer.failure) == (None, b"", "timeout")
        wait_until(lambda: server.requests)  # which may be read only after the client has given up
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("start", "every", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x", 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 200),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 100000\r\n\r\n", b"x", 302),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", None),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y", None),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", None),
    ],
    ids=["body", "chunks", "redirect", "headers", "one header", "continue"],
)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_dripping_server_is_held_to_the_deadline(clients, monkeypatch, tls, start, every, status):
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(LOCALHOST_PEM))
    clock = Clock(monkeypatch)
    clock.a_look = 20.0  # in real time the server sends something every 20 ms
    with serving(dripping(start, every), tls=tls) as server:
        begin = clock.now
        answer = clients(server.url, timeout=Timeouts(total=400)).post(BODY)
        took = clock.now - begin
    assert (answer.status, answer.failure) == (status, "timeout")
    assert bool(answer.raw) == (status is not None)
    assert 390 < took < 450


def test_a_server_that_does_not_take_the_body_is_held_to_the_deadline(clients):
    seen = threading.Event()
    # Without the deadline the client would wait as long as the server does, and find its connection closed.
    patient = Timeouts(connect=PATIENCE, read=2 * PATIENCE, total=0.4)
    with serving(lambda *_: seen.wait(PATIENCE) and None, reads=False) as server:
        begin = time.monotonic()
        answer = clients(server.url, timeout=patient).post(b"x" * 20_000_000)
        took = time.monotonic() - begin
        seen.set()
    assert (answer.status, answer.failure) == (None, "timeout")
    assert took > 0.3


def reset_at_once(connection, _request):
    reset(connection)


def reset_in_the_middle(connection, _request):
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id":"b"')
    time.sleep(0.1)
    reset(connection)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BREAKS = {
    "reset": (reset_at_once, None, b""),
    "closed": (saying(b"", keep=False), None, b""),
    "in the status line": (saying(b"HTTP/1.1 20", keep=False), None, b""),
    "behind the status": (saying(b"HTTP/1.1 200", keep=False), None, b""),
    "behind the status line": (saying(b"HTTP/1.1 200 OK\r\n", keep=False), None, b""),
    "in a header": (saying(b"HTTP/1.1 200 OK\r\nContent-Le", keep=False), None, b""),
    "behind a header": (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", keep=False), None, b""),
    "behind an open head": (saying(b"HTTP/1.1 200 OK\r\n\r\n", keep=False), 200, b""),
    "no HTTP": (saying(b"\x00\x01garbage\r\n\r\n", keep=False), None, b""),
    "in the body": (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", keep=False), 200, b"{"),
    "before a chunk": (saying(CHUNKED, keep=False), 200, b""),
    "in a chunk": (saying(CHUNKED + b"5\r\nabc", keep=False), 200, b"abc"),
    "between chunks": (saying(CHUNKED + b"3\r\nabc\r\n", keep=False), 200, b"abc"),
    "no chunk": (saying(CHUNKED + b"zz\r\nabc", keep=False), 200, b""),
    "reset in the body": (reset_in_the_middle, 200, b'{"id":"b"'),
}


@pytest.mark.parametrize(("answering", "status", "raw"), BREAKS.values(), ids=BREAKS)
def test_a_broken_connection_is_cut_and_what_came_is_kept(clients, answering, status, raw):
    with serving(answering) as server:
        answer = clients(server.url).post(BODY)
    assert (answer.status, answer.raw, answer.failure) == (status, raw, "cut")
    assert len(server.requests) == 1


def test_a_connection_reset_while_the_body_is_written_is_cut(clients):
    def cut(connection, _request):
        connection.recv(100_000)
        reset(connection)

    with serving(cut, reads=False) as server:
        answer = clients(server.url).post(b"x" * 20_000_000)
    assert (answer.status, answer.failure) == (None, "cut")


def test_an_answer_without_end_is_too_large(clients):
    with serving(dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1_000_000)) as server:
        answer = clients(server.url).post(BODY)
    assert (answer.status, len(answer.raw), answer.failure) == (200, LARGEST_ANSWER, "too_large")


def test_a_small_answer_that_unpacks_without_end_is_held_to_the_same_size(clients):
    bomb = gzip.compress(b"0" * (LARGEST_ANSWER + 1_000_000))
    with serving(saying(reply(bomb, "200 OK", "Content-Encoding: gzip"))) as server:
        assert len(clients(server.url).post(BODY).raw) == LARGEST_ANSWER


@pytest.mark.parametrize("error", [RuntimeError("of ours"), KeyError(TOKEN), RecursionError()])
def test_a_fault_of_our_own_is_internal_and_does_not_raise(clients, monkeypatch, error):
    def broken(*_args, **_options):
        raise error

    monkeypatch.setattr(WatchedAdapter, "send", broken)
    answer = clients("http://127.0.0.1:1/").post(BODY)
    assert (answer.failure, answer.note) == ("internal", type(error).__name__)


# --- connections --------------------------------------------------------------------------------------------


def test_a_connection_is_kept_for_the_next_post(clients):
    with serving(saying(reply())) as server:
        client = clients(server.url)
        assert [client.post(BODY).status for _ in range(5)] == [200] * 5
    assert server.connections == 1


def test_a_connection_that_was_idle_for_long_is_not_used_again(clients, monkeypatch):
    clock = Clock(monkeypatch)
    with serving(saying(reply())) as server:
        client = clients(server.url)
        client.post(BODY)
        clock.now += LONGEST_IDLE + 0.1
        client.post(BODY)
    assert server.connections == 2


def test_a_server_that_closes_idle_connections_without_a_word_loses_no_post(clients, monkeypatch):
    monkeypatch.setattr(client_module, "LONGEST_IDLE", 0.02)

    def impatient(connection, _request):
        connection.sendall(reply())
        connection.settimeout(0.05)
        return True

    random = Random(5)
    with serving(impatient) as server:
        client = clients(server.url)
        for _ in range(25):
            assert client.post(BODY).status == 200
            time.sleep(0.045 + random.random() * 0.01)
    assert len(server.requests) == 25


def test_a_post_on_a_kept_connection_is_never_repeated(clients):
    def once(connection, _request):
        connection.sendall(reply())
        connection.recv(10)
        reset(connection)

    with serving(once) as server:
        client = clients(server.url)
        assert client.post(BODY).status == 200
        answer = client.post(BODY)
    assert (answer.status, answer.failure) == (None, "cut")
    assert len(server.requests) == 1


@pytest.mark.parametrize(("later", "connections"), [(False, 1), (True, 2)])
def test_what_a_server_says_unasked_is_not_taken_for_the_next_answer(clients, later, connections):
    numbers = iter(range(10))
    answered, spoken = threading.Event(), threading.Event()

    def talkative(connection, _request):
        number = next(numbers)
        unasked = reply(b'{"id":"unasked"}')
        connection.sendall(reply(b'{"id":"%d"}' % number) + (b"" if later else unasked))
        if later:
            assert answered.wait(PATIENCE)
            connection.sendall(unasked)
        spoken.set()
        return True

    with serving(talkative) as server:
        client = clients(server.url)
        assert client.post(BODY).raw == b'{"id":"0"}'
        answered.set()
        assert spoken.wait(PATIENCE)
        assert client.post(BODY).raw == b'{"id":"1"}'
    assert server.connections == connections


def test_after_a_failure_the_next_post_has_a_new_connection(clients):
    turns = iter([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nearly", reply(b"second")])

    def answer(connection, _request):
        connection.sendall(next(turns))
        return True

    with serving(answer) as server:
        client = clients(server.url, timeout=SHORT)
        assert client.post(BODY).failure == "timeout"
        client._timeout = Timeouts()
        assert client.post(BODY).raw == b"second"
    assert server.connections == 2


def test_threads_share_a_client_and_each_gets_its_own_answer(clients):
    def echo(connection, request):
        connection.sendall(reply(body_of(request)))
        return True

    with serving(echo) as server:
        client = clients(server.url)
        bodies = [f'{{"number":{number}}}'.encode() for number in range(200)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(client.post, bodies))
    assert [answer.raw for answer in answers] == bodies
    assert server.connections <= 8


def test_fewer_posts_at_once_use_fewer_connections(clients, monkeypatch):
    clock = Clock(monkeypatch)
    many = threading.Barrier(6)

    def together(connection, request):
        if body_of(request) == b"many":
            many.wait(PATIENCE)
        connection.sendall(reply())
        return True

    with serving(together) as server, ThreadPoolExecutor(6) as pool:
        client = clients(server.url)
        assert [answer.status for answer in pool.map(client.post, [b"many"] * 6)] == [200] * 6
        assert server.connections == 6
        for _ in range(9):
            # Threads post in turn: the pauses add up to more than a connection may be idle.
            assert pool.submit(client.post, b"one").result().status == 200
            clock.now += LONGEST_IDLE / 4
    assert server.connections == 6


def test_a_verified_certificate_is_sent_to(clients, monkeypatch):
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(LOCALHOST_PEM))
    body = b"x" * 300_000
    with serving(saying(reply(b'{"id":"b"}')), tls=True) as server:
        client = clients(server.url)
        assert [client.post(body).raw for _ in range(2)] == [b'{"id":"b"}'] * 2
    assert [body_of(request) for request in server.requests] == [body, body]
    assert server.connections == 1


# --- the token ----------------------------------------------------------------------------------------------


def test_the_token_is_nowhere_but_on_the_wire(clients, caplog, capsys, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(LOCALHOST_PEM))
    seen = []
    garbage = saying(b"garbage", keep=False)
    for answering, tls in (
        (saying(reply()), False),
        (saying(reply()), True),
        (garbage, False),
        (reset_at_once, False),
        (silent, False),
    ):
        with serving(answering, tls=tls) as server:
            client = clients(server.url, timeout=SHORT if answering is silent else Timeouts())
            seen += [repr(client.post(BODY)), repr(client), str(client), repr(vars(client))]
            wait_until(lambda server=server: server.requests)
            assert TOKEN.encode() in server.requests[0]
    client = clients(f"http://127.0.0.1:{free_port()}/")
    seen += [repr(client.post(BODY))]
    for bad in (TOKEN + "\n", TOKEN + "é", " " + TOKEN):
        with pytest.raises(SettingsError) as caught:
            Client(server.url, USERNAME, bad)
        seen += [str(caught.value), repr(caught.value)]
    printed = capsys.readouterr()
    assert "/v1/omni/send" in caplog.text
    assert TOKEN not in "\n".join((*seen, caplog.text, printed.out, printed.err))


@pytest.mark.parametrize(
    ("username", "token", "code", "params"),
    [
        ("", "x", "settings.credentials_missing", {}),
        ("ana", "", "settings.credentials_missing", {}),
        ("ana\nX: y", "x", "settings.value", {"name": "OMNI_USERNAME", "value": "ana\nX: y", "expected": "ASCII"}),
        ("ana", "x\r\n", "settings.value", {"name": "OMNI_TOKEN", "value": "********", "expected": "ASCII"}),
        ("ana", "ç", "settings.value", {"name": "OMNI_TOKEN", "value": "********", "expected": "ASCII"}),
    ],
)
def test_an_account_that_cannot_be_a_header_is_refused(username, token, code, params):
    with pytest.raises(SettingsError) as caught:
        Client("https://api.example.com/", username, token)
    assert (caught.value.code, caught.value.params) == (code, params)
