"""The do-not-contact list of this installation, kept by match keys, with a revision that every change replaces."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from omni.core.match_key import match_key, without_marks
from omni.store.database import Database, clock, insert_if_new
from omni.store.json_text import storable, to_text
from omni.store.locking import take_turn
from omni.store.schema import addition, addition_entry, do_not_contact, revision

LIST: Final = "do_not_contact"
_BATCH: Final = 5_000
_KEYS_A_QUERY: Final = 900
"""Fewer than the parameters that SQLite accepts in one statement."""
_IS_LIST: Final = revision.c.name == LIST
_REVISION: Final = sa.select(revision.c.number).where(_IS_LIST)

# All keys are one parameter, however many they are.
_LISTED_SQLITE: Final = sa.select(do_not_contact.c.key).where(
    do_not_contact.c.key.in_(sa.select(sa.func.json_each(sa.bindparam("keys")).table_valued("value").c.value))
)
_LISTED_POSTGRESQL: Final = sa.select(do_not_contact.c.key).where(
    do_not_contact.c.key == sa.any_(sa.bindparam("keys", type_=postgresql.ARRAY(sa.Text)))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One destination on the list. ``destination`` is normalised; ``added_at`` is in UTC epoch seconds."""

    key: str
    destination: str
    source: str
    added_by: str
    added_at: float


