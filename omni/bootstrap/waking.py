"""Campaigns whose changes wake the workers of other machines; with SQLite the local worker polls the database."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from omni.core.unknown import EVERYTHING, Choice, Extent, Resolution
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.creation import Created, NewCampaign, PreparedRequest
from omni.store.database import Database
from omni.store.ledger.unknown_requests import Unknowns

if TYPE_CHECKING:
    from omni.cluster.queue import Queue


def campaigns_of(database: Database) -> Campaigns:
    """Return the campaigns of the database; with PostgreSQL, their changes wake its workers."""
    return WakingCampaigns(database) if database.is_postgresql else Campaigns(database)


def unknowns_of(database: Database) -> Unknowns:
    """Return the unknown requests of the database; with PostgreSQL, a decision to send again wakes its workers."""
    return WakingUnknowns(database) if database.is_postgresql else Unknowns(database)


def _queue(database: Database) -> Queue:
    # Imported here because SQLite needs none of it.
    from omni.cluster.queue import Queue

    return Queue(database.conninfo())


class WakingCampaigns(Campaigns):
    """Campaigns that wake the workers after each change that gives them something to do."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._queue = _queue(database)

    def create(
        self,
        new: NewCampaign,
        requests: Iterable[PreparedRequest],
        sheet_parts: Iterable[bytes],
        key_parts: Iterable[bytes] = (),
    ) -> Created:
        created = super().create(new, requests, sheet_parts, key_parts)
        self._wake(new.start_at)
        return created

    def resume(self, campaign_id: int) -> None:
        super().resume(campaign_id)
        self._wake()

    def reschedule(self, campaign_id: int, start_at: float | None, zone: str | None) -> None:
        super().reschedule(campaign_id, start_at, zone)
        if start_at is not None:
            self._wake(start_at)

    def _wake(self, at: float | None = None) -> None:
        self._queue.wake(at if at is not None and at > time.time() else None)


class WakingUnknowns(Unknowns):
    """Unknown requests that wake the workers when an operator decides to send some again."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._queue = _queue(database)

    def decide(
        self,
        campaign_id: int,
        what: Resolution,
        who: str,
        choice: Choice = EVERYTHING,
        expected: Extent | None = None,
    ) -> Extent:
        decided = super().decide(campaign_id, what, who, choice, expected)
        if what == "resend":
            self._queue.wake()
        return decided
