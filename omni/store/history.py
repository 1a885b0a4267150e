"""The history: a line for every campaign, with what became of its contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from omni.core.campaign import CampaignState, ContactState
from omni.store.counting import BY_STATE, state_counts
from omni.store.database import AnyRow
from omni.store.reason import Reason, reason_from_text
from omni.store.schema import campaign, request_count


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A line of the history: ``counts`` has every contact state and adds up to ``contacts``."""

    id: int
    name: str
    state: CampaignState
    reason: Reason | None
    practice: bool
    account: str
    contacts: int
    requests: int
    created_by: str
    created_at: float
    started_at: float | None
    finished_at: float | None
    start_at: float | None
    start_zone: str | None
    counts: Mapping[ContactState, int]


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