@dataclass(frozen=True, slots=True)
class Addition:
    """Entries that were added together. ``added_at`` is in UTC epoch seconds.

    ``entries`` counts those that are still on the list, ``only_here`` those that no other addition asked for: undoing
    this one removes them.
    """

    id: int
    source: str
    added_by: str
    added_at: float
    entries: int
    only_here: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some of the entries that match, newest first, and the number of all that match."""

    total: int
    entries: tuple[Entry, ...]


class DoNotContact:
    """The do-not-contact list of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, destinations: Iterable[str], source: str, who: str) -> int:
        """Add normalised destinations, all or none; return how many of them were not on the list before.

        They are one addition, which ``undo`` removes as a whole.
        """
        found = {match_key(each): storable(each) for each in destinations}
        with self._database.write() as connection:
            # The turn comes first, so that two transactions that add do not wait for each other, nor count each other's
            # entries.
            take_turn(connection, LIST)
            before = _count(connection)
            now = clock(connection)
            rows = [
                {
                    "key": storable(key),
                    "destination": destination,
                    "source": storable(source),
                    "added_by": who,
                    "added_at": now,
                }
                for key, destination in found.items()
            ]
            for start in range(0, len(rows), _BATCH):
                connection.execute(insert_if_new(connection, do_not_contact), rows[start : start + _BATCH])
            added = _count(connection) - before
            if rows:
                made = connection.scalar(
                    addition.insert()
                    .values(source=storable(source), added_by=who, added_at=now)
                    .returning(addition.c.id)
                )
                entries = [{"addition_id": made, "key": row["key"]} for row in rows]
                for start in range(0, len(entries), _BATCH):
                    connection.execute(addition_entry.insert(), entries[start : start + _BATCH])
            if added:
                _renew_revision(connection)
        return added

    def remove(self, keys: Collection[str]) -> int:
        """Remove entries by their keys; return how many there were."""
        removed = 0
        with self._database.write() as connection:
            take_turn(connection, LIST)
            for some in _in_parts(list(keys)):
                connection.execute(addition_entry.delete().where(addition_entry.c.key.in_(some)))
                removed += connection.execute(do_not_contact.delete().where(do_not_contact.c.key.in_(some))).rowcount
            if removed:
                _renew_revision(connection)
        return removed

    def additions(self, limit: int = 20) -> tuple[Addition, ...]:
        """Return the last additions that still have entries on the list, newest first."""
        other = addition_entry.alias()
        is_elsewhere = sa.exists().where(
            other.c.key == addition_entry.c.key, other.c.addition_id != addition_entry.c.addition_id
        )
        only_here = sa.func.sum(sa.case((is_elsewhere, 0), else_=1))
        newest = (
            sa.select(addition)
            .where(sa.exists().where(addition_entry.c.addition_id == addition.c.id))
            .order_by(addition.c.added_at.desc(), addition.c.id.desc())
            .limit(limit)
        )
        counts = sa.select(addition_entry.c.addition_id, sa.func.count().label("entries"), only_here.label("only_here"))
        with self._database.read() as connection:
            found = connection.execute(newest).all()
            wanted = counts.where(addition_entry.c.addition_id.in_([each.id for each in found]))
            figures = {
                row.addition_id: row for row in connection.execute(wanted.group_by(addition_entry.c.addition_id))
            }
        return tuple(
            Addition(
                each.id,
                each.source,
                each.added_by,
                each.added_at,
                int(figures[each.id].entries),
                int(figures[each.id].only_here),
            )
            for each in found
            if each.id in figures
        )

    def undo(self, addition_id: int) -> int:
        """Undo an addition: remove its entries that no other addition asked for; return how many there were."""
        its_own = addition_entry.c.addition_id == addition_id
        other = addition_entry.alias()
        with self._database.write() as connection:
            take_turn(connection, LIST)
            elsewhere = sa.select(other.c.key).where(other.c.addition_id != addition_id)
            only_here = connection.scalars(
                sa.select(addition_entry.c.key).where(its_own, addition_entry.c.key.not_in(elsewhere))
            ).all()
            connection.execute(addition_entry.delete().where(its_own))
            removed = 0
            for some in _in_parts(only_here):
                removed += connection.execute(do_not_contact.delete().where(do_not_contact.c.key.in_(some))).rowcount
            connection.execute(addition.delete().where(addition.c.id == addition_id))
            if removed:
                _renew_revision(connection)
        return removed

    def page(self, search: str = "", limit: int = 50, offset: int = 0) -> EntryPage:
        """Return entries whose destination contains ``search``, newest first; marks between digits are ignored."""
        wanted = sa.select(do_not_contact)
        if search:
            part = without_marks(search)
            found = do_not_contact.c.destination.icontains(part, autoescape=True)
            wanted = wanted.where(sa.or_(found, do_not_contact.c.key == match_key(part)))
        query = wanted.order_by(do_not_contact.c.added_at.desc(), do_not_contact.c.key).limit(limit).offset(offset)
        with self._database.read() as connection:
            total = int(connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0)
            rows = connection.execute(query).all()
        return EntryPage(total, tuple(Entry(*row) for row in rows))

    def count(self) -> int:
        """Return the number of destinations on the list."""
        with self._database.read() as connection:
            return _count(connection)

    def revision(self) -> int:
        """Return a number that differs after every change; 0 for a list that was never changed."""
        with self._database.read() as connection:
            return read_revision(connection)

    def keys(self) -> tuple[int, Sequence[str]]:
        """Return the revision, and all match keys at that moment."""
        with self._database.read() as connection:
            return read_revision(connection), connection.scalars(sa.select(do_not_contact.c.key)).all()

    def all(self) -> Iterator[Entry]:
        """Yield every entry, in the order of the keys."""
        last = ""
        while True:
            query = sa.select(do_not_contact).where(do_not_contact.c.key > last).order_by(do_not_contact.c.key)
            with self._database.read() as connection:
                rows = connection.execute(query.limit(_BATCH)).all()
            if not rows:
                return
            yield from (Entry(*row) for row in rows)
            last = rows[-1].key


def read_revision(connection: sa.Connection) -> int:
    """Return the list's revision in this transaction."""
    return int(connection.scalar(_REVISION) or 0)


def listed_among(connection: sa.Connection, destinations: Collection[str]) -> set[str]:
    """Return those of ``destinations`` that are on the list now."""
    by_key: dict[str, list[str]] = {}
    for each in destinations:
        by_key.setdefault(match_key(each), []).append(each)
    keys = list(by_key)
    if connection.dialect.name == "postgresql":
        listed = connection.scalars(_LISTED_POSTGRESQL, {"keys": keys})
    else:
        listed = connection.scalars(_LISTED_SQLITE, {"keys": to_text(keys)})
    return {each for key in listed for each in by_key[key]}


def _in_parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _KEYS_A_QUERY] for start in range(0, len(keys), _KEYS_A_QUERY))


def _count(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(do_not_contact)) or 0)


def _renew_revision(connection: sa.Connection) -> None:
    # A random number, because files made from the list are kept beside the database under this number: a database that
    # was restored and then developed differently must not come to the same number again.
    number = secrets.randbelow(2**31 - 1) + 1
    connection.execute(revision.update().where(_IS_LIST).values(number=number))
