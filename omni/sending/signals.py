"""SIGTERM and SIGINT as a wish to end, heard once: a second one interrupts at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def hear_signals() -> Iterator[threading.Event]:
    """Set when the process is asked to end; in other threads than the main one, never."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def hear(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        put_back()

    for number in before:
        signal.signal(number, hear)
    try:
        yield asked
    finally:
        put_back()
