"""Requests in flight: claimed and not recorded yet, with the answers that have arrived for them."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping, Sequence
from typing import Final

from omni.ports import Claimed, Finished
from omni.sending.answer_spool import AnswerSpool
from omni.sending.concurrency import Concurrency

_GATHER: Final = 0.02
"""Seconds to wait for further answers after the first one: a turn costs about the same with one answer or many."""
_OVERLOADED: Final = frozenset({429, 503})
"""Statuses by which the provider says that it gets too many requests."""


class InFlight:
    """Claims of a worker, each from when it is made until its answer is recorded or the ledger no longer knows it.

    One thread uses it; other threads may only call ``add_answer``. ``finished`` holds the answers that this thread has
    collected and the ledger has not recorded yet; they stay there, however often recording fails.
    """

    def __init__(self, spool: AnswerSpool, concurrency: Concurrency) -> None:
        self._spool = spool
        self._concurrency = concurrency
        self._done: queue.SimpleQueue[Finished] = queue.SimpleQueue()
        self._claims: dict[tuple[int, int], Claimed] = {}
        self._claimed_at: dict[tuple[int, int], float] = {}
        self.finished: list[Finished] = []

    def __len__(self) -> int:
        return len(self._claims)

    @property
    def claims(self) -> Mapping[tuple[int, int], Claimed]:
        """Claims by request id and attempt, including those whose answer is collected.

        A worker that was given up for dead may claim a request again that an operator decided to resend, while its own
        earlier attempt at it is still in flight.
        """
        return self._claims

    @property
    def awaited(self) -> int:
        """Number of claims whose answer is not collected yet."""
        return len(self._claims) - len(self.finished)

    def take(self, claimed: Sequence[Claimed], since: float) -> None:
        """Add claims that were made at ``since`` (monotonic seconds) or later."""
        self._claims.update((each.identity, each) for each in claimed)
        self._claimed_at.update((each.identity, since) for each in claimed)

    def add_answer(self, finished: Finished) -> None:
        """Queue an answer to be collected."""
        self._done.put(finished)

    def collect(self, seconds: float, *, to_the_end: bool) -> None:
        """Wait up to ``seconds`` for an answer, then a moment for more of them.

        Without ``to_the_end`` the wait also ends once every answer has arrived.
        """
        until = time.monotonic() + seconds
        try:
            self.finished.append(self._done.get(timeout=seconds))
            until = min(until, time.monotonic() + _GATHER)
            while to_the_end or self.awaited > 0:
                self.finished.append(self._done.get(timeout=max(0.0, until - time.monotonic())))
        except queue.Empty:
            return

    def recorded(self) -> None:
        """Drop the claims in ``finished``, which are recorded, and report their times to the concurrency control."""
        for each, answer, _ in self.finished:
            del self._claims[each.identity]
            self._spool.done(each)
            claimed_at = self._claimed_at.pop(each.identity)
            if answer.status in _OVERLOADED or answer.failure == "timeout":
                self._concurrency.overloaded(claimed_at)
            elif answer.status is not None:
                self._concurrency.answered(claimed_at)
        self.finished = []

    def retain(self, known: Mapping[tuple[int, int], Claimed]) -> None:
        """Keep only the requests that the ledger still knows; answers for any other are dropped when they arrive."""
        self._claims = dict(known)

    def drop_forgotten(self) -> None:
        """Drop collected answers to claims that are not held any more."""
        for each, _, _ in self.finished:
            if each.identity not in self._claims:
                self._spool.done(each)
                self._claimed_at.pop(each.identity, None)
        self.finished = [one for one in self.finished if one[0].identity in self._claims]
