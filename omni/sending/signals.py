"""SIGTERM and SIGINT as a request to stop in order; a second signal interrupts at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Yield an event that is set when the process is asked to stop.

    In any thread but the main one signals are not handled and the event is never set. The previous handlers are
    restored after the first signal and when the block ends.
    """
    stop_requested = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop_requested
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def restore_handlers() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop_requested.set()
        restore_handlers()

    for number in before:
        signal.signal(number, handle)
    try:
        yield stop_requested
    finally:
        restore_handlers()
