"""Whose turn it is: campaigns locked before anything that belongs to them, so that no two transactions wait for each
other, and turns for what one transaction does at a time."""

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
    """Be the only one to change these campaigns until the transaction ends. Comes before ``settle``."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"campaign_ids": campaign_ids}).all()


def try_lock(connection: sa.Connection, campaign_id: int) -> bool:
    """``lock`` without waiting: false when another worker has it. For one who may hold other campaigns already."""
    if connection.dialect.name != "postgresql":
        return True
    return connection.scalar(_LOCK_IF_FREE, {"campaign_ids": [campaign_id]}) is not None


def take_turn(connection: sa.Connection, name: str) -> None:
    """Be the only one to do what ``name`` stands for until the transaction ends; the others wait."""
    connection.execute(insert_if_new(connection, revision).values(name=name, number=0))
    connection.execute(sa.select(revision).where(revision.c.name == name).with_for_update())
