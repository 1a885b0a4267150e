"""The HTTP client: it posts a body exactly once and turns the response, or any failure, into an ``Answer``.

A failure is called ``not_sent`` only when it is certain that no byte was written. An answer is read to its end, up to a
size limit, or to the point where it broke off, with the cause.

The transport of ``requests`` is used without its Session, which would follow redirects (a 307 posts the body again),
keep cookies, and take proxies and passwords from the environment.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Final

import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as PoolTimeout

from omni import __version__
from omni.errors import SettingsError
from omni.ports import Answer
from omni.provider.endpoint import check_endpoint, is_loopback_only
from omni.provider.masking import masked
from omni.provider.transport import POST_CONTEXT, PostContext, WatchedAdapter

LARGEST_ANSWER: Final = 8 * 1024 * 1024
LONGEST_RETRY_AFTER: Final = 3600.0
_CHUNK: Final = 65536
LONGEST_IDLE: Final = 3.0
"""Seconds. A connection that has been idle for longer is replaced, because a server that closes one while a request is
being written makes the outcome unknown."""
_PRACTICE: Final = ("practice", "practice")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time limits of one POST in seconds.

    ``connect`` is for connecting (to each address, and for the TLS handshake), ``read`` for the next bytes to arrive,
    ``total`` for everything together. Looking up the host name is limited only by the system's resolver. Waiting is
    cheap and giving up makes a request unknown, so the limits are long.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 120.0


class Client:
    """Posts bodies to one endpoint; may be used by any number of threads.

    There are as many connections as simultaneous posts. The connection used last is reused first, so that connections
    no longer needed stay idle and are closed.

    TLS is verified. A practice client connects only to loopback addresses and never sends the credentials it is given.
    Raises ``SettingsError``: the codes of ``check_endpoint``, ``settings.credentials_missing``, and ``settings.value``
    for a credential that is not allowed in a header.
    """

    def __init__(
        self,
        endpoint: str,
        username: str,
        token: str,
        *,
        timeout: Timeouts = Timeouts(),
        practice: bool = False,
    ) -> None:
        check_endpoint(endpoint, practice=practice)
        if practice:
            username, token = _PRACTICE
        if not username or not token:
            raise SettingsError("settings.credentials_missing")
        for name, value, shown in (("OMNI_USERNAME", username, username), ("OMNI_TOKEN", token, "********")):
            if value != value.strip() or not value.isascii() or not value.isprintable():
                raise SettingsError("settings.value", name=name, value=shown, expected="ASCII")
        self.endpoint = endpoint
        self.practice = practice
        self._timeout = timeout
        self._credentials = _Credentials(username, token)
        # Prepared once: parsing the address and the headers costs as much as sending them.
        self._request = requests.Request(
            "POST",
            endpoint,
            auth=self._credentials,
            headers={
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": f"Omni/{__version__}",
            },
        ).prepare()
        self._guard = threading.Lock()
        self._idle: deque[tuple[float, WatchedAdapter]] = deque()
        """(monotonic time of last use, connection), the most recent at the end."""

    def __repr__(self) -> str:
        return f"Client({self.endpoint!r}, practice={self.practice})"

    def post(self, body: bytes) -> Answer:
        """Post ``body`` once. Never raises: a failure is returned as an ``Answer``."""
        context = PostContext(
            deadline=time.monotonic() + self._timeout.total,
            read_timeout=self._timeout.read,
            loopback_only=is_loopback_only(self.endpoint, practice=self.practice),
        )
        before = POST_CONTEXT.set(context)
        try:
            answer = self._exchange(body, context)
            # Before the answer is read, stored or shown. The credentials of a practice client are no secret.
            return answer if self.practice else replace(answer, raw=self._credentials.masked(answer.raw))
        except Exception as err:
            return Answer(None, b"", failure_of(err, context), None, time.time(), note_of(err))
        finally:
            POST_CONTEXT.reset(before)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop()[1].close()

    def _exchange(self, body: bytes, context: PostContext) -> Answer:
        request = self._request.copy()
        request.prepare_body(body, None)
        timeout = (min(self._timeout.connect, self._timeout.total), self._timeout.read)
        adapter = self._adapter()
        try:
            with adapter.send(request, stream=True, timeout=timeout, verify=True) as response:
                return read_to_end(response, context)
        finally:
            with self._guard:
                self._idle.append((time.monotonic(), adapter))

    def _adapter(self) -> WatchedAdapter:
        """Take a connection that no other post uses, and close those that have been idle for too long."""
        expired: list[WatchedAdapter] = []
        with self._guard:
            oldest = time.monotonic() - LONGEST_IDLE
            while self._idle and self._idle[0][0] < oldest:
                expired.append(self._idle.popleft()[1])
            adapter = self._idle.pop()[1] if self._idle else None
        for stale in expired:
            stale.close()
        return adapter or WatchedAdapter()


class _Credentials(requests.auth.AuthBase):
    """Adds user name and token to a request, and keeps them out of ``repr``."""

    __slots__ = ("__token", "__username")

    def __init__(self, username: str, token: str) -> None:
        self.__username = username
        self.__token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["UserName"] = self.__username
        request.headers["AuthenticationToken"] = self.__token
        return request

    def __repr__(self) -> str:
        return "_Credentials(********)"

    def masked(self, raw: bytes) -> bytes:
        """Mask the token in the bytes of an answer."""
        return masked(raw, self.__token)


def read_to_end(response: requests.Response, context: PostContext) -> Answer:
    """Read the response to its end, or as far as it arrived, into an ``Answer``."""
    raw = bytearray()
    failure, note = None, ""
    try:
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            raw += chunk
            if len(raw) > LARGEST_ANSWER:
                failure = "too_large"
                break
        if not raw and _ends_with_its_connection(response):
            # An empty answer cannot be distinguished from one that broke off before its first byte.
            failure = "cut"
    except Exception as err:
        failure, note = failure_of(err, context), note_of(err)
    retry_after = retry_after_seconds(response.headers.get("Retry-After"), time.time())
    read = _decompressed(bytes(raw[:LARGEST_ANSWER]), response.headers.get("Content-Encoding", ""))
    return Answer(response.status_code, read, failure, retry_after, time.time(), note)


def _ends_with_its_connection(response: requests.Response) -> bool:
    """Tell whether only the end of the connection marks the end of the body."""
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    return not framed and response.status_code not in (204, 304)


def _decompressed(raw: bytes, encoding: str) -> bytes:
    """Decompress an answer, so that its ids can be read even if the server compressed it without being asked to."""
    if encoding.strip().lower() in ("gzip", "x-gzip", "deflate"):
        try:
            return zlib.decompressobj(wbits=47).decompress(raw, LARGEST_ANSWER)
        except zlib.error:
            return raw
    return raw


def retry_after_seconds(value: str | None, now: float) -> float | None:
    """Parse ``Retry-After`` (seconds, or an HTTP date) into seconds from ``now``: at least 0, at most an hour.

    None when it is absent or unreadable. ``now`` is UTC epoch seconds.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
        except Exception:  # the parser's exceptions for malformed text differ between versions
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def failure_of(err: Exception, context: PostContext) -> str:
    """Return the code of ``Answer.failure`` for an exception: internal, not_sent, timeout or cut."""
    causes = list(_causes(err))
    if not any(isinstance(cause, OSError | HTTPError | HTTPException) for cause in causes):
        return "internal"
    if not context.written:
        return "not_sent"
    late = any(isinstance(cause, TimeoutError | PoolTimeout) for cause in causes)
    late = late or time.monotonic() >= context.deadline
    return "timeout" if late else "cut"


def note_of(err: Exception) -> str:
    """Describe the root cause by its type and the system's error text, never by the text of an exception."""
    *_, root = _causes(err)
    words = getattr(root, "strerror", None)
    return f"{type(root).__name__}: {words}" if words else type(root).__name__


def _causes(err: BaseException | None) -> Iterator[BaseException]:
    while err is not None:
        yield err
        err = err.__cause__ or err.__context__
