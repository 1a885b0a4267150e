"""The ledger of requests: claims that are committed before anything is sent, and the answers that came back.

The promise that no contact is sent to twice is kept here. A request is claimed in a transaction of its own before its
first byte goes out. It returns to pending only if the provider certainly accepted nothing; any other interruption
leaves it unknown, and then only an operator's decision sends it again.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from omni.core.campaign import Progress
from omni.errors import StoreError
from omni.ports import Claimed, Finished, LaterThan
from omni.store.campaigns.progress import read_progress
from omni.store.database import BLOBS, Database, clock
from omni.store.ledger import workers
from omni.store.ledger.claiming import IDLE, Sends, claim
from omni.store.ledger.rate_limit import set_rate
from omni.store.ledger.recording import record
from omni.store.ledger.withholding import BodyReader
from omni.store.ledger.workers import Worker
from omni.store.restored import journal
from omni.store.schema import (
    IS_PENDING,
    IS_SENDING,
    PENDING,
    SENDING,
    UNKNOWN,
    answer,
    campaign,
    request,
    request_body,
)

_BODIES = (
    sa.select(request_body)
    .where(request_body.c.request_id.in_(sa.bindparam("request_ids", expanding=True)))
    .execution_options(**{BLOBS: True})
)


class Ledger:
    """Claims and outcomes of the requests of all campaigns, and the workers that send them.

    Without ``sends`` it only reads, and claims nothing. With ``bodies`` it removes contacts that have come onto the
    do-not-contact list. Every method raises ``StoreError``; then nothing that it would have claimed may be posted.
    """

    def __init__(self, database: Database, sends: Sends | None = None, bodies: BodyReader | None = None) -> None:
        self._database = database
        self._sends = sends
        self._reader = bodies
        self._turns = 0
        self._last_claim: Claimed | None = None

    def turn(self, owner: str, finished: Sequence[Finished], room: int) -> tuple[Sequence[Claimed], float]:
        """Record ``finished`` and claim up to ``room`` requests for ``owner``, in one transaction.

        Returns the claimed requests and the seconds until more may be due. Raises ``StoreError("store.restored")``,
        once, when the database does not know the last request that was claimed from it.
        """
        self._turns += 1
        with self._database.write(is_act=False) as connection:
            self._check_last_claim(connection)
            now = clock(connection)
            if finished:
                record(connection, now, finished, self._sends.halt if self._sends else None)
            claimed: list[Claimed] = []
            wait = IDLE
            if room > 0 and self._sends is not None:
                claimed, wait = claim(connection, now, owner, room, self._sends, self._turns, self._reader)
        self._last_claim = claimed[-1] if claimed else self._last_claim
        return claimed, wait

    def bodies(self, claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
        """Return the bytes to post, by request id; a body that cannot be unpacked is left out."""
        ids = [each.request_id for each in claimed]
        with self._database.read() as connection:
            rows = connection.execute(_BODIES, {"request_ids": ids}).all()
        found: dict[int, bytes] = {}
        for request_id, packed in rows:
            try:
                found[request_id] = zlib.decompress(packed)
            except zlib.error:
                continue
        return found

    def join(self, owner: str, info: Mapping[str, object], predecessors: str) -> int:
        """Register ``owner`` as a worker; return how many requests of dead workers became unknown.

        Workers whose id begins with ``predecessors`` are known to be dead, because ``owner`` holds their lock.
        """
        with self._database.write(is_act=False) as connection:
            now = clock(connection)
            if self._sends is not None:
                set_rate(connection, self._sends.rate)
            workers.heartbeat(connection, now, owner, info)
            return workers.release_dead_workers(connection, now, owner, predecessors)

    def heartbeat(
        self, owner: str, info: Mapping[str, object], held: Collection[tuple[int, int]], later_than: LaterThan
    ) -> int:
        """Record a heartbeat of ``owner``, and release dead workers and claims that ``owner`` does not know.

        Of the claims of ``owner`` that are not among those ``held`` (request id, attempt), those that were never posted
        become pending; ``later_than`` knows which were posted. Returns how many workers have requests in flight, always
        counting ``owner``. Raises ``StoreError("store.restored")`` as ``turn`` does.
        """
        with self._database.write(is_act=False) as connection:
            self._check_last_claim(connection)
            now = clock(connection)
            workers.heartbeat(connection, now, owner, info)
            workers.return_unposted(connection, now, owner, held, later_than)
            workers.release_dead_workers(connection, now, owner)
            return len(workers.busy(connection) | {owner})

    def leave(self, owner: str) -> None:
        """Remove ``owner`` from the workers; it has no request in flight."""
        with self._database.write(is_act=False) as connection:
            workers.leave(connection, owner)

    def workers(self) -> tuple[Worker, ...]:
        """Return the workers on this ledger, the most recent heartbeat first."""
        with self._database.read() as connection:
            return workers.read_workers(connection)

    def unanswered(self, attempts: Sequence[tuple[int, int]]) -> Sequence[Claimed]:
        """Return those of ``attempts`` (request id, attempt) at requests of this ledger that have no answer yet."""
        ids = {request_id for request_id, _ in attempts}
        about = (
            sa.select(request.c.id, request.c.campaign_id, request.c.number, request.c.contacts, campaign.c.practice)
            .join(campaign, campaign.c.id == request.c.campaign_id)
            .where(request.c.id.in_(ids))
        )
        with self._database.read() as connection:
            known = {row.id: row for row in connection.execute(about)}
            answers = connection.execute(
                sa.select(answer.c.request_id, answer.c.attempt).where(answer.c.request_id.in_(ids))
            )
            answered = {(row.request_id, row.attempt) for row in answers}
        return [
            Claimed(row.id, row.campaign_id, row.number, attempt, row.contacts, row.practice)
            for request_id, attempt in attempts
            if (row := known.get(request_id)) and (request_id, attempt) not in answered
        ]

    def open_attempts(self) -> Mapping[int, int]:
        """Return the number of the last attempt at each request that may still be sent, by request id."""
        query = sa.select(request.c.id, request.c.attempt)
        with self._database.read() as connection:
            rows = connection.execute(query.where(request.c.state.in_((PENDING, SENDING, UNKNOWN))))
            return {row.id: row.attempt for row in rows}

    def is_missing(self, request_ids: Iterable[int]) -> bool:
        """Tell whether any of these requests is of a campaign that is not in this ledger.

        No campaign is ever deleted.
        """
        with self._database.read() as connection:
            return journal.is_missing(connection, request_ids)

    def mark_restored(self, attempts: Mapping[int, int], is_lacking: bool = False) -> int:
        """Make requests unknown that were sent in a later attempt than the ledger knows of.

        Such a ledger was restored from a backup, and so was one that ``is_lacking`` requests that were sent: every
        campaign that runs or would start by itself is paused. Returns the number of requests.
        """
        with self._database.write() as connection:
            return journal.mark_restored(connection, clock(connection), attempts, is_lacking)

    def is_over(self, campaign_id: int) -> bool:
        """Tell whether no request of the campaign is in flight, and none will be unless an operator acts."""
        of_it = sa.select(1).where(request.c.campaign_id == campaign_id)
        query = sa.select(
            sa.exists(of_it.where(IS_SENDING)),
            sa.exists(of_it.where(IS_PENDING)),
            sa.exists().where(campaign.c.id == campaign_id, campaign.c.state == "running"),
        )
        with self._database.read() as connection:
            sending, pending, running = connection.execute(query).one()
        return not sending and not (pending and running)

    def has_running(self) -> bool:
        """Tell whether any campaign is running."""
        query = sa.select(sa.exists().where(campaign.c.state == sa.literal_column("'running'")))
        with self._database.read() as connection:
            return bool(connection.scalar(query))

    def progress(self, campaign_id: int) -> Progress:
        """Return the progress of the campaign. Raises ``CampaignError`` if there is no such campaign."""
        with self._database.read() as connection:
            return read_progress(connection, campaign_id)

    def _check_last_claim(self, connection: sa.Connection) -> None:
        """Raise ``StoreError("store.restored")`` if the database does not know the last claim any more.

        It was restored from a backup, and the claim journal has to be read before anything else is claimed.
        """
        if (last := self._last_claim) and not journal.remembers(connection, last.request_id, last.attempt):
            self._last_claim = None
            raise StoreError("store.restored")
