"""Concurrency control: keeps only as many requests open as the rate needs, given how long each one takes.

By Little's law a rate of λ requests a second that stay open for S seconds each keeps λ·S of them open. More are never
needed. Whether a provider keeps up with that many shows only when they are tried. Therefore the number grows while it
limits the rate and while growing pays off, and shrinks when more open requests only make each of them wait longer.
Requests that are open when a worker dies end as unknown, so the number is kept as small as possible.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from statistics import fmean
from typing import Final

LEAST: Final = 8
"""Requests that may always be open at the same time; the number at the start."""
MOST: Final = 256
"""Threads that one process can put to good use, on any machine and with any provider."""
HEADROOM: Final = 1.25
"""Factor by which the number exceeds what the rate needs."""
_PERIOD: Final = 0.25
"""Least seconds between two adjustments."""
_ENOUGH: Final = 32
"""Answers needed for an average; fewer suffice if fewer requests are open."""
_REST: Final = 3.0
"""Seconds without growth after a decrease."""
_LONGEST_REST: Final = 15.0
"""Longest such pause; it doubles with each decrease. Kept short, because a busy machine may have been the cause."""
_MEMORY: Final = 30.0
"""Seconds for which average answer times are remembered, to know the shortest."""
_SLOWED: Final = 2.0
"""Answers that take this many times the shortest recent average show that even the largest allowed number is too
high."""


class Concurrency:
    """The number of requests that may be open, ``size``, in a worker that shares ``rate`` (requests a second).

    It never exceeds ``most``. Only one thread, the dispatcher, uses it: it reports every request that is recorded
    (``answered``), that all places were taken (``saturated``), and how many workers are sending (``set_workers``).
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
        """Set the number of workers that share the rate; less than one counts as one."""
        self._workers = max(1, workers)

    def no_more_than(self, most: int) -> None:
        """Lower the upper limit of open requests, permanently."""
        self.most = most
        self._least = min(LEAST, most)
        self._set(self._within(self.size))

    def saturated(self) -> None:
        """Note that all places were taken: the size, not the rate, limits what is sent."""
        self._is_full = True

    def overloaded(self, claimed_at: float) -> None:
        """Note that a request claimed at ``claimed_at`` was answered with "too many requests", or not at all."""
        # Of all requests open at that moment only the first one counts: the others report the same overload.
        if claimed_at > self._since:
            self._fall_back(self.size // 2)

    def answered(self, claimed_at: float) -> None:
        """Note that a request claimed at ``claimed_at`` was answered, and its outcome recorded."""
        now = self._now()
        if claimed_at <= self._since:
            return
        self._times.append(now - claimed_at)
        if len(self._times) < min(self.size, _ENOUGH):
            return
        # Quick answers come first: only after twice the average time have the slow ones arrived as well.
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
            # More requests were answered, so longer times are not caused by our number; earlier times no longer count.
            self._recent.clear()
            self._recent.append((now, seconds))
        if not is_paid and (before is not None or is_slowed):
            # The present throughput is the most the provider gives: keep as many open as that needs at the shortest
            # time.
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
        """Set the size and start measuring again: requests claimed before ran under another size."""
        self.size = size
        self._since = self._now()
        self._times = []
        self._is_full = False
        self._before = None

    def _within(self, size: float) -> int:
        return max(self._least, math.ceil(min(self.most, size)))


def _break_even_seconds(size: int, size_before: int, seconds_before: float) -> float:
    """Return the answer time up to which growth pays: at least half of the added requests come out as more answers."""
    return seconds_before * (1 + (size / size_before - 1) / 2)
