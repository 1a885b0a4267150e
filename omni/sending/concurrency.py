"""How many requests are open at once: as many as the rate needs while each takes so long, and no more.

By Little's law a rate of λ requests a second that stay open for S seconds each keeps λ·S of them open. That is the most
there is ever need of. Whether a provider keeps up with so many shows only when they are tried: so the number grows
while it is what holds the rate back and while growing pays, and falls back when it only makes everybody wait longer.
What is open when a worker dies ends as unknown, which is why more is never better.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from statistics import fmean
from typing import Final

LEAST: Final = 8
"""So few are open at once in any case, and at the start."""
MOST: Final = 256
"""Threads one process has good use for, on any machine and with any provider."""
HEADROOM: Final = 1.25
_PERIOD: Final = 0.25
_ENOUGH: Final = 32
"""Answers from which an average is taken, or as many as are open at once if those are fewer."""
_REST: Final = 3.0
_LONGEST_REST: Final = 15.0
"""Seconds it rests after a fall before it tries to grow again. Not for long: a busy machine may have been the cause."""
_MEMORY: Final = 30.0
_SLOWED: Final = 2.0
"""How many times as long as lately they take when even the most that may be open are too many."""


class Concurrency:
    """The number of requests that may be open, ``size``, for a worker that shares ``rate`` (requests a second).

    Never above ``most``. The dispatcher, one thread, reports every request that is recorded (``answered``), that all
    places were taken (``saturated``) and how many workers send at the same time (``set_workers``).
    """

    def __init__(self, rate: float, most: int = MOST, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self.most = most
        self._least = min(LEAST, most)
        self._now = now
        self._workers = 1
        self.size = self._least
        self._since = now()
        self._times: list[float] = []
        self._is_full = False
        self._before: tuple[int, float] | None = None
        self._recent: deque[tuple[float, float]] = deque()
        self._rest = _REST
        self._rest_until = -math.inf

    def set_workers(self, workers: int) -> None:
        """So many workers share the rate now."""
        self._workers = max(1, workers)

    def no_more_than(self, most: int) -> None:
        """Only so many can be open from now on, and never more."""
        self.most = most
        self._least = min(LEAST, most)
        self._set(self._within(self.size))

    def saturated(self) -> None:
        """There was no place left: the size, not the rate, holds back what goes out."""
        self._is_full = True

    def overloaded(self, claimed_at: float) -> None:
        """A request claimed at ``claimed_at`` came back with a word that we ask too much, or not at all."""
        # Of all that were open at that moment the first one counts: the others say the same.
        if claimed_at > self._since:
            self._fall_back(self.size // 2)

    def answered(self, claimed_at: float) -> None:
        """A request claimed at ``claimed_at`` was answered and recorded by now."""
        now = self._now()
        if claimed_at <= self._since:
            return
        self._times.append(now - claimed_at)
        if len(self._times) < min(self.size, _ENOUGH):
            return
        # The quick ones come back first: not before twice the average have the slow ones done so too.
        seconds = fmean(self._times)
        if now - self._since >= max(_PERIOD, 2 * seconds):
            self._adapt(now, seconds)

    def _adapt(self, now: float, seconds: float) -> None:
        self._recent.append((now, seconds))
        while self._recent[0][0] < now - _MEMORY:
            self._recent.popleft()
        quickest = min(each for _, each in self._recent)
        goal = self._within(self._rate / self._workers * seconds * HEADROOM)
        size, before = self.size, self._before
        is_paid = before is not None and seconds <= _break_even_seconds(size, *before)
        is_slowed = self._is_full and size == self.most and seconds > _SLOWED * quickest
        if is_paid:
            # So it is not our doing that they take so long, whatever they took before.
            self._recent.clear()
            self._recent.append((now, seconds))
        if not is_paid and (before is not None or is_slowed):
            # What comes through now is all that comes through: what is needed for it is what it takes unhindered.
            through = math.ceil(size / seconds * quickest * HEADROOM)
            self._fall_back(min(size if before is None else before[0], goal, through))
            return
        is_wanted = goal > size and self._is_full and now >= self._rest_until
        if is_paid or goal <= size:
            self._rest = _REST
        self._set(min(goal, 2 * size) if is_wanted else min(goal, size))
        if is_wanted:
            self._before = (size, seconds)

    def _fall_back(self, size: int) -> None:
        self._set(self._within(size))
        self._rest_until = self._now() + self._rest
        self._rest = min(2 * self._rest, _LONGEST_REST)

    def _set(self, size: int) -> None:
        """From here on anew: what was claimed before tells of another size."""
        self.size = size
        self._since = self._now()
        self._times = []
        self._is_full = False
        self._before = None

    def _within(self, size: float) -> int:
        return max(self._least, math.ceil(min(self.most, size)))


def _break_even_seconds(size: int, size_before: int, seconds_before: float) -> float:
    """Up to how many seconds growth has paid: at least half of what was added comes through as more answers."""
    return seconds_before * (1 + (size / size_before - 1) / 2)
