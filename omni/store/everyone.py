"""Every contact of a campaign in the sheet's order, for the report: each request read once for all of its contacts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import ContactState
from omni.store.database import AnyRow, Database
from omni.store.json_text import from_text
from omni.store.recipients import Recipient
from omni.store.schema import STATE_NAMES, UNKNOWN, paired_contact, recipient, request

_CHUNK: Final = 5_000
_NEXT: Final = (
    sa.select(
        recipient.c.row, recipient.c.destination, recipient.c.plan, recipient.c.request_number, recipient.c.position
    )
    .where(recipient.c.campaign_id == sa.bindparam("the_campaign"), recipient.c.row > sa.bindparam("last"))
    .order_by(recipient.c.row)
    .limit(_CHUNK)
)
_REQUESTS: Final = sa.select(
    request.c.number, request.c.id, request.c.state, request.c.paired, request.c.batch_id, request.c.detail,
    request.c.params, request.c.finished_at,
).where(
    request.c.campaign_id == sa.bindparam("the_campaign"),
    request.c.number.in_(sa.bindparam("numbers", expanding=True)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Request:
    """What the contacts of a request have in common."""

    id: int
    code: int
    paired: int
    state: ContactState
    batch_id: str | None
    detail: str | None
    params: Mapping[str, object]
    finished_at: float | None


def read_all(database: Database, campaign_id: int) -> Iterator[tuple[Recipient, ...]]:
    """Every contact of the campaign in the sheet's order, in chunks."""
    last = -1
    while True:
        with database.read() as connection:
            rows = connection.execute(_NEXT, {"the_campaign": campaign_id, "last": last}).all()
            requests = _requests(connection, campaign_id, {row.request_number for row in rows})
            known = _with_id(connection, [each.id for each in requests.values() if each.paired])
        if not rows:
            return
        yield tuple(_at(row, requests[row.request_number], known) for row in rows)
        last = rows[-1].row


def _requests(connection: sa.Connection, campaign_id: int, numbers: Collection[int]) -> dict[int, _Request]:
    rows = connection.execute(_REQUESTS, {"the_campaign": campaign_id, "numbers": list(numbers)}).all()
    return {
        row.number: _Request(
            row.id, row.state, row.paired, STATE_NAMES[row.state], row.batch_id, row.detail,
            from_text(row.params) if row.params else {}, row.finished_at,
        )
        for row in rows
    }  # fmt: skip


def _with_id(connection: sa.Connection, request_ids: Sequence[int]) -> set[tuple[int, int]]:
    """The places, as request id and position, of the contacts with an id among requests that are otherwise unknown."""
    if not request_ids:
        return set()
    query = sa.select(paired_contact.c.request_id, paired_contact.c.position)
    return {(row[0], row[1]) for row in connection.execute(query.where(paired_contact.c.request_id.in_(request_ids)))}


def _at(row: AnyRow, of: _Request, known: Collection[tuple[int, int]]) -> Recipient:
    number, destination, plan, request_number, position = row
    has_id = bool(known) and of.code == UNKNOWN and (of.id, position) in known
    state = "accepted" if has_id else of.state
    return Recipient(
        number, destination, plan, request_number, position, state, of.batch_id, of.detail, of.params, of.finished_at
    )
