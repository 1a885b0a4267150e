"""An SQLite installation copied into PostgreSQL: every row, checked by reading it back, in memory that stays flat.

The order is what keeps anything from being sent twice: the target's transaction is committed last, after the source
has been marked. Whatever breaks in between leaves one database that can send, or none until the command is repeated.
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

_THERE_ALREADY: Final = (limiter, revision, worker)
"""Tables that a database nobody has used may have rows in: a beat of a worker, and what a new database begins with.
Those of the source take their place; the revision of its do-not-contact list is what its campaigns were checked by."""
_COPIED: Final = tuple(table for table in metadata.sorted_tables if table not in COUNTED)
"""What is counted is counted by the target itself, as its requests arrive."""
_ROWS: Final = 2_000
_ROWS_WITH_BLOBS: Final = 4
"""Rows held at once. An answer may be as large as 8 MiB; most are a hundredth of that."""
_TELL_EVERY: Final = 2_000
_SUM_BYTES: Final = 16

Tell = Callable[[float, str], None]
"""Told what share of the work is done, and the table it is at."""


@dataclass(slots=True)
class _Sum:
    """Rows seen, and the sum of their hashes: the same for the same rows in any order."""

    rows: int = 0
    total: int = 0

    def add(self, row: Iterable[object]) -> None:
        digest = blake2b(b"".join(map(_canonical, row)), digest_size=_SUM_BYTES).digest()
        self.total = (self.total + int.from_bytes(digest)) % (1 << 8 * _SUM_BYTES)
        self.rows += 1


def rows_of(source: Database) -> int:
    """How many rows there are to move."""
    with source.read() as connection:
        return sum(_count(connection, table) for table in _COPIED)


def refuse_unless_empty(target: Database) -> None:
    """Raises ``StoreError("store.target_used")`` when ``target`` holds anything of an installation."""
    with target.read() as connection:
        _refuse_unless_empty(connection)


def move(source: Database, target: Database, address: str, tell: Tell) -> Mapping[str, int]:
    """Copy everything from SQLite to an empty PostgreSQL database, compare, and leave the source for ``address``.

    Returns the rows of each table. Raises ``CampaignError("campaign.move_running")`` while a campaign runs or a
    request is on its way, and ``StoreError``: ``store.target_used``, ``store.not_copied`` when the copy is not the
    same, ``store.move_unfinished`` when the source may be left already and the target did not confirm.
    """
    is_left = False
    try:
        with target.write(is_act=False) as into:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            into.execute(sa.text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
            _refuse_unless_empty(into)
            # Nobody writes to the source until this is over; whoever waited for that is refused then.
            with source.write(is_act=False) as out_of:
                _refuse_while_running(out_of)
                copied = _copy(out_of, into, tell)
                assert source.file is not None
                is_left = True
                mark_as_moved(out_of, source.file, address)
    except OSError as err:
        raise folder_error(err) from err
    except StoreError as err:
        if is_left:
            raise StoreError("store.move_unfinished", to=address) from err
        raise
    return copied


def _refuse_while_running(connection: sa.Connection) -> None:
    """Raises ``CampaignError("campaign.move_running")`` naming the campaigns that are not at rest."""
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
        if table not in _THERE_ALREADY and connection.scalar(sa.select(sa.exists().select_from(table))):
            raise StoreError("store.target_used")


def _copy(out_of: sa.Connection, into: sa.Connection, tell: Tell) -> Mapping[str, int]:
    sums: dict[str, _Sum] = {}
    done, whole = 0, 2 * max(1, sum(_count(out_of, table) for table in _COPIED))

    def progress_of(rows: Iterable[tuple[Any, ...]], summed: _Sum, name: str) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            summed.add(row)
            if summed.rows % _TELL_EVERY == 0:
                tell((done + summed.rows) / whole, name)
            yield row

    for table in _THERE_ALREADY:
        into.execute(table.delete())
    for table in _COPIED:
        sums[str(table.name)] = summed = _Sum()
        names = [column.name for column in table.columns]
        try:
            insert_many(into, table, names, progress_of(_rows(out_of, table), summed, table.name))
        except psycopg.DataError as err:
            raise StoreError("store.not_copied", table=table.name) from err
        done += summed.rows
        _move_sequence_on(into, table)
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


def _move_sequence_on(connection: sa.Connection, table: sa.Table) -> None:
    column = table.autoincrement_column
    if column is None:
        return
    highest = connection.scalar(sa.select(sa.func.max(column)))
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def _canonical(value: object) -> bytes:
    """The value so that no two different rows read alike."""
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
