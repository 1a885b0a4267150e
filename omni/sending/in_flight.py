"""What is claimed and not recorded yet: requests on their way, and the answers that came back for them."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping, Sequence
from typing import Final

from omni.ports import Claimed, Finished
from omni.sending.answer_spool import AnswerSpool
from omni.sending.concurrency import Concurrency

_GATHER: Final = 0.02
"""Seconds in which further answers are waited for once one is there: a turn costs much the same with one or many."""
_OVERLOADED: Final = frozenset({429, 503})


class InFlight:
    """Every claim from the moment it is made until the ledger has its answer, or knows nothing of it any more.

    One thread uses it; ``add_answer`` alone may be called by others. ``finished`` is what that thread has collected and
    the ledger has not got yet: it stays, however often recording fails.
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
        """By request id and attempt, those whose answer was collected too.

        A worker that was given up may claim again what a person decided to send again, with the former attempt at it
        still on its way.
        """
        return self._claims

    @property
    def awaited(self) -> int:
        """How many are held whose answer was not collected yet."""
        return len(self._claims) - len(self.finished)

    def take(self, claimed: Sequence[Claimed], since: float) -> None:
        """Hold these, claimed not before ``since`` (monotonic)."""
        self._claims.update((each.identity, each) for each in claimed)
        self._claimed_at.update((each.identity, since) for each in claimed)

    def add_answer(self, finished: Finished) -> None:
        """Have it ready to be collected."""
        self._done.put(finished)

    def collect(self, seconds: float, *, to_the_end: bool) -> None:
        """Wait up to ``seconds`` for an answer, then a moment for others.

        Without ``to_the_end`` the wait is over as well once every answer is there.
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
        """The ledger has all that is ``finished``."""
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
        """Of what is held the ledger knows these alone; an answer for another one is let go when it is there."""
        self._claims = dict(known)

    def drop_forgotten(self) -> None:
        """Forget what came back for attempts that are not held any more."""
        for each, _, _ in self.finished:
            if each.identity not in self._claims:
                self._spool.done(each)
                self._claimed_at.pop(each.identity, None)
        self.finished = [one for one in self.finished if one[0].identity in self._claims]
