"""Campaigns whose changes wake the workers of other machines; on SQLite the worker beside us looks by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from omni.core.unknown import EVERYTHING, Choice, Extent, Resolution
from omni.store.campaigns import Campaigns
from omni.store.creation import Created, NewCampaign, PreparedRequest
from omni.store.database import Database
from omni.store.unknown_requests import Unknowns

if TYPE_CHECKING:
    from omni.cluster.queue import Queue


def campaigns_of(database: Database) -> Campaigns:
    """All campaigns of the database, waking its workers if they are elsewhere."""
    return WakingCampaigns(database) if database.is_postgresql else Campaigns(database)


def unknowns_of(database: Database) -> Unknowns:
    """What is unknown in the database; a decision to send again wakes its workers if they are elsewhere."""
    return WakingUnknowns(database) if database.is_postgresql else Unknowns(database)


def _queue(database: Database) -> Queue:
    # Imported here: with SQLite nothing of it is needed.
    from omni.cluster.queue import Queue

    return Queue(database.conninfo())


class WakingCampaigns(Campaigns):
    """The same, with a word to the workers after each change that gives them something to do."""

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
    """The same, with a word to the workers when something is to be sent again."""

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
