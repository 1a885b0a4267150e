"""Progress of a campaign, its contacts counted by state, and the history of all campaigns.

Triggers of the database keep sums as requests change, by state and by the second in which requests ended, so nothing
here reads the requests to count them. The progress also has the pace and the moment at which sending goes on; the
history has one line per campaign.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CONTACT_STATES, CampaignSummary, ContactState, Progress
from omni.errors import CampaignError
from omni.store.campaigns.pause_reason import reason_from_text
from omni.store.database import AnyRow, clock
from omni.store.ledger.rate_limit import lane_of
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
"""Full seconds over which the rate is taken; the present second is added to them."""
_LOOKBACK: Final = 60
"""Most seconds from which the time to come is estimated: as many as the estimate looks ahead."""
_TOLERANCE: Final = 0.25
"""Share by which the longer span may differ from the last seconds; beyond it, the last seconds count."""
_OF_IT: Final = request_count.c.campaign_id == sa.bindparam("the_campaign")
BY_STATE: Final = (
    request_count.c.state,
    sa.func.sum(request_count.c.contacts),
    sa.func.sum(request_count.c.paired),
)
"""Columns of a query that is grouped by state."""
_COUNTED: Final = sa.select(*BY_STATE, sa.func.sum(request_count.c.requests)).where(_OF_IT).group_by(BY_STATE[0])
_ENDED: Final = (
    sa.select(request_pace.c.second, sa.func.sum(request_pace.c.contacts))
    .where(
        request_pace.c.campaign_id == sa.bindparam("the_campaign"),
        # Without what ended later than now: the clock was set back.
        request_pace.c.second.between(sa.bindparam("since"), sa.bindparam("until")),
    )
    .group_by(request_pace.c.second)
    .order_by(request_pace.c.second.desc())
)
# Built once, because pages ask again and again.
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


@dataclass(frozen=True, slots=True)
class Pace:
    """Contacts per second: ``rate`` over the last ten seconds, ``expected`` for the time to come."""

    rate: float
    expected: float


def read_progress(connection: sa.Connection, campaign_id: int) -> Progress:
    """Return the progress of the campaign at this moment. Raises ``CampaignError("campaign.not_found")``."""
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
        seconds_left=contacts_open / pace.expected if pace.expected and contacts_open else None,
        started_at=found.started_at,
        finished_at=found.finished_at,
        next_attempt_at=next_attempt_at,
        practice=found.practice,
        start_at=found.start_at,
        start_zone=found.start_zone,
    )


def read_history(connection: sa.Connection) -> tuple[CampaignSummary, ...]:
    """Return all campaigns, newest first."""
    shown = [campaign.c[name] for name in CampaignSummary.__dataclass_fields__ if name != "counts"]
    its_id = request_count.c.campaign_id
    groups = sa.select(its_id, *BY_STATE).group_by(its_id, request_count.c.state)
    rows = connection.execute(sa.select(*shown).order_by(campaign.c.id.desc())).all()
    by_campaign: dict[int, list[tuple[int, int, int]]] = {}
    for campaign_id, state, contacts, paired in connection.execute(groups):
        by_campaign.setdefault(campaign_id, []).append((state, int(contacts), int(paired)))
    return tuple(_summary(row, by_campaign.get(row.id, [])) for row in rows)


def count_contacts(connection: sa.Connection, campaign_id: int) -> tuple[dict[ContactState, int], int]:
    """Count the contacts of the campaign by state, and its requests that are pending or sending."""
    rows = connection.execute(_COUNTED, {"the_campaign": campaign_id}).all()
    is_open = sum(int(requests) for state, _, _, requests in rows if state in (PENDING, SENDING))
    return state_counts((state, int(contacts), int(paired)) for state, contacts, paired, _ in rows), is_open


def state_counts(rows: Iterable[tuple[int, int, int]]) -> dict[ContactState, int]:
    """Count contacts by state, from (request state, contacts, contacts with an id) of any groups of requests.

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
    """Return the present pace of the campaign and the pace expected for the ``contacts_open``.

    Ten seconds are too few to predict a minute: a hiccup in them would be taken for the pace of all that is left.
    """
    until = math.floor(now)
    given = {"the_campaign": campaign_id, "since": until - _LOOKBACK, "until": until}
    ended = [(int(second), int(contacts)) for second, contacts in connection.execute(_ENDED, given)]
    since_start = _LOOKBACK if started_at is None else now - started_at
    rate = _rate(ended, until - _WINDOW, now, since_start)
    if not rate:
        return Pace(rate, rate)
    span = min(max(contacts_open / rate, _WINDOW), _LOOKBACK, _seconds_since_pause(ended, until))
    expected = _rate(ended, until - math.ceil(span), now, since_start)
    return Pace(rate, expected if abs(expected - rate) < rate * _TOLERANCE else rate)


def _rate(ended: Sequence[tuple[int, int]], since: int, now: float, since_start: float) -> float:
    return sum(contacts for second, contacts in ended if second >= since) / max(1.0, min(now - since, since_start))


def _seconds_since_pause(ended: Iterable[tuple[int, int]], until: int) -> int:
    """Return the seconds since the last pause: a span, longer than the rate's window, in which nothing ended."""
    first = until
    for second, _ in ended:
        if first - second > _WINDOW:
            break
        first = second
    return until - first


def _next_attempt(connection: sa.Connection, campaign_id: int, practice: bool, now: float) -> float | None:
    """Return the moment at which pending requests may be sent; None if some may be sent now."""
    first_due = connection.scalar(_FIRST_DUE, {"the_campaign": campaign_id})
    held = connection.scalar(_HELD, {"the_lane": lane_of(practice)})
    due = max(first_due or 0.0, held or 0.0)
    return due if due > now else None


def _summary(row: AnyRow, groups: Iterable[tuple[int, int, int]]) -> CampaignSummary:
    values = dict(row._mapping)
    reason = reason_from_text(values.pop("reason"))
    return CampaignSummary(reason=reason, counts=state_counts(groups), **values)
