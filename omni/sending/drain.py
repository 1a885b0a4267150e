"""The loop that sends: one dispatcher claims and records, threads post; nothing in doubt goes out again."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from omni.errors import StoreError
from omni.ports import Claimed, Judge
from omni.sending.doubt import look_again
from omni.sending.journal import Journal
from omni.sending.ledger_port import Expected, Finished, Ledger, Post
from omni.sending.posting import Posting, not_started
from omni.sending.sizing import LEAST, Sizing
from omni.sending.spool import Spool

log = logging.getLogger(__name__)

_POLL: Final = 0.25
_BEAT: Final = 5.0
_TELL: Final = 0.25
_LOOK: Final = 0.1
_SAY: Final = 30.0
_GATHER: Final = 0.02
"""Seconds in which further answers are waited for once one is there: a turn costs much the same with one or many."""
_PUSHED_BACK: Final = frozenset({429, 503})
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
    rate: float = math.inf,
    threads: int = LEAST,
    until: int | None = None,
    on_progress: Callable[[], None] | None = None,
    expected: Expected | None = None,
    info: Mapping[str, object] | None = None,
) -> None:
    """Send what is due until ``stop``, or until campaign ``until`` is over; open requests run to their end.

    At most ``threads`` requests are open at once: as many as ``rate`` (requests a second, over all workers) needs.
    While the database does not answer, what came back is held and nothing is sent. ``on_progress`` is called in this
    thread, at most four times a second; what it raises is logged, and sending goes on. Raises ``StoreError`` if the
    database is still away ten seconds after the stop; the answers are then in the spool. ``owner`` has joined the
    ledger before.
    """
    stopped = stop.is_set if isinstance(stop, threading.Event) else stop
    posting = Posting(post, judge, spool, expected)
    with ThreadPoolExecutor(threads, thread_name_prefix="omni-post") as pool:
        loop = _Loop(ledger, owner, spool, journal, posting, pool, Sizing(rate, threads), info or {})
        loop.run(stopped, until, on_progress or (lambda: None))


class _Loop:
    def __init__(
        self, ledger: Ledger, owner: str, spool: Spool, journal: Journal, posting: Posting,
        pool: ThreadPoolExecutor, sizing: Sizing, info: Mapping[str, object],
    ) -> None:  # fmt: skip
        self._ledger = ledger
        self._owner = owner
        self._spool = spool
        self._journal = journal
        self._posting = posting
        self._pool = pool
        self._sizing = sizing
        self._info = info
        self._done: queue.SimpleQueue[Finished] = queue.SimpleQueue()
        self._held: dict[int, Claimed] = {}
        self._claimed_at: dict[int, float] = {}
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
            self._held = look_again(self._ledger, self._journal, self._owner, self._held)
            self._in_doubt, self._say_due = False, 0.0
        self._let_go()
        if time.monotonic() >= self._beat_due:
            self._sizing.share_among(self._ledger.beat(self._owner, self._info, list(self._held)))
            self._beat_due = time.monotonic() + _BEAT
        if not self._finished and not room:
            return _POLL
        since = time.monotonic()
        claimed, wait = self._ledger.turn(self._owner, self._finished, room)
        self._forget_finished()
        if claimed:
            self._hand_out(claimed, since)
        if len(self._held) >= self._sizing.size:
            self._sizing.filled()
        return wait

    def _forget_finished(self) -> None:
        for each, answer, _ in self._finished:
            del self._held[each.request_id]
            self._spool.done(each)
            claimed_at = self._claimed_at.pop(each.request_id)
            if answer.status in _PUSHED_BACK or answer.failure == "timeout":
                self._sizing.pushed_back(claimed_at)
            elif answer.status is not None:
                self._sizing.came(claimed_at)
        self._finished = []

    def _hand_out(self, claimed: Sequence[Claimed], since: float) -> None:
        self._held.update((each.request_id, each) for each in claimed)
        self._claimed_at.update((each.request_id, since) for each in claimed)
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
        """Wait for answers, but not longer than ``wait`` while there is room for a claim."""
        is_due_soon = self._room() > 0 and wait < _POLL
        limit = max(wait, 0.005) if is_due_soon else _POLL
        until = time.monotonic() + limit
        try:
            self._finished.append(self._done.get(timeout=limit))
            until = min(until, time.monotonic() + _GATHER)
            while is_due_soon or len(self._finished) < len(self._held):
                self._finished.append(self._done.get(timeout=max(0.0, until - time.monotonic())))
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

    def _let_go(self) -> None:
        """Forget what came back for requests that are not held any more."""
        for each, _, _ in self._finished:
            if each.request_id not in self._held:
                self._spool.done(each)
                self._claimed_at.pop(each.request_id, None)
        self._finished = [one for one in self._finished if one[0].request_id in self._held]

    def _room(self) -> int:
        """How many more may be open: each needs a place in the spool for its answer.

        What came back is open no more: the turn that records it claims in its stead.
        """
        awaited = len(self._held) - len(self._finished)
        return max(0, min(self._sizing.size, self._spool.room()) - awaited)

    def _is_over(self, campaign_id: int) -> bool:
        if any(each.campaign_id == campaign_id for each in self._held.values()):
            return False
        return self._ledger.is_over(campaign_id)


def _tell_safely(tell: Callable[[], None]) -> None:
    try:
        tell()
    except Exception:
        log.exception("progress could not be told")
