"""Detection of a restored SQLite database by the marks of operators' acts, even if nothing was sent since.

Every write leaves a mark, unless it is routine (``Database.write``): in the database, in the same transaction, and then
in a file beside the claim journal. A database that lacks a mark of that file was restored from a backup. The line in
the file is written after the commit, and not before, so that no crash causes a false alarm: a mark that is only in the
database is added to the file at the next opening. The database keeps all its marks, so a file that is behind, or lost,
does no harm. A database gets a number when it is first opened, which identifies it from then on, because a data folder
may have been tried with another database.
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
"""The number of the database it was left in, and its own name (16 hexadecimal digits)."""

_LINE: Final = re.compile(rb"^([0-9a-f]{8}) ([0-9a-f]{16})$", re.MULTILINE)
_NUMBER: Final = "acts"
_MARK: Final = "act."
_DATABASE_NUMBER: Final = sa.select(revision.c.number).where(revision.c.name == _NUMBER)
_IS_USED: Final = sa.select(sa.or_(sa.exists().select_from(campaign), sa.exists().select_from(draft)))
_NEWEST: Final = (
    sa.select(revision.c.name).where(revision.c.name.between(_MARK, "act/")).order_by(sa.text("rowid DESC")).limit(1)
)
_MARKS_COMPARED: Final = 64
"""The last marks of the file that are compared: two processes may add theirs in another order than they wrote to the
database."""


class Acts:
    """The file of marks in one data folder, which need not exist. Any number of processes may add to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def marks(self) -> Sequence[Mark]:
        """Return all marks, in their order. Raises ``StoreError("store.folder")``."""
        try:
            read = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as err:
            raise folder_error(err) from err
        return [(int(of, 16), mark.decode()) for of, mark in _LINE.findall(read)]

    def add(self, mark: Mark) -> None:
        """Keep a mark that is committed; a failure is only logged, because the act is done."""
        of, name = mark
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            file = os.open(self._path, flags, 0o600)
            try:
                _chown_to_folder_owner(file, self._path.parent)
                # The first newline gives it a line of its own even after one that was cut off.
                line = f"\n{of:08x} {name}\n".encode()
                if os.write(file, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as err:
            log.warning("a database restored from a backup of before this moment would not be noticed: %s", err)


def _chown_to_folder_owner(file: int, folder: Path) -> None:
    """Give the file to the folder's owner if root writes it, as SQLite does with its own files.

    Otherwise a single command run by root would keep all other users from what they have to read.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)


def leave_mark(connection: sa.Connection) -> Mark:
    """Add a mark to the database and return it, to be added to the file once it is committed."""
    if connection.scalar(_DATABASE_NUMBER) is None:
        give_number(connection, ())
    mark = secrets.token_hex(8)
    connection.execute(revision.insert().values(name=_MARK + mark, number=0))
    return int(connection.execute(_DATABASE_NUMBER).scalar_one()), mark


def has_number(connection: sa.Connection) -> bool:
    """Tell whether the database has the number that identifies it."""
    return connection.scalar(_DATABASE_NUMBER) is not None


def give_number(connection: sa.Connection, noted: Sequence[Mark]) -> None:
    """Give the database a number if it has none, derived from the path of its file.

    A backup is restored to the same path. A database that was used but has no number is a backup from before there were
    numbers, and gets the number of the one it replaced: that of the last mark in ``noted``.
    """
    number = noted[-1][0] if noted and connection.scalar(_IS_USED) else _number_of_path(connection)
    connection.execute(sqlite.insert(revision).values(name=_NUMBER, number=number).on_conflict_do_nothing())


def _number_of_path(connection: sa.Connection) -> int:
    path = next(row[2] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main")
    return zlib.crc32(os.fsencode(Path(path).resolve())) >> 1


def lacking_marks(connection: sa.Connection, noted: Sequence[Mark]) -> Sequence[str]:
    """Return those of the file's last marks that this database should have but lacks."""
    number = connection.scalar(_DATABASE_NUMBER)
    last = dict.fromkeys([mark for of, mark in noted if number == of][-_MARKS_COMPARED:])
    wanted = sa.select(revision.c.name).where(revision.c.name.in_([_MARK + mark for mark in last]))
    there = set(connection.scalars(wanted))
    return [mark for mark in last if _MARK + mark not in there]


def newest_mark(connection: sa.Connection) -> Mark | None:
    """Return the newest mark of the database; None if it has no mark or no number."""
    name, number = connection.scalar(_NEWEST), connection.scalar(_DATABASE_NUMBER)
    return None if name is None or number is None else (number, name.removeprefix(_MARK))


def accept_marks(connection: sa.Connection, lacking: Sequence[str]) -> None:
    """Add marks of the file to the database, so that their absence is reported only once."""
    connection.execute(revision.insert(), [{"name": _MARK + mark, "number": 0} for mark in lacking])
