"""How connections are opened: what each database is told at the start of a session, so that a commit is kept."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL

from omni.errors import StoreError
from omni.store.copy_by_identity import recognise

BUSY_SECONDS: Final = 30
FROZEN_SECONDS: Final = 30.0
"""A transaction in which nothing happens for so long is given up by PostgreSQL, and its locks with it."""
READS: Final = "omni_reads"
"""The execution option of a connection that only reads."""
BLOBS: Final = "omni_blobs"
"""The execution option of a statement that reads blobs: PostgreSQL would write every byte of them as two digits."""
_DRIVER: Final = "postgresql+psycopg"
_PRAGMAS: Final = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",
    "journal_size_limit=67108864",
)


def sqlite_engine(url: URL) -> sa.Engine:
    """For the file that ``url`` names, which is made, for its owner alone. Raises ``StoreError``."""
    assert url.database is not None
    file = Path(url.database)
    try:
        # SQLite gives its journal files the rights of the database itself. Contacts are personal data.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as err:
        raise StoreError("store.unavailable", detail=err.strerror or type(err).__name__) from err
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _use_write_ahead_log(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer takes its place at once: one that began as a reader could not wait for its turn later.
        reads = connection.get_execution_options().get(READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def postgresql_engine(url: URL) -> sa.Engine:
    """For the database at ``url``; a new connection makes sure first that it is still the same one."""
    engine = sa.create_engine(
        url.set(drivername=_DRIVER), pool_pre_ping=True, connect_args={"connect_timeout": 10}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_session)
    event.listen(engine, "connect", lambda connection, _record: recognise(connection))

    @event.listens_for(engine, "before_cursor_execute")
    def ask_for_bytes(
        _connection: sa.Connection,
        cursor: psycopg.Cursor,
        _statement: str,
        _parameters: object,
        context: sa.engine.ExecutionContext | None,
        _many: bool,
    ) -> None:
        if context is not None and context.execution_options.get(BLOBS):
            cursor.format = psycopg.pq.Format.BINARY

    return engine


def _prepare_session(connection: psycopg.Connection, _record: object) -> None:
    """A claim has to be on disk before it is posted; a server may be set to say "committed" earlier than that. And
    whoever is frozen in the middle of a transaction must not hold up all the others for ever."""
    with connection.transaction():
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        connection.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [f"{FROZEN_SECONDS * 1000:.0f}"]
        )


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as err:
            # Here SQLite does not wait for others that open the new file at the same moment.
            if "locked" not in str(err) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return
