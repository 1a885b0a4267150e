"""HTTP connections that limit the total time of one POST, and record whether a byte of it was written.

A timeout of ``requests`` applies to each read, so a server that sends a byte now and then would hold the caller for
ever; and its exceptions do not show with certainty whether anything was sent. Both are solved here, at the socket.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse, IncompleteRead
from ipaddress import ip_address
from time import monotonic
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

_PIECE: Final = 65536


@dataclass(slots=True)
class PostContext:
    """The limits and the progress of one POST.

    ``deadline`` is on the monotonic clock, ``read_timeout`` in seconds for one read. ``written`` is set before the
    first byte is written.
    """

    deadline: float
    read_timeout: float
    loopback_only: bool
    written: bool = False

    def time_left(self) -> float:
        """Return the seconds the next step may take. Raises ``TimeoutError`` when the deadline has passed."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the request has passed")
        return min(left, self.read_timeout)


POST_CONTEXT: ContextVar[PostContext] = ContextVar("POST_CONTEXT")


class _TimedReader(io.RawIOBase):
    """A reader of the socket whose every read is limited to the time that the POST has left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, context: PostContext) -> None:
        self._raw = raw
        self._sock = sock
        self._context = context
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._context.time_left())
        came = self._raw.readinto(buffer)
        self.ended = came == 0
        return came

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._reader = _TimedReader(self.fp.detach(), sock, POST_CONTEXT.get())
        self.fp: io.BufferedReader = io.BufferedReader(self._reader)

    def begin(self) -> None:
        """Read the head.

        Raises ``IncompleteRead`` for one that breaks off, which the standard library takes for complete.
        """
        super().begin()
        if self._reader.ended:
            raise IncompleteRead(b"")


class _Watched:
    """Mixin for connections: refuses addresses that are not allowed, and records the first write."""

    sock: socket.socket | None
    connect: Callable[[], None]
    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        if POST_CONTEXT.get().loopback_only and not ip_address(sock.getpeername()[0]).is_loopback:
            sock.close()
            raise NewConnectionError(self, "the address leads to another machine")  # type: ignore[arg-type]
        return sock

    def send(self, data: bytes) -> None:
        context = POST_CONTEXT.get()
        if self.sock is None:
            self.connect()
        for start in range(0, len(data), _PIECE):
            left = context.time_left()
            context.written = True
            assert self.sock is not None
            self.sock.settimeout(left)
            super().send(data[start : start + _PIECE])  # type: ignore[misc]


class _WatchedHTTP(_Watched, HTTPConnection):  # type: ignore[misc]
    pass


class _WatchedHTTPS(_Watched, HTTPSConnection):  # type: ignore[misc]
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


class WatchedAdapter(HTTPAdapter):
    """An adapter with one connection, which is kept alive.

    Every ``send`` needs a ``POST_CONTEXT``; none is ever retried.
    """

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
