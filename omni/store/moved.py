"""Mark of an SQLite database that was moved to another one: nothing is written to it any more, so nothing is sent.

The mark is kept in the database itself, since a copy of the file is as dangerous as the file, and in a note beside it,
in case an older copy of the file is restored in its place. ``user_version`` is quick to read in every transaction that
writes. The version in Alembic's table is set to one that no program knows, so that a program that does not know this
mark refuses the database as well.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from omni.errors import StoreError

_MOVED: Final = 0x4F4D4E4D
_NO_VERSION: Final = "moved"
_ADDRESS: Final = "SELECT address FROM moved"


def refuse_if_moved(connection: sa.Connection, file: Path | None = None) -> None:
    """Raise ``StoreError("store.moved")`` with the new address if the database was moved.

    With ``file``, the note beside it counts as well.
    """
    if connection.exec_driver_sql("PRAGMA user_version").scalar() == _MOVED:
        raise StoreError("store.moved", to=str(connection.exec_driver_sql(_ADDRESS).scalar_one()))
    if file is not None and (address := _read_note(file)) is not None:
        raise StoreError("store.moved", to=address)


def moved_to(file: Path) -> str | None:
    """Return the address to which the database in ``file`` was moved; None if it was not."""
    with closing(sqlite3.connect(file)) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] == _MOVED:
            return str(connection.execute(_ADDRESS).fetchone()[0])
    return _read_note(file)


def mark_as_moved(connection: sa.Connection, file: Path, address: str) -> None:
    """Mark the database as moved to ``address`` once the transaction is committed. Raises ``OSError``.

    The note beside the file is written at once.
    """
    with _note(file).open("w", encoding="utf-8") as note:
        note.write(address + "\n")
        note.flush()
        os.fsync(note.fileno())
    connection.exec_driver_sql("CREATE TABLE moved (address TEXT NOT NULL, version TEXT NOT NULL, at DOUBLE NOT NULL)")
    values = (address, time.time())
    connection.exec_driver_sql("INSERT INTO moved SELECT ?, version_num, ? FROM alembic_version", values)
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (_NO_VERSION,))
    connection.exec_driver_sql(f"PRAGMA user_version = {_MOVED}")


def take_mark_back(file: Path) -> None:
    """Undo ``mark_as_moved``; nothing happens without a mark."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] == _MOVED:
            connection.execute("UPDATE alembic_version SET version_num = (SELECT version FROM moved)")
            connection.execute("DROP TABLE moved")
            connection.execute("PRAGMA user_version = 0")
        connection.execute("COMMIT")
    _note(file).unlink(missing_ok=True)


def _note(file: Path) -> Path:
    return file.with_name(f"{file.name}.moved")


def _read_note(file: Path) -> str | None:
    return _note(file).read_text("utf-8").strip() if _note(file).exists() else None
