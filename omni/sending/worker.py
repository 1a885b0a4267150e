"""Process around the sending loop: lock the data folder, recover what a previous process left, send, end in order.

Only one process sends from a data folder: the system releases its lock when the process ends, however it ends.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from filelock import FileLock, Timeout

from omni.errors import StoreError, folder_error
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.drain import WorkerParts, drain
from omni.sending.posting import Posting
from omni.sending.recovery import recover
from omni.sending.signals import stop_on_signals

log = logging.getLogger(__name__)

Ending = Literal["over", "stopped", "busy"]
"""Reasons why a worker ended: the campaign is over, it was stopped, or another process sends from the folder."""
_RETRY: Final = 1.0
"""Seconds between two attempts to reach the database at the start."""
_LOCK_POLL: Final = 0.2
"""Seconds between two attempts to take the lock."""


def run_worker(
    parts: WorkerParts,
    *,
    folder: Path,
    stop: Callable[[], bool] | None = None,
    until: int | None = None,
    wait: bool = True,
    on_progress: Callable[[], None] | None = None,
    on_ready: Callable[[], None] | None = None,
    info: Mapping[str, object] | None = None,
) -> Ending:
    """Send all running campaigns until SIGTERM, SIGINT or ``stop``, or until campaign ``until`` is over.

    ``folder`` holds the lock, the spool and the journal, and belongs to the database. Without ``wait`` the result is
    "busy" at once when another process sends from this folder. Signals are handled in the main thread only; a second
    one interrupts at once. Raises ``StoreError`` when the folder does not take what is written, and, with ``until``,
    when the database does not answer at the start.
    """
    with stop_on_signals() as stop_requested, _sending_lock(folder) as lock:

        def stopped() -> bool:
            return stop_requested.is_set() or (stop is not None and stop())

        if not (lock.acquire_when_free(stopped) if wait else lock.acquire()):
            return "stopped" if wait else "busy"
        seat = _seat(folder)
        owner = f"{seat}.{os.getpid()}.{secrets.token_hex(4)}"
        about = {"host": socket.gethostname(), "pid": os.getpid(), **(info or {})}
        with _open_files(folder) as (spool, journal):
            posting = Posting(parts.post, parts.judge, spool)
            while not stopped():
                try:
                    recover(parts.ledger, posting, spool, journal, owner=owner, predecessors=f"{seat}.", info=about)
                    break
                except StoreError as err:
                    if until is not None:
                        raise
                    log.warning("the database does not answer: %s", err)
                    time.sleep(_RETRY)
            else:
                return "stopped"
            if on_ready is not None:
                on_ready()
            drain(
                parts,
                owner=owner,
                spool=spool,
                journal=journal,
                stop=stopped,
                until=until,
                on_progress=on_progress,
                info=about,
            )
            parts.ledger.leave(owner)
            spool.clear()
            return "stopped" if stopped() else "over"


class SendingLock:
    """Lock of the process that sends from a data folder: the worker, or a command in the foreground."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(folder / "sending.lock", thread_local=False)

    def acquire(self) -> bool:
        """Take the lock; return False when another process holds it."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        return True

    def acquire_when_free(self, stopped: Callable[[], bool]) -> bool:
        """Wait for the lock; return False when ``stopped`` returned True before it was free."""
        while not self.acquire():
            if stopped():
                return False
            time.sleep(_LOCK_POLL)
        return True

    def release(self) -> None:
        """Release the lock; without effect if it is not held."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _err: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.release()


@contextmanager
def _sending_lock(folder: Path) -> Iterator[SendingLock]:
    try:
        lock = SendingLock(folder)
    except OSError as err:
        raise folder_error(err) from err
    with lock:
        yield lock


@contextmanager
def _open_files(folder: Path) -> Iterator[tuple[AnswerSpool, ClaimJournal]]:
    try:
        spool = AnswerSpool(folder / "answers.spool")
    except OSError as err:
        raise folder_error(err) from err
    with spool:
        try:
            journal = ClaimJournal(folder / "claims.journal")
        except OSError as err:
            raise folder_error(err) from err
        with journal:
            yield spool, journal


def _seat(folder: Path) -> str:
    """Return the id that this folder's workers share: the holder of the lock knows that earlier ones are dead."""
    file = folder / "seat"
    try:
        seat = file.read_text("ascii") if file.exists() else ""
        if not seat:
            seat = secrets.token_hex(8)
            file.write_text(seat, "ascii")
        return seat
    except OSError as err:
        raise folder_error(err) from err
