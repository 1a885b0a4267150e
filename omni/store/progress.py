"""How far a campaign is: contacts in each state, pace, and when it goes on.

Contacts counted by state, and by when they ended, without looking at the requests: from the sums that the database
itself keeps as requests change.

The history: a line for every campaign, with what became of its contacts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CONTACT_STATES, CampaignSummary, ContactState, Progress
from omni.errors import CampaignError
from omni.store.database import AnyRow, clock
from omni.store.pause_reason import reason_from_text
from omni.store.rate_limit import lane_of
from omni.store.schema import (
    IS_PENDING,
    PENDING,
    SENDING,
    STATE_NAMES,
    UNKNOWN,
    campaign,
    limiter,
    request,
    request_count,
    request_pace,
)

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


# Put together once: pages ask again and again.
_CAMPAIGN: Final = sa.select(
    campaign.c.state,
    campaign.c.reason,
    campaign.c.practice,
    campaign.c.contacts,
    campaign.c.requests,
    campaign.c.started_at,
    campaign.c.finished_at,
    campaign.c.start_at,
    campaign.c.start_zone,
).where(campaign.c.id == sa.bindparam("the_campaign"))
_FIRST_DUE: Final = sa.select(sa.func.min(request.c.not_before)).where(
    request.c.campaign_id == sa.bindparam("the_campaign"), IS_PENDING
)
_HELD: Final = sa.select(limiter.c.held_until).where(limiter.c.lane == sa.bindparam("the_lane"))


def read_progress(connection: sa.Connection, campaign_id: int) -> Progress:
    """The campaign now. Raises ``CampaignError("campaign.not_found")``."""
    found = connection.execute(_CAMPAIGN, {"the_campaign": campaign_id}).one_or_none()
    if found is None:
        raise CampaignError("campaign.not_found", id=campaign_id)
    counts, requests_open = count_contacts(connection, campaign_id)
    contacts_open = counts["pending"] + counts["sending"]
    pace, next_attempt_at = Pace(0.0, 0.0), None
    if found.state == "running":
        now = clock(connection)
        pace = pace_of(connection, campaign_id, found.started_at, now, contacts_open)
        if counts["pending"] and not counts["sending"]:
            next_attempt_at = _next_attempt(connection, campaign_id, found.practice, now)
    return Progress(
        state=found.state,
        reason=reason_from_text(found.reason),
        contacts=found.contacts,
        counts=counts,
        requests=found.requests,
        requests_finished=found.requests - requests_open,
        rate=pace.rate,
        seconds_left=contacts_open / pace.ahead if pace.ahead and contacts_open else None,
        started_at=found.started_at,
        finished_at=found.finished_at,
        next_attempt_at=next_attempt_at,
        practice=found.practice,
        start_at=found.start_at,
        start_zone=found.start_zone,
    )


def _next_attempt(connection: sa.Connection, campaign_id: int, practice: bool, now: float) -> float | None:
    first_due = connection.scalar(_FIRST_DUE, {"the_campaign": campaign_id})
    held = connection.scalar(_HELD, {"the_lane": lane_of(practice)})
    due = max(first_due or 0.0, held or 0.0)
    return due if due > now else None


def read_history(connection: sa.Connection) -> tuple[CampaignSummary, ...]:
    """All campaigns, newest first."""
    shown = [campaign.c[name] for name in CampaignSummary.__dataclass_fields__ if name != "counts"]
    its_id = request_count.c.campaign_id
    groups = sa.select(its_id, *BY_STATE).group_by(its_id, request_count.c.state)
    rows = connection.execute(sa.select(*shown).order_by(campaign.c.id.desc())).all()
    by_campaign: dict[int, list[tuple[int, int, int]]] = {}
    for campaign_id, state, contacts, paired in connection.execute(groups):
        by_campaign.setdefault(campaign_id, []).append((state, int(contacts), int(paired)))
    return tuple(_summary(row, by_campaign.get(row.id, [])) for row in rows)


def _summary(row: AnyRow, groups: Iterable[tuple[int, int, int]]) -> CampaignSummary:
    values = dict(row._mapping)
    reason = reason_from_text(values.pop("reason"))
    return CampaignSummary(reason=reason, counts=state_counts(groups), **values)
