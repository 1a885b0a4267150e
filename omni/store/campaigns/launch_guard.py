"""Guard of a launch: no campaign may have been created since the earlier ones were checked for recent sends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.errors import CampaignError
from omni.store.json_text import to_text
from omni.store.locking import take_turn
from omni.store.schema import campaign, decision

DAY: Final = 86_400.0
DECIDED: Final = "repeats."
"""Beginning of the decision codes about recent sends; the choice follows."""


@dataclass(frozen=True, slots=True)
class RecentSendsSeen:
    """All campaigns of the last ``days`` days, which were checked for contacts of the new one.

    ``choice`` is the operator's decision about the contacts found in them, with its ``params``; empty when there were
    none.
    """

    campaigns: Collection[int]
    days: int
    choice: str
    params: Mapping[str, object]


def wait_for_turn(connection: sa.Connection, practice: bool) -> None:
    """Let no other transaction create a campaign, of practice or for real, until this one ends."""
    take_turn(connection, "campaigns.practice" if practice else "campaigns.live")


def require_recent_sends_seen(
    connection: sa.Connection, made: int, practice: bool, seen: RecentSendsSeen, who: str, now: float
) -> None:
    """Make sure that no campaign was created that is not among those ``seen``, and record the operator's choice.

    ``made`` is the new campaign; the caller has the turn (``wait_for_turn``). Raises
    ``CampaignError("campaign.repeats_changed")``.
    """
    there = connection.scalars(sa.select(campaign.c.id).where(*in_window(practice, now - seen.days * DAY)))
    if not set(there) <= {made, *seen.campaigns}:
        raise CampaignError("campaign.repeats_changed")
    if seen.choice:
        connection.execute(
            decision.insert().values(
                campaign_id=made,
                what=DECIDED + seen.choice,
                who=who,
                at=now,
                params=to_text({**seen.params, "days": seen.days}),
            )
        )


def in_window(practice: bool, since: float) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for campaigns that may have sent after ``since``; an open one may do so at any time."""
    ended_in_it = sa.or_(campaign.c.finished_at.is_(None), campaign.c.finished_at > since)
    return campaign.c.practice == practice, ended_in_it
