"""Transfer of an SQLite installation to PostgreSQL: every row is copied, read back and compared, in constant memory.

The order of the commits keeps anything from being sent twice: the target's transaction is committed last, after the
source has been marked as moved. A failure in between leaves one database that can send, or none until the command is
run again.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from omni.errors import CampaignError, StoreError, folder_error
from omni.store.database import Database, insert_many
from omni.store.moved import mark_as_moved
from omni.store.schema import COUNTED, IS_SENDING, campaign, limiter, metadata, request, revision, worker

_PREFILLED: Final = (limiter, revision, worker)
"""Tables in which an unused database may have rows: the heartbeat of a worker, and the rows that a new database begins
with. The rows of the source replace them; the revision of its do-not-contact list is the one that its campaigns were
checked against."""
_COPIED: Final = tuple(table for table in metadata.sorted_tables if table not in COUNTED)
"""All tables but the counts, which the target's triggers keep as its requests arrive."""
_ROWS: Final = 2_000
_ROWS_WITH_BLOBS: Final = 4
"""Rows held in memory at once. An answer may be as large as 8 MiB; most are a hundredth of that."""
_REPORT_EVERY: Final = 2_000
_SUM_BYTES: Final = 16

Report = Callable[[float, str], None]
"""Receives the share of the work that is done (0 to 1), and the name of the table."""


@dataclass(slots=True)
class _Sum:
    """The number of rows and the sum of their hashes, which is the same for the same rows in any order."""

    rows: int = 0
    total: int = 0

    def add(self, row: Iterable[object]) -> None:
        digest = blake2b(b"".join(map(_canonical, row)), digest_size=_SUM_BYTES).digest()
        self.total = (self.total + int.from_bytes(digest)) % (1 << 8 * _SUM_BYTES)
        self.rows += 1


def rows_of(source: Database) -> int:
    """Count the rows to be transferred."""
    with source.read() as connection:
        return sum(_count(connection, table) for table in _COPIED)


def refuse_unless_empty(target: Database) -> None:
    """Raise ``StoreError("store.target_used")`` if ``target`` holds any data of an installation."""
    with target.read() as connection:
        _refuse_unless_empty(connection)


def move(source: Database, target: Database, address: str, report: Report) -> Mapping[str, int]:
    """Copy every row from SQLite to an empty PostgreSQL database, compare them, and mark the source as moved.

    ``address`` is the one the mark gives. Returns the number of rows of each table. Raises
    ``CampaignError("campaign.move_running")`` while a campaign runs or a request is in flight, and ``StoreError``:
    ``store.target_used``; ``store.not_copied`` when the copy is not the same; ``store.folder`` when the note of the
    mark cannot be written; ``store.move_unfinished`` when the source may be marked already and the target did not
    confirm.
    """
    is_marked = False
    try:
        with target.write(is_act=False) as into:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            into.execute(sa.text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
            _refuse_unless_empty(into)
            # No other process writes to the source until this is over; one that waited for it is refused then.
            with source.write(is_act=False) as out_of:
                _refuse_while_running(out_of)
                copied = _copy(out_of, into, report)
                assert source.file is not None
                is_marked = True
                mark_as_moved(out_of, source.file, address)
    except OSError as err:
        raise folder_error(err) from err
    except StoreError as err:
        if is_marked:
            raise StoreError("store.move_unfinished", to=address) from err
        raise
    return copied


def _refuse_while_running(connection: sa.Connection) -> None:
    """Raise ``CampaignError("campaign.move_running")`` with the campaigns that run or have requests in flight."""
    sending = sa.select(request.c.campaign_id).where(IS_SENDING)
    found = connection.scalars(
        sa.select(campaign.c.id)
        .where(sa.or_(campaign.c.state == "running", campaign.c.id.in_(sending)))
        .order_by(campaign.c.id)
    ).all()
    if found:
        raise CampaignError("campaign.move_running", n=len(found), ids=", ".join(map(str, found)))


def _refuse_unless_empty(connection: sa.Connection) -> None:
    for table in metadata.sorted_tables:
        if table not in _PREFILLED and connection.scalar(sa.select(sa.exists().select_from(table))):
            raise StoreError("store.target_used")


def _copy(out_of: sa.Connection, into: sa.Connection, report: Report) -> Mapping[str, int]:
    sums: dict[str, _Sum] = {}
    done, total = 0, 2 * max(1, sum(_count(out_of, table) for table in _COPIED))

    def progress_of(rows: Iterable[tuple[Any, ...]], summed: _Sum, name: str) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            summed.add(row)
            if summed.rows % _REPORT_EVERY == 0:
                report((done + summed.rows) / total, name)
            yield row

    for table in _PREFILLED:
        into.execute(table.delete())
    for table in _COPIED:
        sums[str(table.name)] = summed = _Sum()
        names = [column.name for column in table.columns]
        try:
            insert_many(into, table, names, progress_of(_rows(out_of, table), summed, table.name))
        except psycopg.DataError as err:
            raise StoreError("store.not_copied", table=table.name) from err
        done += summed.rows
        _advance_sequence(into, table)
    for table in _COPIED:
        found = _Sum()
        for _ in progress_of(_rows(into, table), found, table.name):
            pass
        if found != sums[table.name]:
            raise StoreError("store.not_copied", table=table.name)
        done += found.rows
    return {name: summed.rows for name, summed in sums.items()}


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    has_blobs = any(isinstance(column.type, sa.LargeBinary) for column in table.columns)
    at_once = _ROWS_WITH_BLOBS if has_blobs else _ROWS
    with connection.execute(sa.select(table).execution_options(yield_per=at_once)) as found:
        for row in found:
            yield tuple(row)


def _advance_sequence(connection: sa.Connection, table: sa.Table) -> None:
    column = table.autoincrement_column
    if column is None:
        return
    highest = connection.scalar(sa.select(sa.func.max(column)))
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def _canonical(value: object) -> bytes:
    """Return the value as bytes, such that no two different rows have the same ones."""
    match value:
        case None:
            return b"n"
        case bytes() | memoryview():
            return b"b%d:" % len(value) + value
        case str():
            text = value.encode()
            return b"s%d:" % len(text) + text
        case float():
            return b"f" + struct.pack("<d", value)
        case int():
            return b"i%d:" % value
    raise AssertionError(type(value))
