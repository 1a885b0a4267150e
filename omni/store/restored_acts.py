"""Told by what people did: an SQLite database is an older copy, also when nothing went out since.

Whoever writes leaves a mark, unless it is routine (``Database.write``): in the database, in the same transaction, and
then in a file beside the claim journal. A database that lacks a mark of that file is not as it was left. After the
commit, and not before, so that no crash makes a false alarm: a mark that is in the database alone is added to the file
at the next opening. The database keeps all its marks, so a file that is behind does no harm, nor one that is gone. When
it is first opened it gets a number that it is known by from then on: a data folder may have been tried with another.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import secrets
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from omni.errors import folder_error
from omni.store.schema import campaign, draft, revision

log = logging.getLogger(__name__)

Mark = tuple[int, str]
"""The number of the database it was left in, and what it is known by."""

_LINE: Final = re.compile(rb"^([0-9a-f]{8}) ([0-9a-f]{16})$", re.MULTILINE)
_NUMBER: Final = "acts"
_MARK: Final = "act."
_ITS_NUMBER: Final = sa.select(revision.c.number).where(revision.c.name == _NUMBER)
_IS_USED: Final = sa.select(sa.or_(sa.exists().select_from(campaign), sa.exists().select_from(draft)))
_NEWEST: Final = (
    sa.select(revision.c.name).where(revision.c.name.between(_MARK, "act/")).order_by(sa.text("rowid DESC")).limit(1)
)
_LOOKED_AT: Final = 64
"""The last marks of the file: two processes may add theirs in another order than they wrote to the database."""


class Acts:
    """The file of one data folder, which need not be there. Any number of processes may add to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def marks(self) -> Sequence[Mark]:
        """All of them, in their order. Raises ``StoreError("store.folder")``."""
        try:
            read = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as err:
            raise folder_error(err) from err
        return [(int(of, 16), mark.decode()) for of, mark in _LINE.findall(read)]

    def add(self, mark: Mark) -> None:
        """Keep a mark that is committed. What cannot be kept is only told: the act is done."""
        of, name = mark
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            file = os.open(self._path, flags, 0o600)
            try:
                _give_to_the_folders_owner(file, self._path.parent)
                # On a line of its own also after one that was cut off.
                line = f"\n{of:08x} {name}\n".encode()
                if os.write(file, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as err:
            log.warning("a copy of the database made before this moment would not be noticed: %s", err)


def _give_to_the_folders_owner(file: int, folder: Path) -> None:
    """One command of root's must not keep all others from what they have to read, as SQLite's own files do not."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)


def leave_mark(connection: sa.Connection) -> Mark:
    """A mark in the database, to be added to the file once it is committed."""
    if connection.scalar(_ITS_NUMBER) is None:
        give_number(connection, ())
    mark = secrets.token_hex(8)
    connection.execute(revision.insert().values(name=_MARK + mark, number=0))
    return int(connection.execute(_ITS_NUMBER).scalar_one()), mark


def has_number(connection: sa.Connection) -> bool:
    """Whether the database has the number that it is known by."""
    return connection.scalar(_ITS_NUMBER) is not None


def give_number(connection: sa.Connection, noted: Sequence[Mark]) -> None:
    """A number, where there is none: by where the file lies, for what lies there is put back there. A database that has
    been used is a copy from before there were numbers, and gets that of the one it stands for."""
    number = noted[-1][0] if noted and connection.scalar(_IS_USED) else _number_of_its_place(connection)
    connection.execute(sqlite.insert(revision).values(name=_NUMBER, number=number).on_conflict_do_nothing())


def _number_of_its_place(connection: sa.Connection) -> int:
    path = next(row[2] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main")
    return zlib.crc32(os.fsencode(Path(path).resolve())) >> 1


def lacking_marks(connection: sa.Connection, noted: Sequence[Mark]) -> Sequence[str]:
    """Of the last marks of the file those that this database should have and has not."""
    number = connection.scalar(_ITS_NUMBER)
    last = dict.fromkeys([mark for of, mark in noted if number == of][-_LOOKED_AT:])
    wanted = sa.select(revision.c.name).where(revision.c.name.in_([_MARK + mark for mark in last]))
    there = set(connection.scalars(wanted))
    return [mark for mark in last if _MARK + mark not in there]


def newest_mark(connection: sa.Connection) -> Mark | None:
    name, number = connection.scalar(_NEWEST), connection.scalar(_ITS_NUMBER)
    return None if name is None or number is None else (number, name.removeprefix(_MARK))


def accept_marks(connection: sa.Connection, lacking: Sequence[str]) -> None:
    """Add marks of the file to the database, so that their absence is reported only once."""
    connection.execute(revision.insert(), [{"name": _MARK + mark, "number": 0} for mark in lacking])
