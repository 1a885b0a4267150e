"""Locks on campaigns, taken before anything that belongs to them, and turns that one transaction takes at a time.

Every transaction takes its locks in this order, so that no two of them wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from omni.store.database import insert_if_new
from omni.store.schema import campaign, revision

_THESE: Final = campaign.c.id.in_(sa.bindparam("campaign_ids", expanding=True))
_LOCK: Final = sa.select(campaign.c.id).where(_THESE).order_by(campaign.c.id).with_for_update()
_LOCK_IF_FREE: Final = sa.select(campaign.c.id).where(_THESE).with_for_update(skip_locked=True)


def lock(connection: sa.Connection, campaign_ids: Sequence[int]) -> None:
    """Let no other transaction change these campaigns until this one ends; comes before ``settle``.

    On SQLite there is nothing to do, because only one transaction writes at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"campaign_ids": campaign_ids}).all()


def try_lock(connection: sa.Connection, campaign_id: int) -> bool:
    """Lock a campaign without waiting; return false when another worker holds it.

    For callers that may already hold other campaigns.
    """
    if connection.dialect.name != "postgresql":
        return True
    return connection.scalar(_LOCK_IF_FREE, {"campaign_ids": [campaign_id]}) is not None


def take_turn(connection: sa.Connection, name: str) -> None:
    """Wait for the turn called ``name`` and keep it until the transaction ends; other transactions wait."""
    connection.execute(insert_if_new(connection, revision).values(name=name, number=0))
    connection.execute(sa.select(revision).where(revision.c.name == name).with_for_update())
