"""Contacts and blobs of a campaign, read in pieces because they are too large to be read at once.

``read_all`` yields every contact in the sheet's order, as columns for the report, and reads each request once for all
of its contacts. ``row_ranges`` divides the contacts by the rows of the sheet. ``read_parts`` reads what is kept in
numbered parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa

from omni.core.campaign import ContactState
from omni.store.database import BLOBS, AnyRow, Database
from omni.store.json_text import from_text
from omni.store.schema import STATE_NAMES, UNKNOWN, paired_contact, recipient, request

ROWS: Final = 10_000
"""Rows of the sheet in one range."""
IN_RANGE: Final = (
    recipient.c.campaign_id == sa.bindparam("the_campaign"),
    recipient.c.row.between(sa.bindparam("first"), sa.bindparam("last")),
)
"""Condition for the contacts of one range; ``row_ranges`` yields its parameters."""
_LAST: Final = sa.select(sa.func.max(recipient.c.row)).where(recipient.c.campaign_id == sa.bindparam("the_campaign"))
_NEXT: Final = (
    sa.select(recipient.c.row, recipient.c.request_number, recipient.c.position, recipient.c.plan)
    .where(*IN_RANGE)
    .order_by(recipient.c.row)
    .subquery("page")
)
# Reading a column as one JSON list takes a third of the time of reading its values one by one.
_NEXT_COLUMNS: Final = {
    "sqlite": sa.select(*(sa.func.json_group_array(column) for column in _NEXT.c)),
    "postgresql": sa.select(*(sa.cast(sa.func.json_agg(column), sa.Text) for column in _NEXT.c)),
}
_REQUESTS: Final = sa.select(
    request.c.number,
    request.c.id,
    request.c.state,
    request.c.paired,
    request.c.batch_id,
    request.c.detail,
    request.c.params,
    request.c.finished_at,
).where(
    request.c.campaign_id == sa.bindparam("the_campaign"),
    request.c.number.in_(sa.bindparam("numbers", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class RequestState:
    """The state of a request, which all its contacts share; ``detail`` is a code."""

    number: int
    state: ContactState
    batch_id: str | None
    detail: str | None
    params: Mapping[str, object]
    finished_at: float | None


@dataclass(frozen=True, slots=True)
class ContactChunk:
    """Consecutive contacts of a campaign, in the sheet's order.

    ``request_index`` is the index of each contact's request in ``requests``; ``positions`` is the contact's position in
    that request, from 0. ``with_id`` is true for a contact that is accepted although its request is unknown; the column
    is None if there is no such contact.
    """

    rows: pa.Int64Array
    plans: pa.Int64Array
    positions: pa.Int64Array
    request_index: pa.Int32Array
    requests: Sequence[RequestState]
    with_id: pa.BooleanArray | None


def read_all(database: Database, campaign_id: int) -> Iterator[ContactChunk]:
    """Yield every contact of the campaign in the sheet's order, in chunks."""
    query = _NEXT_COLUMNS["postgresql" if database.is_postgresql else "sqlite"]
    for given in row_ranges(database, campaign_id):
        with database.read() as connection:
            rows, numbers, positions, plans = (
                from_text(column or "[]") for column in connection.execute(query, given).one()
            )
            if not rows:
                continue
            # Neither database promises that an aggregate keeps the order of its input, but both do.
            assert rows == sorted(rows)
            request_index = pa.array(numbers, pa.int64()).dictionary_encode()
            order = request_index.dictionary.to_pylist()
            found = connection.execute(_REQUESTS, {"the_campaign": campaign_id, "numbers": order}).all()
            requests = {row.number: row for row in found}
            of = [requests[number] for number in order]
            with_id = _with_id(connection, of, request_index.indices, positions)
        yield ContactChunk(
            pa.array(rows, pa.int64()),
            pa.array(plans, pa.int64()),
            pa.array(positions, pa.int64()),
            request_index.indices,
            [_state(row) for row in of],
            with_id,
        )


def row_ranges(database: Database, campaign_id: int) -> Iterator[dict[str, int]]:
    """Yield the parameters of ``IN_RANGE``, range by range in the sheet's order; a range may hold no contact.

    A range of rows, and not a number of contacts after the last one: PostgreSQL, which has no statistics of a new
    campaign yet, would expect few to follow, and sort all that is left of a million each time.
    """
    with database.read() as connection:
        end = connection.scalar(_LAST, {"the_campaign": campaign_id})
    for first in range(0, 0 if end is None else end + 1, ROWS):
        yield {"the_campaign": campaign_id, "first": first, "last": first + ROWS - 1}


def read_parts(database: Database, table: sa.Table, campaign_id: int) -> Iterator[bytes]:
    """Yield the campaign's parts in ``table``, in order, as they were given, each read in its own transaction."""
    query = sa.select(table.c.part, table.c.blob).where(table.c.campaign_id == campaign_id)
    query = query.execution_options(**{BLOBS: True})
    part = 0
    while True:
        # The transaction ends before the part is yielded: the caller may be slow, and PostgreSQL ends an idle one.
        with database.read() as connection:
            row = connection.execute(query.where(table.c.part > part).order_by(table.c.part).limit(1)).one_or_none()
        if row is None:
            return
        part = row.part
        yield row.blob


def _state(row: AnyRow) -> RequestState:
    params: Mapping[str, Any] = from_text(row.params) if row.params else {}
    return RequestState(row.number, STATE_NAMES[row.state], row.batch_id, row.detail, params, row.finished_at)


def _with_id(
    connection: sa.Connection, requests: Sequence[AnyRow], request_index: pa.Int32Array, positions: Sequence[int]
) -> pa.BooleanArray | None:
    """Mark the contacts that have an id in a request that is otherwise unknown.

    Returns None if no request has such contacts.
    """
    partly = [row.id for row in requests if row.paired and row.state == UNKNOWN]
    if not partly:
        return None
    query = sa.select(paired_contact.c.request_id, paired_contact.c.position)
    paired = connection.execute(query.where(paired_contact.c.request_id.in_(partly)))
    known = {(request_id, position) for request_id, position in paired}
    ids = [row.id for row in requests]
    return pa.array(
        [(ids[at], position) in known for at, position in zip(request_index.to_pylist(), positions, strict=True)]
    )
