"""The sandbox as a process: listens on 127.0.0.1, prints its address, ends on a signal or with its parent."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence

from omni.sandbox.connection import Connection
from omni.sandbox.faults import FaultDraw
from omni.sandbox.options import Options, read_options
from omni.sandbox.provider import SEND_PATH, Provider, RateLimit
from omni.sandbox.record import Record

_ADDRESS = "127.0.0.1"
_BACKLOG = 512


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until a signal or the parent's end; return exit code 0, or 2 with a sentence on stderr if it cannot start.

    The only line on stdout is the address to post to.
    """
    try:
        options = read_options(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    try:
        record = Record(options.record)
    except OSError as err:
        return _cannot(f"the record {options.record} cannot be written: {err.strerror}")
    try:
        return asyncio.run(_serve(options, record))
    finally:
        record.close()


async def _serve(options: Options, record: Record) -> int:
    provider = Provider(
        record,
        FaultDraw(options.faults, options.seed),
        RateLimit(options.rate),
        shape=options.shape,
        latency=options.latency,
        slow=options.slow,
        id_prefix=options.id_prefix,
    )
    loop = asyncio.get_running_loop()
    living: set[Connection] = set()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        _end_with_signal(number, loop, ended)
    try:
        server = await loop.create_server(
            lambda: Connection(provider.handle, living), _ADDRESS, options.port, backlog=_BACKLOG
        )
    except OSError as err:
        return _cannot(f"port {options.port} cannot be listened on: {err.strerror}")
    if options.with_parent:
        threading.Thread(target=_end_with_stdin, args=(loop, ended), daemon=True).start()
    # The modules stay loaded: a full collection need not walk them again between requests.
    gc.freeze()
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://{_ADDRESS}:{port}{SEND_PATH}\n")
    sys.stdout.flush()
    await ended.wait()
    server.close()
    for connection in tuple(living):
        connection.abort()
    return 0


def _end_with_signal(number: signal.Signals, loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    try:
        loop.add_signal_handler(number, ended.set)
    except NotImplementedError:
        # Event loops on Windows have no signal handlers; Python's own run between two steps of the loop.
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(ended.set))


def _end_with_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Wait in a thread for standard input to end, since an event loop cannot wait for a file."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        sys.stderr.write("sandbox: standard input cannot be read, so it counts as ended\n")
    try:
        loop.call_soon_threadsafe(ended.set)
    except RuntimeError:
        # The loop has ended already, so there is nothing left to end.
        return


def _cannot(sentence: str) -> int:
    sys.stderr.write(f"sandbox: {sentence}\n")
    return 2
