"""One sender a data folder: a lock that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

_EVERY: Final = 0.2


class SendingLock:
    """Held by whoever sends from a data folder: the worker, or a command in the foreground."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(folder / "sending.lock", thread_local=False)

    def acquire(self) -> bool:
        """Take the lock; false when another process holds it."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        return True

    def acquire_when_free(self, stopped: Callable[[], bool]) -> bool:
        """Wait for the lock; false when ``stopped`` said so first."""
        while not self.acquire():
            if stopped():
                return False
            time.sleep(_EVERY)
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens if it is not held."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _err: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.release()
