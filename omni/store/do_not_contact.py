"""Whom nothing is sent to, on this installation: kept by match keys, with a revision that every change replaces."""

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
from omni.store.schema import do_not_contact, revision

LIST: Final = "do_not_contact"
_AT_ONCE: Final = 5_000
_KEYS_A_QUERY: Final = 900
"""Below what SQLite takes as parameters in one statement."""
_ITS_REVISION: Final = revision.c.name == LIST
_REVISION: Final = sa.select(revision.c.number).where(_ITS_REVISION)

# The keys asked for are one parameter, however many they are.
_ON_IT_SQLITE: Final = sa.select(do_not_contact.c.key).where(
    do_not_contact.c.key.in_(sa.select(sa.func.json_each(sa.bindparam("keys")).table_valued("value").c.value))
)
_ON_IT_POSTGRESQL: Final = sa.select(do_not_contact.c.key).where(
    do_not_contact.c.key == sa.any_(sa.bindparam("keys", type_=postgresql.ARRAY(sa.Text)))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One destination on the list. ``destination`` is normalised; ``added_at`` is UTC epoch seconds."""

    key: str
    destination: str
    source: str
    added_by: str
    added_at: float


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some of the entries that match, the newest first, and how many match in all."""

    total: int
    entries: tuple[Entry, ...]


class DoNotContact:
    """The list of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, destinations: Iterable[str], source: str, who: str) -> int:
        """Put normalised destinations on the list; returns how many were not on it before. All of them, or none."""
        found = {match_key(each): storable(each) for each in destinations}
        with self._database.write() as connection:
            # First, so that two who add do not wait for each other, nor count what the other one added.
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
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(insert_if_new(connection, do_not_contact), rows[start : start + _AT_ONCE])
            added = _count(connection) - before
            if added:
                _move_on(connection)
        return added

    def remove(self, keys: Collection[str]) -> int:
        """Take entries off the list; returns how many there were."""
        removed = 0
        with self._database.write() as connection:
            take_turn(connection, LIST)
            for some in _in_parts(list(keys)):
                removed += connection.execute(do_not_contact.delete().where(do_not_contact.c.key.in_(some))).rowcount
            if removed:
                _move_on(connection)
        return removed

    def page(self, search: str = "", limit: int = 50, offset: int = 0) -> EntryPage:
        """Entries of which the destination contains ``search``, digits in whatever dress, the newest first."""
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
        """How many destinations are on it."""
        with self._database.read() as connection:
            return _count(connection)

    def revision(self) -> int:
        """A number that is another one after every change; 0 for a list that was never touched."""
        with self._database.read() as connection:
            return read_revision(connection)

    def keys(self) -> tuple[int, Sequence[str]]:
        """The revision, and all match keys of that moment."""
        with self._database.read() as connection:
            return read_revision(connection), connection.scalars(sa.select(do_not_contact.c.key)).all()

    def all(self) -> Iterator[Entry]:
        """Every entry, by key."""
        last = ""
        while True:
            query = sa.select(do_not_contact).where(do_not_contact.c.key > last).order_by(do_not_contact.c.key)
            with self._database.read() as connection:
                rows = connection.execute(query.limit(_AT_ONCE)).all()
            if not rows:
                return
            yield from (Entry(*row) for row in rows)
            last = rows[-1].key


def read_revision(connection: sa.Connection) -> int:
    """The list's revision in this transaction."""
    return int(connection.scalar(_REVISION) or 0)


def listed_among(connection: sa.Connection, destinations: Collection[str]) -> set[str]:
    """Those of ``destinations`` that are on the list now."""
    by_key: dict[str, list[str]] = {}
    for each in destinations:
        by_key.setdefault(match_key(each), []).append(each)
    keys = list(by_key)
    if connection.dialect.name == "postgresql":
        on_it = connection.scalars(_ON_IT_POSTGRESQL, {"keys": keys})
    else:
        on_it = connection.scalars(_ON_IT_SQLITE, {"keys": to_text(keys)})
    return {each for key in on_it for each in by_key[key]}


def _in_parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _KEYS_A_QUERY] for start in range(0, len(keys), _KEYS_A_QUERY))


def _count(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(do_not_contact)) or 0)


def _move_on(connection: sa.Connection) -> None:
    # At random, because what is made of the list is kept beside the database by this number: one that was restored from
    # a copy and went another way must not come to the same number again.
    number = secrets.randbelow(2**31 - 1) + 1
    connection.execute(revision.update().where(_ITS_REVISION).values(number=number))
