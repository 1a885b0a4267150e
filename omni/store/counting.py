"""Contacts counted by state, and by when they ended, without looking at the requests: from the sums that the database
itself keeps as requests change."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CONTACT_STATES, ContactState
from omni.store.schema import PENDING, SENDING, STATE_NAMES, UNKNOWN, request_count, request_pace

_WINDOW: Final = 10
"""Seconds that are over and taken for the rate; the present one comes to them."""
_OF_IT: Final = request_count.c.campaign_id == sa.bindparam("the_campaign")
BY_STATE: Final = (
    request_count.c.state, sa.func.sum(request_count.c.contacts), sa.func.sum(request_count.c.paired),
)  # fmt: skip
"""Columns to be grouped by state."""
_COUNTED: Final = sa.select(*BY_STATE, sa.func.sum(request_count.c.requests)).where(_OF_IT).group_by(BY_STATE[0])
_ENDED: Final = sa.select(sa.func.sum(request_pace.c.contacts)).where(
    request_pace.c.campaign_id == sa.bindparam("the_campaign"),
    # Not what ended later than now: the clock was set back.
    request_pace.c.second.between(sa.bindparam("since"), sa.bindparam("until")),
)


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


def rate_of(connection: sa.Connection, campaign_id: int, started_at: float | None, now: float) -> float:
    """Contacts a second that ended in the last ten seconds, or since the start if that was later."""
    until = math.floor(now)
    since = until - _WINDOW
    ended = connection.scalar(_ENDED, {"the_campaign": campaign_id, "since": since, "until": until})
    window = now - since if started_at is None else min(now - since, now - started_at)
    return int(ended or 0) / max(1.0, window)
