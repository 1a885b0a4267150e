"""HTTP/1.1 without sockets: requests out of whatever pieces arrive, answers as bytes.

h11 reads the head of a request. It is as lenient as a public server has to be; a test double is more use when it is
strict, so bytes that h11 would pardon (bare line feeds, folded headers, control characters) are refused before. Answers
are written here: their headers are constants, and some faults cut them into pieces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import h11

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024 * 1024

_STRICT = re.compile(rb"(?![ \t\x80-\xff])(?:[^\x00-\x08\x0a-\x1f\x7f]++|\r\n(?![ \t]))*+\r?")
"""The beginning of a head, or all of it, in lines that end in CR LF and do not begin with a blank."""
_ENDLESS_LENGTH = re.compile(rb"\ncontent-length:[ \t]*[0-9]{21}", re.IGNORECASE)
"""A Content-Length of more digits than h11 reads."""
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class WireError(Exception):
    """The bytes are not a request: answer ``status`` and close, since the next request's beginning is unknown."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Head:
    """Everything before the body. Header names are lower case; their values may hold a token, so no repr."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    length: int
    keep_alive: bool
    expects_continue: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One request, wholly read."""

    head: Head
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``headers`` are those besides Content-Type, Content-Length and Connection."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class RequestReader:
    """Collects bytes and returns requests, in order, however the bytes were cut on their way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: Head | None = None
        self._continue_due = False

    def feed(self, data: bytes) -> None:
        """Add bytes that arrived."""
        self._buffer += data

    def waiting(self) -> int:
        """Return how many bytes arrived that no request returned so far includes."""
        return len(self._buffer)

    def take(self) -> Request | None:
        """Return the next whole request, or None until more arrives. Raises ``WireError``."""
        if self._head is None and not self._take_head():
            return None
        head = self._head
        assert head is not None
        if len(self._buffer) < head.length:
            return None
        body = bytes(self._buffer[: head.length])
        del self._buffer[: head.length]
        self._head = None
        self._continue_due = False
        return Request(head, body)

    def continue_is_due(self) -> bool:
        """Return True once for a request that asks leave before it sends its body (RFC 9110, 10.1.1)."""
        due, self._continue_due = self._continue_due, False
        return due and not self._buffer

    def _take_head(self) -> bool:
        buffer = self._buffer
        while buffer.startswith(b"\r\n"):
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n", 0, HEAD_LIMIT)
        data = bytes(buffer[: HEAD_LIMIT if end < 0 else end + 4])
        if not _STRICT.fullmatch(data):
            # Refused before its end: a client that speaks TLS, or ends lines in LF, would wait for ever.
            raise WireError(400, "this is not an HTTP/1.1 request (plain HTTP only, lines end in CR LF)")
        if end < 0:
            if len(buffer) >= HEAD_LIMIT:
                raise WireError(431, f"the headers are longer than {HEAD_LIMIT} bytes")
            return False
        head = _read_head(data)
        del buffer[: end + 4]
        self._head = head
        self._continue_due = head.expects_continue
        return True


def _read_head(data: bytes) -> Head:
    request = _parsed(data)
    major, minor = request.http_version.decode("ascii").split(".")
    if major != "1":
        raise WireError(505, "only HTTP/1.1 and HTTP/1.0 are read")
    headers: dict[str, str] = {}
    for raw_name, raw_value in request.headers:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    expect = headers.get("expect", "").lower() if minor != "0" else ""
    if expect not in ("", "100-continue"):
        raise WireError(417, "the only expectation met here is 100-continue")
    wishes = [wish.strip() for wish in headers.get("connection", "").lower().split(",")]
    method, target = request.method.decode("ascii"), request.target.decode("ascii")
    return Head(
        method=method,
        path=_ORIGIN.sub("", target, count=1).partition("?")[0],
        headers=headers,
        length=_body_length(method, headers),
        keep_alive="close" not in wishes if minor != "0" else "keep-alive" in wishes,
        expects_continue=expect != "",
    )


def _parsed(data: bytes) -> h11.Request:
    """Read a whole head with an h11 connection of its own: a shared one would close after every HTTP/1.0 request."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
    connection.receive_data(data)
    try:
        request = connection.next_event()
    except h11.RemoteProtocolError as err:
        if _ENDLESS_LENGTH.search(data):
            raise _too_long() from None
        if err.error_status_hint == 501:
            raise _chunked() from None
        # After the colon h11 quotes the line, and a header may hold a token.
        raise WireError(400, f"this is not an HTTP/1.1 request ({str(err).partition(':')[0]})") from None
    assert isinstance(request, h11.Request)
    return request


def _body_length(method: str, headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        if "content-length" in headers:
            raise WireError(400, "Content-Length and Transfer-Encoding exclude each other")
        raise _chunked()
    if "content-length" not in headers:
        if method in ("POST", "PUT", "PATCH"):
            raise WireError(411, "the Content-Length header is missing")
        return 0
    length = int(headers["content-length"])
    if length > BODY_LIMIT:
        raise _too_long()
    return length


def _chunked() -> WireError:
    return WireError(411, "send the body with a Content-Length, not in chunks")


def _too_long() -> WireError:
    return WireError(413, f"the body is longer than {BODY_LIMIT} bytes")


def to_bytes(reply: Reply, *, keep_alive: bool, with_body: bool = True) -> bytes:
    """Return the answer as it goes over the wire; ``with_body`` is false for HEAD."""
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head + reply.body if with_body else head
