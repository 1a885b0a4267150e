"""The loop that sends: one dispatcher claims and records, threads post; nothing in doubt goes out again."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from omni.errors import StoreError
from omni.ports import Claimed, Judge
from omni.sending.journal import Journal
from omni.sending.ledger_port import Expected, Finished, Ledger, Post
from omni.sending.posting import Posting, not_started
from omni.sending.spool import Spool

log = logging.getLogger(__name__)

_POLL: Final = 0.25
_BEAT: Final = 5.0
_TELL: Final = 0.25
_LOOK: Final = 0.1
_SAY: Final = 30.0
_PATIENCE: Final = 10.0
"""Seconds to go on trying to record, once asked to stop; then the spool keeps the answers."""


def drain(
    ledger: Ledger,
    post: Post,
    judge: Judge,
    *,
    owner: str,
    spool: Spool,
    journal: Journal,
    stop: Callable[[], bool] | threading.Event,
    threads: int = 8,
    until: int | None = None,
    on_progress: Callable[[], None] | None = None,
    expected: Expected | None = None,
    info: Mapping[str, object] | None = None,
) -> None:
    """Send what is due until ``stop``, or until campaign ``until`` is over; open requests run to their end.

    While the database does not answer, what came back is held and nothing is sent. ``on_progress`` is called in this
    thread, at most four times a second; what it raises is logged, and sending goes on. Raises ``StoreError`` if the
    database is still away ten seconds after the stop; the answers are then in the spool. ``owner`` has joined the
    ledger before.
    """
    stopped = stop.is_set if isinstance(stop, threading.Event) else stop
    posting = Posting(post, judge, spool, expected)
    with ThreadPoolExecutor(threads, thread_name_prefix="omni-post") as pool:
        loop = _Loop(ledger, owner, spool, journal, posting, pool, threads, info or {})
        loop.run(stopped, until, on_progress or (lambda: None))


class _Loop:
    def __init__(
        self, ledger: Ledger, owner: str, spool: Spool, journal: Journal, posting: Posting,
        pool: ThreadPoolExecutor, threads: int, info: Mapping[str, object],
    ) -> None:  # fmt: skip
        self._ledger = ledger
        self._owner = owner
        self._spool = spool
        self._journal = journal
        self._posting = posting
        self._pool = pool
        self._threads = threads
        self._info = info
        self._done: queue.SimpleQueue[Finished] = queue.SimpleQueue()
        self._held: dict[int, Claimed] = {}
        self._finished: list[Finished] = []
        self._beat_due = 0.0
        self._say_due = 0.0
        self._in_doubt = False

    def run(self, stopped: Callable[[], bool], until: int | None, tell: Callable[[], None]) -> None:
        over, look_due, tell_due, give_up = False, 0.0, 0.0, None
        while True:
            stopping = over or stopped()
            if stopping and not self._held:
                break
            recorded = len(self._finished)
            try:
                wait = self._turn(0 if stopping else self._room())
                if until is not None and not over and (not self._held or time.monotonic() >= look_due):
                    look_due = time.monotonic() + _LOOK
                    over = self._is_over(until)
            except StoreError as err:
                if stopping and len(self._held) == len(self._finished):
                    give_up = give_up or time.monotonic() + _PATIENCE
                    if time.monotonic() > give_up:
                        raise
                self._stand_back(err)
                continue
            if recorded and time.monotonic() >= tell_due:
                tell_due = time.monotonic() + _TELL
                _tell_safely(tell)
            if self._held or not over:
                self._collect(wait)
        _tell_safely(tell)

    def _turn(self, room: int) -> float:
        """Record what came back, claim what fits and hand it out; the seconds until more may be due."""
        if self._in_doubt:
            self._look_again()
        self._let_go()
        if time.monotonic() >= self._beat_due:
            self._ledger.beat(self._owner, self._info, list(self._held))
            self._beat_due = time.monotonic() + _BEAT
        if not self._finished and not room:
            return _POLL
        since = time.monotonic()
        claimed, wait = self._ledger.turn(self._owner, self._finished, room)
        for each, _, _ in self._finished:
            del self._held[each.request_id]
            self._spool.done(each)
        self._finished = []
        if claimed:
            self._hand_out(claimed, since)
        return wait

    def _hand_out(self, claimed: Sequence[Claimed], since: float) -> None:
        self._held.update((each.request_id, each) for each in claimed)
        bodies: Mapping[int, bytes] = {}
        try:
            bodies = self._ledger.bodies(claimed)
            self._journal.append(claimed)
        except (StoreError, OSError) as err:
            log.warning("nothing handed out: %s", err)
            bodies = {}
        for each in claimed:
            body = bodies.get(each.request_id)
            if body is None:
                self._done.put(not_started(each))
            else:
                self._pool.submit(self._post, each, body, since)

    def _post(self, claimed: Claimed, body: bytes, since: float) -> None:
        self._done.put(self._posting.post(claimed, body, since))

    def _collect(self, wait: float) -> None:
        """Wait for an answer, but not longer than ``wait`` while there is room for a claim."""
        limit = _POLL if not self._room() else min(max(wait, 0.005), _POLL)
        try:
            self._finished.append(self._done.get(timeout=limit))
            while True:
                self._finished.append(self._done.get_nowait())
        except queue.Empty:
            return

    def _stand_back(self, err: StoreError) -> None:
        """The database is away: hold what came back, and first of all sort out what was claimed."""
        if time.monotonic() >= self._say_due:
            self._say_due = time.monotonic() + _SAY
            log.warning("nothing is sent, and %d answers are held: %s", len(self._finished), err)
        self._beat_due, self._in_doubt = 0.0, True
        time.sleep(_POLL)
        self._collect(0.0)

    def _look_again(self) -> None:
        """The database that has come back may be an older copy: what it has forgotten must not go out again."""
        sent = self._journal.later_than(self._ledger.open_attempts(self._owner, list(self._held)))
        if restored := self._ledger.believe(sent):
            log.warning("the database was put back to an earlier copy: %d requests had gone out since", restored)
        open_ = self._ledger.unanswered([(each.request_id, each.attempt) for each in self._held.values()])
        known = {(each.request_id, each.attempt) for each in open_}
        # The others are recorded, in a transaction that was reported as failed; or the copy has not their campaign.
        self._held = {at: each for at, each in self._held.items() if (at, each.attempt) in known}
        self._say_due = 0.0
        self._in_doubt = False

    def _let_go(self) -> None:
        """Forget what came back for requests that are not held any more."""
        for each, _, _ in self._finished:
            if each.request_id not in self._held:
                self._spool.done(each)
        self._finished = [one for one in self._finished if one[0].request_id in self._held]

    def _room(self) -> int:
        return self._threads - len(self._held) if self._spool.has_room() else 0

    def _is_over(self, campaign_id: int) -> bool:
        if any(each.campaign_id == campaign_id for each in self._held.values()):
            return False
        return self._ledger.is_over(campaign_id)


def _tell_safely(tell: Callable[[], None]) -> None:
    try:
        tell()
    except Exception:
        log.exception("progress could not be told")
