"""Workers registered on a database: their heartbeats, and the requests of workers that died.

``Presence`` is for a worker that waits because nothing is to be sent. It shows itself to the others, and does from time
to time what any one worker has to do for all: release dead workers and start scheduled campaigns.
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
from omni.store.restored.journal import mark_restored
from omni.store.schema import IS_SENDING, campaign, request, worker

LEASE: Final = 30.0
"""Seconds without a heartbeat after which a worker is considered dead. A wrong guess does no harm: its requests become
unknown, and its answers still count when they come."""
_NO_WORKER = ""
"""The owner to spare when no worker is to be spared."""
_BUSY: Final = sa.select(request.c.owner).where(IS_SENDING).distinct()
_CLAIMED: Final = sa.select(request.c.id, request.c.attempt).where(
    IS_SENDING, request.c.owner == sa.bindparam("the_owner")
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A registered worker; ``beat`` is its last heartbeat. Times are UTC epoch seconds."""

    id: str
    beat: float
    started_at: float
    info: Mapping[str, Any]


class Presence:
    """Entries of waiting workers in the ledger's list of workers. Every method raises ``StoreError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def show(self, who: str, info: Mapping[str, object]) -> None:
        """Record a heartbeat of ``who``, a worker that holds no request."""
        with self._database.write(is_act=False) as connection:
            heartbeat(connection, clock(connection), who, info)

    def leave(self, who: str) -> None:
        """Remove ``who`` from the list."""
        with self._database.write(is_act=False) as connection:
            leave(connection, who)

    def sweep(self) -> bool:
        """Release dead workers and start due campaigns; return whether any campaign is running.

        Requests that dead workers had in flight become unknown.
        """
        with self._database.write(is_act=False) as connection:
            now = clock(connection)
            release_dead_workers(connection, now, _NO_WORKER)
            start_due(connection, now)
            return bool(connection.scalar(sa.select(sa.exists().where(campaign.c.state == "running"))))


def read_workers(connection: sa.Connection) -> tuple[Worker, ...]:
    """Return all workers, the most recent heartbeat first."""
    rows = connection.execute(sa.select(worker).order_by(worker.c.beat.desc())).all()
    return tuple(Worker(row.id, row.beat, row.started_at, from_text(row.info)) for row in rows)


def read_processes(database: Database) -> list[Worker]:
    """Return the workers, one for each process, the one with the latest heartbeat first. Raises ``StoreError``."""
    found: dict[tuple[object, object], Worker] = {}
    with database.read() as connection:
        for each in read_workers(connection):
            found.setdefault((each.info.get("host"), each.info.get("pid")), each)
    return list(found.values())


def heartbeat(connection: sa.Connection, now: float, owner: str, info: Mapping[str, object]) -> None:
    """Record a heartbeat of ``owner``, even if other workers already considered it dead."""
    row = insert_if_new(connection, worker)
    connection.execute(row.values(id=owner, beat=now, started_at=now, info=to_text(dict(info))))
    connection.execute(worker.update().where(worker.c.id == owner).values(beat=now))


def busy(connection: sa.Connection) -> set[str]:
    """Return the workers that have requests in flight."""
    return set(connection.scalars(_BUSY))


def leave(connection: sa.Connection, owner: str) -> None:
    """Remove a worker that has ended in order."""
    connection.execute(worker.delete().where(worker.c.id == owner))


def release_dead_workers(connection: sa.Connection, now: float, owner: str, predecessors: str | None = None) -> int:
    """Make the requests unknown that dead workers had in flight; return how many they were.

    A worker other than ``owner`` is dead if it gave no heartbeat for the time of the lease, or if its id begins with
    ``predecessors``. A heartbeat from the future does not count: it was given before the clock was set back, and a
    living worker soon gives another one.
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
    """Make claims of ``owner`` pending again that are not among those it ``held`` (request id, attempt).

    Such claims were committed although the commit was reported as failed, so they were never posted. Those that were
    posted, as ``later_than`` says, are open because the database was restored from a backup: they become unknown.
    Returns the number of requests that are pending again.
    """
    mine = connection.execute(_CLAIMED, {"the_owner": owner})
    unheld = {row.id: row.attempt for row in mine if (row.id, row.attempt) not in held}
    if not unheld:
        return 0
    posted = later_than({request_id: attempt - 1 for request_id, attempt in unheld.items()})
    mark_restored(connection, now, posted)
    returned = [
        row
        for request_id, attempt in unheld.items()
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
