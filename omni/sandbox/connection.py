"""One client's connection: its requests are handled in order and answered whole, late, cut or never."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from omni.sandbox.answer import error_body
from omni.sandbox.http1 import Reply, Request, RequestReader, WireError, to_bytes
from omni.sandbox.provider import Delivery

Handle = Callable[[Request], Delivery]

_AHEAD_LIMIT = 1024 * 1024
"""Bytes that a client may send ahead while its last request is still being answered."""
_DISCARD_SECONDS = 10.0
_HALF_SECONDS = 0.05
_LINGER_ZERO = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol):
    """Handles a client's requests in order: each one when the answer to the one before it is out."""

    def __init__(self, handle: Handle, living: set[Connection]) -> None:
        self._handle = handle
        self._living = living
        self._reader = RequestReader()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False
        self._discarding = False
        self._waits_for_ever = False
        self._last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, on which asyncio has set TCP_NODELAY already."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._living.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Forget the transport: the client is gone, or the sandbox has closed the connection."""
        self._living.discard(self)
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take bytes of one or more requests."""
        if self._discarding:
            return
        self._reader.feed(data)
        self._go_on()
        if self._busy and self._transport is not None and self._reader.waiting() > _AHEAD_LIMIT:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Keep the connection of a client that closed only its sending side until the answer under way is out."""
        self._last = True
        return self._busy and not self._waits_for_ever

    def abort(self) -> None:
        """Drop the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        while not self._busy and self._transport is not None and not self._transport.is_closing():
            try:
                request = self._reader.take()
            except WireError as err:
                self._refuse_the_rest(err)
                return
            if request is None:
                if self._reader.continue_is_due():
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            self._busy = True
            delivery = self._handle(request)
            if delivery.delay > 0:
                self._later(delivery.delay, partial(self._deliver_late, request, delivery))
            else:
                self._deliver(request, delivery)

    def _deliver_late(self, request: Request, delivery: Delivery) -> None:
        self._deliver(request, delivery)
        self._go_on()

    def _deliver(self, request: Request, delivery: Delivery) -> None:
        transport = self._transport
        if transport is None:
            return
        if delivery.ending == "never":
            self._waits_for_ever = True
            if self._last:
                transport.close()
            return
        if delivery.ending == "reset":
            self._reset()
            return
        keep_alive = request.head.keep_alive and not self._last
        answer = to_bytes(delivery.reply, keep_alive=keep_alive, with_body=request.head.method != "HEAD")
        if delivery.ending == "reset_midway":
            transport.write(answer[: len(answer) // 2])
            self._later(_HALF_SECONDS, self._reset_once_taken)
            return
        transport.write(answer)
        if not keep_alive:
            transport.close()
            return
        self._busy = False
        transport.resume_reading()

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, action)

    def _reset_once_taken(self) -> None:
        """Reset when the client's system has taken everything written: a reset overtakes bytes still on their way."""
        if self._transport is not None and _bytes_on_their_way(self._transport):
            self._later(_HALF_SECONDS, self._reset_once_taken)
        else:
            self._reset()

    def _reset(self) -> None:
        """Close with a connection reset instead of an end of file: no lingering, then abort."""
        if self._transport is None:
            return
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._transport.abort()

    def _refuse_the_rest(self, err: WireError) -> None:
        """Answer, then discard the bytes that still arrive: closing on unread ones would reset and lose the answer."""
        assert self._transport is not None
        self._discarding = True
        reply = Reply(err.status, error_body(err.status, err.message))
        self._transport.write(to_bytes(reply, keep_alive=False))
        self._transport.write_eof()
        self._later(_DISCARD_SECONDS, self.abort)


def _bytes_on_their_way(transport: asyncio.Transport) -> int:
    """Bytes that the client's system has not acknowledged; without a way to ask, those still in this process."""
    sock = transport.get_extra_info("socket")
    if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        return 0
    count = transport.get_write_buffer_size()
    with suppress(ImportError, OSError):  # Windows has neither module
        import fcntl
        import termios

        count += int.from_bytes(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return count
