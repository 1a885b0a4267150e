"""One door to the database: SQLite in a file by default, PostgreSQL by URL, the same statements for both.

How connections are opened: what each database is told at the start of a session, so that a commit is kept.

Many rows at once, by the fastest way each database has; within the caller's transaction.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

from omni.errors import StoreError
from omni.store.moved import refuse_if_moved
from omni.store.restored_acts import Acts, leave_mark

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


_POSTGRESQL_CLOCK: Final = sa.select(sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double).label("now"))

AnyRow = sa.Row[*tuple[Any, ...]]


class Database:
    """Connections to one database. Safe to share between threads; not across a fork."""

    def __init__(self, engine: sa.Engine, acts: Acts | None = None) -> None:
        self._engine = engine
        self._acts = acts
        self.is_postgresql = engine.dialect.name == "postgresql"
        self.file = None if self.is_postgresql else Path(str(engine.url.database))

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment and changes nothing. Raises ``StoreError``."""
        options: dict[str, Any] = {READS: True}
        if self.is_postgresql:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            _told_as_store_error(),
            self._engine.connect() as connection,
            connection.execution_options(**options).begin(),
        ):
            yield connection

    @contextmanager
    def write(self, *, is_act: bool = True) -> Iterator[sa.Connection]:
        """A transaction that is durable once the block is left, or never was.

        Unless it is told to be no act (what the engine does all the time, or nobody minds to lose), a copy of the
        database from before is noticed afterwards.
        Raises ``StoreError``. It may have been committed even then: the connection broke at that moment.
        ``store.moved`` for a database that was left for another, whoever still has it open.
        """
        with _told_as_store_error(), self._engine.begin() as connection:
            if not self.is_postgresql:
                refuse_if_moved(connection)
            yield connection
            mark = leave_mark(connection) if is_act and self._acts is not None else None
        if mark is not None and self._acts is not None:
            self._acts.add(mark)

    def conninfo(self) -> str:
        """Where a PostgreSQL database is, in libpq's words. It may hold a password."""
        _, given = self._engine.dialect.create_connect_args(self._engine.url)
        # Beside libpq's own words stand objects of the driver.
        words: dict[str, Any] = {name: value for name, value in given.items() if isinstance(value, str | int)}
        return make_conninfo(**words)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def clock(connection: sa.Connection) -> float:
    """Now, on the one clock that all workers on this database share."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(_POSTGRESQL_CLOCK).scalar_one())
    return time.time()


def insert_if_new(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves a row with the same key as it is."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


@contextmanager
def _told_as_store_error() -> Iterator[None]:
    try:
        yield
    except sa.exc.TimeoutError as err:
        raise StoreError("store.locked") from err
    except psycopg.OperationalError as err:
        raise StoreError("store.unavailable", detail=_first_line(err)) from err
    except sa.exc.DBAPIError as err:
        if not isinstance(err, sa.exc.InterfaceError | sa.exc.DatabaseError) or isinstance(
            err, sa.exc.IntegrityError | sa.exc.DataError | sa.exc.ProgrammingError | sa.exc.NotSupportedError
        ):
            raise
        detail = _first_line(err.orig)
        if "is locked" in detail or "busy" in detail:
            raise StoreError("store.locked") from err
        if "disk is full" in detail or isinstance(err.orig, psycopg.errors.DiskFull):
            raise StoreError("store.full") from err
        raise StoreError("store.unavailable", detail=detail) from err


def _first_line(err: BaseException | None) -> str:
    """The driver's first line alone: what follows, and SQLAlchemy's own text, may quote contacts."""
    return (str(err).splitlines() or [type(err).__name__])[0]


def insert_many(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert ``rows``, whose values stand in the order of ``columns``."""
    prepare = connection.dialect.identifier_preparer
    names = ", ".join(prepare.quote(column) for column in columns)
    target = f"{prepare.format_table(table)} ({names})"
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
        return
    given = list(rows)
    if given:
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({places})", given)  # noqa: S608  # own names only
