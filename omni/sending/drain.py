"""Loop that sends: one dispatcher claims requests and records outcomes, threads post. Unknowns are not resent."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from omni.errors import StoreError
from omni.ports import Claimed, Judge, Ledger, Post
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.concurrency import LEAST, Concurrency
from omni.sending.in_flight import InFlight
from omni.sending.posting import RETRY_NOT_POSTED, Posting, not_posted
from omni.sending.recovery import recheck_claims
from omni.sending.thread_pool import ThreadPool

log = logging.getLogger(__name__)

_POLL: Final = 0.25
"""Seconds between two turns when nothing happens."""
_BEAT: Final = 5.0
"""Seconds between two heartbeats."""
_PROGRESS_EVERY: Final = 0.25
"""Least seconds between two calls of ``on_progress``."""
_CHECK_OVER_EVERY: Final = 0.1
"""Least seconds between two checks whether the campaign is over, while requests are in flight."""
_LOG_EVERY: Final = 30.0
"""Seconds between two log lines about a database that does not answer."""
_PATIENCE: Final = 10.0
"""Seconds to go on trying to record after a stop was requested; then the answers stay in the spool."""


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """Collaborators and limits of a worker, chosen in ``omni.bootstrap.worker``.

    ``rate`` is in requests a second over all workers on the ledger; at most ``threads`` requests are open at once.
    """

    ledger: Ledger
    post: Post
    judge: Judge
    rate: float = math.inf
    threads: int = LEAST


def drain(
    parts: WorkerParts,
    *,
    owner: str,
    spool: AnswerSpool,
    journal: ClaimJournal,
    stop: Callable[[], bool] | threading.Event,
    until: int | None = None,
    on_progress: Callable[[], None] | None = None,
    info: Mapping[str, object] | None = None,
) -> None:
    """Send what is due until ``stop``, or until campaign ``until`` is over; open requests run to their end.

    As many requests are open at once as the rate needs, within the limit of ``parts`` and of the system's threads.
    While the database does not answer, the answers are held and nothing is sent. ``on_progress`` is called in this
    thread, at most four times a second; an exception it raises is logged, and sending goes on. ``owner`` must have
    joined the ledger before. Raises ``StoreError`` if the database still does not answer ten seconds after the stop;
    the answers are then in the spool.
    """
    stopped = stop.is_set if isinstance(stop, threading.Event) else stop
    posting = Posting(parts.post, parts.judge, spool)
    with ThreadPool(parts.threads) as pool:
        concurrency = Concurrency(parts.rate, parts.threads)
        loop = _Loop(parts.ledger, owner, spool, journal, posting, pool, concurrency, info or {})
        loop.run(stopped, until, on_progress or (lambda: None))


class _Loop:
    """The dispatcher: the only thread that uses the ledger, the journal and the requests in flight."""

    def __init__(
        self,
        ledger: Ledger,
        owner: str,
        spool: AnswerSpool,
        journal: ClaimJournal,
        posting: Posting,
        pool: ThreadPool,
        concurrency: Concurrency,
        info: Mapping[str, object],
    ) -> None:
        self._ledger = ledger
        self._owner = owner
        self._spool = spool
        self._journal = journal
        self._posting = posting
        self._pool = pool
        self._concurrency = concurrency
        self._info = info
        self._in_flight = InFlight(spool, concurrency)
        self._beat_due = 0.0
        self._log_due = 0.0
        self._pool_due = 0.0
        self._must_recheck = False

    def run(self, stopped: Callable[[], bool], until: int | None, on_progress: Callable[[], None]) -> None:
        """Run turns until stopped or until campaign ``until`` is over, and until no request is in flight any more."""
        over, over_check_due, progress_due, give_up = False, 0.0, 0.0, None
        while True:
            stopping = over or stopped()
            if stopping and not self._in_flight:
                break
            recorded = len(self._in_flight.finished)
            try:
                wait = self._turn(0 if stopping else self._room())
                if until is not None and not over and (not self._in_flight or time.monotonic() >= over_check_due):
                    over_check_due = time.monotonic() + _CHECK_OVER_EVERY
                    over = self._is_over(until)
            except StoreError as err:
                if stopping and not self._in_flight.awaited:
                    give_up = give_up or time.monotonic() + _PATIENCE
                    if time.monotonic() > give_up:
                        raise
                self._wait_for_ledger(err)
                continue
            if recorded and time.monotonic() >= progress_due:
                progress_due = time.monotonic() + _PROGRESS_EVERY
                _report_progress(on_progress)
            if self._in_flight or not over:
                self._collect(wait)
        _report_progress(on_progress)

    def _turn(self, room: int) -> float:
        """Record answers, claim as many requests as fit, hand them out; return the seconds until more may be due."""
        if self._must_recheck:
            self._in_flight.retain(recheck_claims(self._ledger, self._journal, self._in_flight.claims))
            self._must_recheck, self._log_due = False, 0.0
        self._in_flight.drop_forgotten()
        if time.monotonic() >= self._beat_due:
            held = list(self._in_flight.claims)
            workers = self._ledger.heartbeat(self._owner, self._info, held, self._journal.later_than)
            self._concurrency.set_workers(workers)
            self._beat_due = time.monotonic() + _BEAT
        if not self._in_flight.finished and not room:
            return _POLL
        since = time.monotonic()
        claimed, wait = self._ledger.turn(self._owner, self._in_flight.finished, room)
        self._in_flight.recorded()
        if claimed:
            self._hand_out(claimed, since)
        if len(self._in_flight) >= self._concurrency.size:
            self._concurrency.saturated()
        return wait

    def _hand_out(self, claimed: Sequence[Claimed], since: float) -> None:
        """Note the claims in the journal, then post them in threads; those that cannot be posted are handed back."""
        self._in_flight.take(claimed, since)
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
                self._in_flight.add_answer(not_posted(each))
            elif not self._pool.run(partial(self._post, each, body, since)):
                self._in_flight.add_answer(not_posted(each))
                self._pool_due = time.monotonic() + RETRY_NOT_POSTED
        if self._pool.most < self._concurrency.most:
            self._concurrency.no_more_than(self._pool.most)
            log.warning("the system refuses a thread: no more than %d requests at once from now on", self._pool.most)

    def _post(self, claimed: Claimed, body: bytes, since: float) -> None:
        self._in_flight.add_answer(self._posting.post(claimed, body, since))

    def _collect(self, wait: float) -> None:
        """Wait for answers, but no longer than ``wait`` while there is room for a claim."""
        is_due_soon = self._room() > 0 and wait < _POLL
        self._in_flight.collect(max(wait, 0.005) if is_due_soon else _POLL, to_the_end=is_due_soon)

    def _wait_for_ledger(self, err: StoreError) -> None:
        """Hold the answers while the database does not answer, and have the claims rechecked as soon as it does."""
        if time.monotonic() >= self._log_due:
            self._log_due = time.monotonic() + _LOG_EVERY
            log.warning("nothing is sent, and %d answers are held: %s", len(self._in_flight.finished), err)
        self._beat_due, self._must_recheck = 0.0, True
        time.sleep(_POLL)
        self._collect(0.0)

    def _room(self) -> int:
        """Return how many more requests may be open; each needs a place in the spool for its answer.

        A request whose answer is collected is not open any more: the turn that records it claims another in its place.
        """
        if time.monotonic() < self._pool_due:
            return 0
        return max(0, min(self._concurrency.size, self._spool.room()) - self._in_flight.awaited)

    def _is_over(self, campaign_id: int) -> bool:
        """Tell whether the campaign is over; it is not while one of its requests is in flight here."""
        if any(each.campaign_id == campaign_id for each in self._in_flight.claims.values()):
            return False
        return self._ledger.is_over(campaign_id)


def _report_progress(on_progress: Callable[[], None]) -> None:
    """Call ``on_progress`` and log what it raises."""
    try:
        on_progress()
    except StoreError as err:
        log.warning("progress could not be reported: %s", err)
    except Exception:
        log.exception("progress could not be reported")
