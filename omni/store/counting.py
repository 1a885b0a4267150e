"""Contacts counted by state, and by when they ended, without looking at the requests: from the sums that the database
itself keeps as requests change."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CONTACT_STATES, ContactState
from omni.store.schema import PENDING, SENDING, STATE_NAMES, UNKNOWN, request_count, request_pace

_WINDOW: Final = 10
"""Seconds that are over and taken for the rate; the present one comes to them."""
_MEMORY: Final = 60
"""Seconds that are looked back at most for what is to come: as far ahead, as far back."""
_CHANGED: Final = 0.25
"""The share by which the last seconds may differ from the longer time before they are believed to go on so."""
_OF_IT: Final = request_count.c.campaign_id == sa.bindparam("the_campaign")
BY_STATE: Final = (
    request_count.c.state,
    sa.func.sum(request_count.c.contacts),
    sa.func.sum(request_count.c.paired),
)
"""Columns to be grouped by state."""
_COUNTED: Final = sa.select(*BY_STATE, sa.func.sum(request_count.c.requests)).where(_OF_IT).group_by(BY_STATE[0])
_ENDED: Final = (
    sa.select(request_pace.c.second, sa.func.sum(request_pace.c.contacts))
    .where(
        request_pace.c.campaign_id == sa.bindparam("the_campaign"),
        # Not what ended later than now: the clock was set back.
        request_pace.c.second.between(sa.bindparam("since"), sa.bindparam("until")),
    )
    .group_by(request_pace.c.second)
    .order_by(request_pace.c.second.desc())
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Contacts a second: ``rate`` over the last ten seconds, ``ahead`` as it is expected of the time to come."""

    rate: float
    ahead: float


def count_contacts(connection: sa.Connection, campaign_id: int) -> tuple[dict[ContactState, int], int]:
    """Contacts of the campaign by state, and how many of its requests are pending or sending."""
    rows = connection.execute(_COUNTED, {"the_campaign": campaign_id}).all()
    is_open = sum(int(requests) for state, _, _, requests in rows if state in (PENDING, SENDING))
    return state_counts((state, int(contacts), int(paired)) for state, contacts, paired, _ in rows), is_open


def state_counts(rows: Iterable[tuple[int, int, int]]) -> dict[ContactState, int]:
    """Contacts by state, from (request state, contacts, contacts with an id) of any groups of requests.

    A contact with an id is accepted, even in a request that is otherwise unknown.
    """
    counts: dict[ContactState, int] = dict.fromkeys(CONTACT_STATES, 0)
    for state, contacts, paired in rows:
        known = paired if state == UNKNOWN else 0
        counts[STATE_NAMES[state]] += contacts - known
        counts["accepted"] += known
    return counts


def pace_of(
    connection: sa.Connection, campaign_id: int, started_at: float | None, now: float, contacts_open: int
) -> Pace:
    """How fast contacts ended of late, and will if it goes on so.

    Ten seconds alone foretell a minute badly: a hiccup in them would be taken for the pace of all that is left.
    """
    until = math.floor(now)
    given = {"the_campaign": campaign_id, "since": until - _MEMORY, "until": until}
    ended = [(int(second), int(contacts)) for second, contacts in connection.execute(_ENDED, given)]
    since_start = _MEMORY if started_at is None else now - started_at
    rate = _rate(ended, until - _WINDOW, now, since_start)
    if not rate:
        return Pace(rate, rate)
    back = min(max(contacts_open / rate, _WINDOW), _MEMORY, _without_a_break(ended, until))
    ahead = _rate(ended, until - math.ceil(back), now, since_start)
    return Pace(rate, ahead if abs(ahead - rate) < rate * _CHANGED else rate)


def _rate(ended: Sequence[tuple[int, int]], since: int, now: float, since_start: float) -> float:
    return sum(contacts for second, contacts in ended if second >= since) / max(1.0, min(now - since, since_start))


def _without_a_break(ended: Iterable[tuple[int, int]], until: int) -> int:
    """Seconds back to the last pause: nothing ended for longer than the rate is taken over."""
    first = until
    for second, _ in ended:
        if first - second > _WINDOW:
            break
        first = second
    return until - first
