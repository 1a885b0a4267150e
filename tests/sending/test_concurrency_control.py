"""Control of the number of open requests, tested on simulated providers with a clock of their own."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.sending.concurrency import HEADROOM, LEAST, MOST, Concurrency

TURN = 0.02
"""Seconds between two looks for answers, as in the sending loop."""


@dataclass(slots=True)
class Provider:
    """A provider with ``latency`` seconds per answer and up to ``at_once`` requests in work; the others queue."""

    latency: float
    at_once: float = math.inf
    free_at: list[float] = field(default_factory=list)

    def answers_at(self, now: float) -> float:
        begins = now
        if len(self.free_at) >= self.at_once:
            begins = max(now, heapq.heappop(self.free_at))
        if self.at_once < math.inf:
            heapq.heappush(self.free_at, begins + self.latency)
        return begins + self.latency


@dataclass(slots=True)
class World:
    """A worker and a provider on a simulated clock."""

    rate: float
    provider: Provider
    now: float = 1000.0
    open: list[tuple[float, float]] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    sizes: list[tuple[float, int]] = field(default_factory=list)

    def run(self, sizing: Concurrency, seconds: float) -> World:
        """Advance the clock by ``seconds``, with more to send than can be sent."""
        until, spent_until = self.now + seconds, self.now
        while self.now < until:
            self.now += TURN
            while self.open and self.open[0][0] <= self.now:
                _, claimed_at = heapq.heappop(self.open)
                self.answers.append(self.now)
                sizing.answered(claimed_at)
            spent_until = max(spent_until, self.now - 0.05)
            while spent_until < self.now and len(self.open) < sizing.size:
                spent_until += 1 / self.rate
                heapq.heappush(self.open, (self.provider.answers_at(self.now), self.now))
            if len(self.open) >= sizing.size:
                sizing.saturated()
            self.sizes.append((self.now, sizing.size))
        return self

    def through(self, seconds: float) -> float:
        """Return the answers per second over the last ``seconds``."""
        return sum(at > self.now - seconds for at in self.answers) / seconds

    def largest(self, seconds: float) -> int:
        """Return the largest size of the last ``seconds``."""
        return max(size for at, size in self.sizes if at > self.now - seconds)

    def usual(self, seconds: float) -> float:
        """Return the average size of the last ``seconds``."""
        recent = [size for at, size in self.sizes if at > self.now - seconds]
        return sum(recent) / len(recent)


def a_world(rate: float, provider: Provider, most: int = MOST) -> tuple[World, Concurrency]:
    world = World(rate, provider)
    return world, Concurrency(rate, most, now=lambda: world.now)


def test_it_begins_with_few_and_comes_to_what_the_rate_needs_within_seconds():
    world, sizing = a_world(700, Provider(0.2))
    assert sizing.size == LEAST
    world.run(sizing, 5)
    assert world.through(1) > 0.97 * 700
    assert 700 * 0.2 < sizing.size < 700 * 0.2 * 1.6
    few = World(700, Provider(0.2))
    few.run(Concurrency(700, LEAST, now=lambda: few.now), 5)
    assert world.through(1) > 15 * few.through(1), "what a fixed number of eight comes to"


@settings(deadline=None, max_examples=40)
@given(
    st.floats(5, 700),
    st.floats(0.01, 1.5),
    st.sampled_from([4, 8, 64, MOST]),
)
def test_the_rate_is_reached_with_no_more_open_requests_than_it_needs(rate: float, latency: float, most: int):
    world, sizing = a_world(rate, Provider(latency), most)
    world.run(sizing, 15 + 40 * latency)
    takes = latency + TURN
    assert world.through(10) > 0.9 * min(rate, most / (takes + TURN))
    needed = math.ceil(rate * (takes + TURN) * HEADROOM)
    assert world.largest(1e9) <= min(most, max(LEAST, needed + 1))


@pytest.mark.parametrize("at_once", [5, 20, 60])
def test_a_provider_that_can_take_no_more_is_not_given_more(at_once: int):
    world, sizing = a_world(700, Provider(0.2, at_once))
    world.run(sizing, 90)
    assert world.through(30) > 0.9 * at_once / 0.2
    # Required size, with headroom and the time of a turn; more is tried now and then, and given up again.
    assert world.usual(60) < max(1.5 * LEAST, 2 * at_once)
    assert world.largest(60) < max(3 * LEAST, 5 * at_once)


def test_without_a_limit_a_machine_at_its_end_is_not_asked_for_ever_more():
    world, sizing = a_world(10_000, Provider(0.05, at_once=40))
    world.run(sizing, 90)
    assert world.through(30) > 0.9 * 800
    assert world.usual(60) < 100


def test_a_slower_provider_gets_more_requests_at_once_a_recovered_one_fewer():
    world, sizing = a_world(200, Provider(0.1))
    world.run(sizing, 10)
    assert sizing.size < 45
    world.provider.latency = 0.8
    world.run(sizing, 15)
    assert world.through(3) > 0.9 * 200
    assert sizing.size >= 160
    world.provider.latency = 0.1
    world.run(sizing, 6)
    assert world.through(2) > 0.9 * 200
    assert sizing.size < 45


@pytest.mark.parametrize("latency", [0.2, 0.5])
def test_a_provider_that_becomes_weak_gets_fewer(latency: float):
    world, sizing = a_world(700, Provider(latency))
    world.run(sizing, 15)
    assert sizing.size > 140
    world.provider = Provider(latency, at_once=10)
    world.run(sizing, 90)
    assert world.usual(20) < 60
    assert world.through(20) > 0.85 * 10 / latency


def test_when_all_answers_slow_down_at_the_limit_it_returns_to_the_limit():
    world, sizing = a_world(700, Provider(0.5))
    world.run(sizing, 15)
    assert sizing.size == MOST
    world.provider.latency = 1.5
    world.run(sizing, 60)
    assert world.through(20) > 0.8 * MOST / 1.5


def pushed_back_by_all(world: World, sizing: Concurrency) -> None:
    world.run(sizing, 0.1)
    for _, claimed_at in world.open:
        sizing.overloaded(claimed_at)
    world.open.clear()


def test_an_overload_answer_halves_it_once_and_it_rests():
    world, sizing = a_world(700, Provider(0.2))
    world.run(sizing, 6)
    before = sizing.size
    pushed_back_by_all(world, sizing)
    assert sizing.size == before // 2
    world.run(sizing, 2.5)
    assert world.largest(2.5) == before // 2
    world.run(sizing, 8)
    assert world.through(2) > 0.9 * 700


def test_after_repeated_overload_answers_it_rests_longer_and_longer():
    world, sizing = a_world(700, Provider(0.2))
    world.run(sizing, 6)
    rests = []
    for _ in range(4):
        pushed_back_by_all(world, sizing)
        fallen, began = sizing.size, world.now
        while sizing.size <= fallen and world.now < began + 100:
            world.run(sizing, 0.1)
        rests.append(world.now - began)
    assert rests == sorted(rests)
    assert rests[0] < 5
    assert 14 < rests[-1] < 17


def share_of(workers: int) -> int:
    world, sizing = a_world(700, Provider(0.5))
    sizing.set_workers(workers)
    world.run(sizing, 12)
    return world.largest(12)


def test_workers_share_what_the_rate_needs():
    assert share_of(4) <= math.ceil(700 / 4 * 0.58 * HEADROOM)
    assert share_of(1) > 2 * share_of(4)


@pytest.mark.parametrize("called", [Concurrency.answered, Concurrency.overloaded])
def test_claims_from_before_a_size_change_say_nothing_about_it(called: Callable[[Concurrency, float], None]):
    world, sizing = a_world(700, Provider(0.2))
    world.run(sizing, 6)
    claimed_at = world.now
    world.now += 0.01
    sizing.overloaded(claimed_at)
    size = sizing.size
    world.now += 30
    for _ in range(1000):
        called(sizing, claimed_at)
    assert sizing.size == size
