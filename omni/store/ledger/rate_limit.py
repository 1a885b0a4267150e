"""The rate limit that all workers on a database share: one row per lane, spent in the transaction that claims."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.store.database import insert_if_new
from omni.store.schema import IS_PENDING, limiter, request

_BURST: Final = 0.1
"""Seconds' worth of requests that may be sent at once; never less than one request."""
_MIN_WAIT: Final = 0.04
"""Seconds' worth of requests that are claimed together when many are due: a claim costs the same for one or many."""
_THE_LANE: Final = limiter.c.lane == sa.bindparam("the_lane")
_LIMITER: Final = sa.select(limiter).where(_THE_LANE).with_for_update()
_CLOCK_TOLERANCE: Final = 1.0
"""Seconds by which the clock may be behind before it counts as set back."""
_FREE: Final = limiter.update().where(_THE_LANE).values(spent_until=sa.bindparam("now"), held_until=0.0)
_FREE_REQUESTS: Final = (
    request.update().where(IS_PENDING, request.c.not_before > sa.bindparam("now")).values(not_before=0.0)
)
_SPEND: Final = limiter.update().where(_THE_LANE).values(spent_until=sa.bindparam("until"))


@dataclass(frozen=True, slots=True)
class Lane:
    """The limiter's row now: ``allowed`` requests may be sent, and it is worth asking again after ``wait`` seconds."""

    name: str
    rate: float
    spent_until: float
    allowed: int
    wait: float


def lane_of(practice: bool) -> str:
    """Return the name of the limiter's row: practice must not slow down real campaigns."""
    return "practice" if practice else "live"


def lane_now(connection: sa.Connection, name: str, rate: float, now: float) -> Lane:
    """Return the free part of the lane; its row stays locked until the transaction ends."""
    row = connection.execute(_LIMITER, {"the_lane": name}).one_or_none()
    if row is None:
        set_rate(connection, rate)
        row = connection.execute(_LIMITER, {"the_lane": name}).one()
    burst = max(_BURST, 1 / row.rate)
    spent_until, held_until = max(row.spent_until, now), row.held_until
    if spent_until > now + burst + _CLOCK_TOLERANCE:
        # Further ahead than claims can have taken it: the clock was set back, so requests that had to wait until a
        # moment of the former clock have waited. If the provider disagrees, it asks again.
        spent_until, held_until = now, 0.0
        connection.execute(_FREE, {"the_lane": name, "now": now})
        connection.execute(_FREE_REQUESTS, {"now": now})
    spent_until = min(spent_until, now + burst)
    if held_until > now:
        return Lane(name, row.rate, spent_until, 0, held_until - now)
    allowed = math.floor((now + burst - spent_until) * row.rate + 1e-6)
    return Lane(name, row.rate, spent_until, allowed, max(_MIN_WAIT, 1 / row.rate))


def spend(connection: sa.Connection, lane: Lane, requests: int) -> None:
    """Take from the lane what so many requests use up."""
    spent_until = lane.spent_until + requests / lane.rate
    connection.execute(_SPEND, {"the_lane": lane.name, "until": spent_until})


def hold(connection: sa.Connection, lane: str, until: float) -> None:
    """Send nothing in this lane before ``until``: the provider asked for it, or cannot be reached."""
    connection.execute(
        limiter.update().where(limiter.c.lane == lane, limiter.c.held_until < until).values(held_until=until)
    )


def set_rate(connection: sa.Connection, rate: float) -> None:
    """Set the rate, in requests per second, for all workers on this database."""
    lanes: Sequence[str] = (lane_of(True), lane_of(False))
    connection.execute(
        insert_if_new(connection, limiter).values(rate=rate, spent_until=0.0, held_until=0.0),
        [{"lane": lane} for lane in lanes],
    )
    connection.execute(limiter.update().where(limiter.c.rate != rate).values(rate=rate))
