"""Who is sending: a row a worker with its heartbeat, and what becomes of the requests of one that died.

Workers that wait: seen by others while nothing is to be sent, and what one of them does now and then for all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from omni.ports import LaterThan
from omni.store.campaign_states import settle, start_due
from omni.store.database import AnyRow, Database, clock, insert_if_new
from omni.store.json_text import from_text, to_text
from omni.store.locking import lock
from omni.store.request_states import RETURN_UNPOSTED, lose_orphans
from omni.store.restored_journal import mark_restored
from omni.store.schema import IS_SENDING, campaign, request, worker

LEASE: Final = 30.0
"""Seconds without a heartbeat after which a worker is taken for dead. A wrong guess does no harm: its
requests turn unknown, and its answers still count when they come."""
_BUSY: Final = sa.select(request.c.owner).where(IS_SENDING).distinct()
_CLAIMED: Final = sa.select(request.c.id, request.c.attempt).where(
    IS_SENDING, request.c.owner == sa.bindparam("the_owner")
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker; ``beat`` is its last sign of life, in UTC epoch seconds."""

    id: str
    beat: float
    started_at: float
    info: Mapping[str, Any]


def read_workers(connection: sa.Connection) -> tuple[Worker, ...]:
    """All workers, the one heard from last first."""
    rows = connection.execute(sa.select(worker).order_by(worker.c.beat.desc())).all()
    return tuple(Worker(row.id, row.beat, row.started_at, from_text(row.info)) for row in rows)


def heartbeat(connection: sa.Connection, now: float, owner: str, info: Mapping[str, object]) -> None:
    """Set the heartbeat of ``owner``, also when others have already given it up."""
    row = insert_if_new(connection, worker)
    connection.execute(row.values(id=owner, beat=now, started_at=now, info=to_text(dict(info))))
    connection.execute(worker.update().where(worker.c.id == owner).values(beat=now))


def busy(connection: sa.Connection) -> set[str]:
    """The workers that have requests on their way."""
    return set(connection.scalars(_BUSY))


def leave(connection: sa.Connection, owner: str) -> None:
    """Forget a worker that has ended in order."""
    connection.execute(worker.delete().where(worker.c.id == owner))


def release_dead_workers(connection: sa.Connection, now: float, owner: str, predecessors: str | None = None) -> int:
    """Turn what dead workers had on its way into unknown; returns the number of requests.

    Dead is who gave no sign of life for the time of the lease, and whose id begins with ``predecessors``. A sign from
    the future was given before the clock was set back; who lives gives another one soon.
    """
    is_dead = sa.or_(worker.c.beat < now - LEASE, worker.c.beat > now + LEASE)
    if predecessors:
        is_dead = sa.or_(is_dead, worker.c.id.startswith(predecessors, autoescape=True))
    connection.execute(worker.delete().where(worker.c.id != owner, is_dead))
    orphans = connection.execute(lose_orphans(owner, now)).all()
    _settle(connection, now, orphans)
    return len(orphans)


def return_unposted(
    connection: sa.Connection, now: float, owner: str, held: Collection[tuple[int, int]], later_than: LaterThan
) -> int:
    """Return to pending what is claimed for ``owner`` but not among those it ``held`` (request id, attempt).

    Such claims were committed although the commit was reported as failed, so they were never posted. Those that were,
    as ``later_than`` says, are open in a copy of the database that was put back: they become unknown.
    """
    mine = connection.execute(_CLAIMED, {"the_owner": owner})
    strays = {row.id: row.attempt for row in mine if (row.id, row.attempt) not in held}
    if not strays:
        return 0
    posted = later_than({request_id: attempt - 1 for request_id, attempt in strays.items()})
    mark_restored(connection, now, posted)
    returned = [
        row
        for request_id, attempt in strays.items()
        if request_id not in posted
        for row in connection.execute(
            RETURN_UNPOSTED, {"the_owner": owner, "the_id": request_id, "the_attempt": attempt}
        )
    ]
    _settle(connection, now, returned)
    return len(returned)


def _settle(connection: sa.Connection, now: float, changed: Sequence[AnyRow]) -> None:
    campaign_ids = sorted({row.campaign_id for row in changed})
    if campaign_ids:
        lock(connection, campaign_ids)
        settle(connection, now, campaign_ids)


NOBODY = ""


class Presence:
    """Who is there, on the ledger's own list of workers. Every method raises ``StoreError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def show(self, who: str, info: Mapping[str, object]) -> None:
        """A sign of life of ``who``, who holds no request."""
        with self._database.write(is_act=False) as connection:
            heartbeat(connection, clock(connection), who, info)

    def leave(self, who: str) -> None:
        """``who`` is there no more."""
        with self._database.write(is_act=False) as connection:
            leave(connection, who)

    def sweep(self) -> bool:
        """End what dead workers had on its way, start the campaigns whose time has come; true when any is running."""
        with self._database.write(is_act=False) as connection:
            now = clock(connection)
            release_dead_workers(connection, now, NOBODY)
            start_due(connection, now)
            return bool(connection.scalar(sa.select(sa.exists().where(campaign.c.state == "running"))))
