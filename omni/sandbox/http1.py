"""HTTP/1.1 as bytes: requests out of whatever pieces arrive, answers as one piece. No sockets here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024 * 1024

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/(\d)\.(\d)")
_HEADER_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class WireError(Exception):
    """The bytes are no request; answer ``status`` and close, nobody can tell where the next one begins."""

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
    """Collects bytes and gives out requests, in order, however the bytes were cut on their way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: Head | None = None
        self._continue_due = False

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._buffer += data

    def waiting(self) -> int:
        """How many bytes arrived and were not given out yet."""
        return len(self._buffer)

    def take(self) -> Request | None:
        """The next whole request, or None until more arrives. Raises ``WireError``."""
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
        """True once for a request that asks leave before it sends its body (RFC 9110, 10.1.1)."""
        due, self._continue_due = self._continue_due, False
        return due and not self._buffer

    def _take_head(self) -> bool:
        buffer = self._buffer
        while buffer.startswith(b"\r\n"):
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n", 0, HEAD_LIMIT)
        if end < 0:
            # TLS on the plain port, or bare line feeds: refused at once, such a client would wait for ever.
            no_method = buffer and not (0x21 <= buffer[0] <= 0x7E or buffer == b"\r")
            if no_method or b"\n\n" in buffer[:HEAD_LIMIT]:
                raise WireError(400, "this is not an HTTP/1.1 request (plain HTTP only, lines end in CR LF)")
            if len(buffer) >= HEAD_LIMIT:
                raise WireError(431, f"the headers are longer than {HEAD_LIMIT} bytes")
            return False
        head = _read_head(buffer[:end].decode("latin-1"))
        del buffer[: end + 4]
        self._head = head
        self._continue_due = head.expects_continue
        return True


def _read_head(text: str) -> Head:
    request_line, *lines = text.split("\r\n")
    match = _REQUEST_LINE.fullmatch(request_line)
    if match is None:
        raise WireError(400, "the request line is malformed")
    method, target, major, minor = match.groups()
    if major != "1":
        raise WireError(505, "only HTTP/1.1 and HTTP/1.0 are read")
    headers: dict[str, str] = {}
    for line in lines:
        found = _HEADER_LINE.fullmatch(line)
        if found is None:
            raise WireError(400, "a header line is malformed")
        name, value = found[1].lower(), found[2].rstrip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if minor != "0" and "host" not in headers:
        raise WireError(400, "the Host header is missing")
    expect = headers.get("expect", "").lower() if minor != "0" else ""
    if expect not in ("", "100-continue"):
        raise WireError(417, "the only expectation met here is 100-continue")
    wishes = [wish.strip() for wish in headers.get("connection", "").lower().split(",")]
    return Head(
        method=method,
        path=_ORIGIN.sub("", target, count=1).partition("?")[0],
        headers=headers,
        length=_body_length(method, headers),
        keep_alive="close" not in wishes if minor != "0" else "keep-alive" in wishes,
        expects_continue=expect != "",
    )


def _body_length(method: str, headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        if "content-length" in headers:
            raise WireError(400, "Content-Length and Transfer-Encoding exclude each other")
        raise WireError(411, "send the body with a Content-Length, not in chunks")
    stated = headers.get("content-length")
    if stated is None:
        if method in ("POST", "PUT", "PATCH"):
            raise WireError(411, "the Content-Length header is missing")
        return 0
    if not (stated.isascii() and stated.isdigit()):
        raise WireError(400, "the Content-Length header is not one whole number")
    # By its digits first: a number of thousands of digits is too much for int() itself.
    if len(stated.lstrip("0")) > len(str(BODY_LIMIT)) or int(stated) > BODY_LIMIT:
        raise WireError(413, f"the body is longer than {BODY_LIMIT} bytes")
    return int(stated)


def to_bytes(reply: Reply, *, keep_alive: bool, with_body: bool = True) -> bytes:
    """The answer as it goes over the wire; ``with_body`` is false for HEAD."""
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head + reply.body if with_body else head
