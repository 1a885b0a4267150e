"""How far a campaign is: contacts in each state, pace, and when it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CONTACT_STATES, CampaignState, ContactState
from omni.errors import CampaignError
from omni.store.database import clock
from omni.store.limiting import lane_of
from omni.store.reason import Reason, reason_from_text
from omni.store.schema import (
    IS_PENDING,
    PENDING,
    SENDING,
    STATE_NAMES,
    UNKNOWN,
    campaign,
    limiter,
    request,
)

WINDOW: Final = 10.0
"""Seconds over which the rate is taken."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign at one moment. ``counts`` has every contact state and adds up to ``contacts``.

    ``rate`` is in contacts a second over the last ten seconds; ``next_attempt_at`` is set while everything
    that is left waits for a moment to come. ``start_at`` is when a paused campaign starts by itself, meant in
    ``start_zone``.
    """

    state: CampaignState
    reason: Reason | None
    contacts: int
    counts: Mapping[ContactState, int]
    requests: int
    requests_finished: int
    rate: float
    seconds_left: float | None
    started_at: float | None
    finished_at: float | None
    next_attempt_at: float | None
    practice: bool
    start_at: float | None
    start_zone: str | None

    @property
    def finished(self) -> int:
        """Contacts that are neither pending nor sending any more."""
        return self.contacts - self.counts["pending"] - self.counts["sending"]


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


def read_progress(connection: sa.Connection, campaign_id: int) -> Progress:
    """The campaign now. Raises ``CampaignError("campaign.not_found")``."""
    found = connection.execute(
        sa.select(
            campaign.c.state, campaign.c.reason, campaign.c.practice, campaign.c.contacts,
            campaign.c.requests, campaign.c.started_at, campaign.c.finished_at, campaign.c.start_at,
            campaign.c.start_zone,
        ).where(campaign.c.id == campaign_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        raise CampaignError("campaign.not_found", id=campaign_id)
    groups = connection.execute(
        sa.select(request.c.state, sa.func.count(), sa.func.sum(request.c.contacts), sa.func.sum(request.c.paired))
        .where(request.c.campaign_id == campaign_id)
        .group_by(request.c.state)
    ).all()
    counts = state_counts((state, int(contacts), int(paired)) for state, _, contacts, paired in groups)
    requests_open = sum(count for state, count, _, _ in groups if state in (PENDING, SENDING))
    rate, next_attempt_at = 0.0, None
    if found.state == "running":
        now = clock(connection)
        rate = _rate(connection, campaign_id, found.started_at, now)
        if counts["pending"] and not counts["sending"]:
            next_attempt_at = _next_attempt(connection, campaign_id, found.practice, now)
    contacts_open = counts["pending"] + counts["sending"]
    return Progress(
        state=found.state,
        reason=reason_from_text(found.reason),
        contacts=found.contacts,
        counts=counts,
        requests=found.requests,
        requests_finished=found.requests - requests_open,
        rate=rate,
        seconds_left=contacts_open / rate if rate and contacts_open else None,
        started_at=found.started_at,
        finished_at=found.finished_at,
        next_attempt_at=next_attempt_at,
        practice=found.practice,
        start_at=found.start_at,
        start_zone=found.start_zone,
    )


def _rate(connection: sa.Connection, campaign_id: int, started_at: float | None, now: float) -> float:
    recent = connection.scalar(
        sa.select(sa.func.sum(request.c.contacts)).where(
            request.c.campaign_id == campaign_id, request.c.finished_at > now - WINDOW
        )
    )
    since_start = now - started_at if started_at is not None else WINDOW
    return int(recent or 0) / min(WINDOW, max(1.0, since_start))


def _next_attempt(connection: sa.Connection, campaign_id: int, practice: bool, now: float) -> float | None:
    first_due = connection.scalar(
        sa.select(sa.func.min(request.c.not_before)).where(request.c.campaign_id == campaign_id, IS_PENDING)
    )
    held = connection.scalar(sa.select(limiter.c.held_until).where(limiter.c.lane == lane_of(practice)))
    due = max(first_due or 0.0, held or 0.0)
    return due if due > now else None
