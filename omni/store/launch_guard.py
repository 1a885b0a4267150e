"""What was known of earlier campaigns when one was about to be made, and that no other came in between."""

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


@dataclass(frozen=True, slots=True)
class RecentSendsSeen:
    """``campaigns``, all of the last ``days`` days, were looked through for contacts of the one to be made.

    ``choice`` is what a person decided about those who were found in them, with its ``params``; empty when nobody was.
    """

    campaigns: Collection[int]
    days: int
    choice: str
    params: Mapping[str, object]


def wait_for_turn(connection: sa.Connection, practice: bool) -> None:
    """Be the only one who makes a campaign, of practice or for real, until the transaction ends."""
    take_turn(connection, "campaigns.practice" if practice else "campaigns.live")


def require_recent_sends_seen(
    connection: sa.Connection, made: int, practice: bool, seen: RecentSendsSeen, who: str, now: float
) -> None:
    """Make sure that no campaign was made since that is not ``seen`` through, and note what was decided.

    ``made`` is the new one; it is our turn. Raises ``CampaignError("campaign.repeats_changed")``.
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
    """What holds for campaigns that may have sent to somebody after ``since``; one still open may do so any time."""
    ended_in_it = sa.or_(campaign.c.finished_at.is_(None), campaign.c.finished_at > since)
    return campaign.c.practice == practice, ended_in_it
