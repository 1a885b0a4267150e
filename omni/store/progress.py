"""How far a campaign is: contacts in each state, pace, and when it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CampaignState, ContactState
from omni.errors import CampaignError
from omni.store.counting import Pace, count_contacts, pace_of
from omni.store.database import clock
from omni.store.limiting import lane_of
from omni.store.reason import Reason, reason_from_text
from omni.store.schema import IS_PENDING, campaign, limiter, request

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


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign at one moment. ``counts`` has every contact state and adds up to ``contacts``.

    ``rate`` is in contacts a second over the last ten seconds, ``seconds_left`` looks back as far as ahead, up to a
    minute; ``next_attempt_at`` is set while everything that is left waits for a moment to come. ``start_at`` is when a
    paused campaign starts by itself, meant in ``start_zone``.
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
