"""Campaigns locked before anything that belongs to them, so that no two transactions wait for each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from omni.store.schema import campaign

_THESE: Final = campaign.c.id.in_(sa.bindparam("campaign_ids", expanding=True))
_LOCK: Final = sa.select(campaign.c.id).where(_THESE).order_by(campaign.c.id).with_for_update()
_LOCK_IF_FREE: Final = sa.select(campaign.c.id).where(_THESE).with_for_update(skip_locked=True)


def lock(connection: sa.Connection, campaign_ids: Sequence[int]) -> None:
    """Be the only one to change these campaigns until the transaction ends. Comes before ``settle``."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"campaign_ids": campaign_ids}).all()


def try_lock(connection: sa.Connection, campaign_id: int) -> bool:
    """``lock`` without waiting: false when another worker has it. For one who may hold other campaigns already."""
    if connection.dialect.name != "postgresql":
        return True
    return connection.scalar(_LOCK_IF_FREE, {"campaign_ids": [campaign_id]}) is not None
