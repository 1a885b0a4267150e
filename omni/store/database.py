"""Connections and transactions of the database: an SQLite file by default, or PostgreSQL by URL.

The statements are the same for both. Each session is configured when it opens, so that a commit is durable;
``insert_many`` inserts many rows in the fastest way that each database has.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

from omni.errors import StoreError
from omni.store.moved import refuse_if_moved
from omni.store.restored.acts import Acts, leave_mark

if TYPE_CHECKING:
    # At run time PostgreSQL's driver is imported only where it is used: SQLite needs none of it.
    import psycopg

BUSY_SECONDS: Final = 30
FROZEN_SECONDS: Final = 30.0
"""PostgreSQL ends a transaction in which nothing happens for so long, and releases its locks."""
READS: Final = "omni_reads"
"""Execution option of a connection that only reads."""
BLOBS: Final = "omni_blobs"
"""Execution option of a statement that reads blobs: in text, PostgreSQL would send two digits for each byte."""
_DRIVER: Final = "postgresql+psycopg"
_DISK_FULL: Final = "53100"
"""PostgreSQL's code for a full disk. Source: PostgreSQL documentation, Appendix A, Class 53."""
_PRAGMAS: Final = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",
    "journal_size_limit=67108864",
)
_POSTGRESQL_CLOCK: Final = sa.select(sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double).label("now"))

AnyRow = sa.Row[*tuple[Any, ...]]


class Database:
    """Connections to one database; they may be shared between threads, but not across a fork."""

    def __init__(self, engine: sa.Engine, acts: Acts | None = None) -> None:
        self._engine = engine
        self._acts = acts
        self.is_postgresql = engine.dialect.name == "postgresql"
        self.file = None if self.is_postgresql else Path(str(engine.url.database))

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one moment and changes nothing. Raises ``StoreError``."""
        options: dict[str, Any] = {READS: True}
        if self.is_postgresql:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            _as_store_error(),
            self._engine.connect() as connection,
            connection.execution_options(**options).begin(),
        ):
            yield connection

    @contextmanager
    def write(self, *, is_act: bool = True) -> Iterator[sa.Connection]:
        """Open a transaction that is durable once the block is left, or has no effect at all.

        A restored database that lacks the transaction is detected later, unless ``is_act`` is false: that is for the
        routine writes of the engine, and for changes that no operator would miss.

        Raises ``StoreError``; even then the transaction may have been committed, if the connection broke at that
        moment. The error is ``store.moved`` for a database that was moved to another one, also in a process that still
        has it open.
        """
        with _as_store_error(), self._engine.begin() as connection:
            if not self.is_postgresql:
                refuse_if_moved(connection)
            yield connection
            mark = leave_mark(connection) if is_act and self._acts is not None else None
        if mark is not None and self._acts is not None:
            self._acts.add(mark)

    def conninfo(self) -> str:
        """Return the libpq connection string of a PostgreSQL database; it may contain a password."""
        from psycopg.conninfo import make_conninfo

        _, given = self._engine.dialect.create_connect_args(self._engine.url)
        # The arguments also hold objects of the driver, which are not libpq's.
        words: dict[str, Any] = {name: value for name, value in given.items() if isinstance(value, str | int)}
        return make_conninfo(**words)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def clock(connection: sa.Connection) -> float:
    """Return the time (UTC epoch seconds) of the one clock that all workers on this database share."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(_POSTGRESQL_CLOCK).scalar_one())
    return time.time()


def insert_if_new(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that leaves an existing row with the same key as it is."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def insert_many(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert ``rows``, whose values are in the order of ``columns``, within the caller's transaction."""
    prepare = connection.dialect.identifier_preparer
    names = ", ".join(prepare.quote(column) for column in columns)
    target = f"{prepare.format_table(table)} ({names})"
    if connection.dialect.name == "postgresql":
        import psycopg

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


def sqlite_engine(url: URL) -> sa.Engine:
    """Return an engine for the file that ``url`` names. Raises ``StoreError``.

    The file is created if it is missing, and only its owner may read it.
    """
    assert url.database is not None
    file = Path(url.database)
    try:
        # SQLite gives its journal files the permissions of the database file, and contacts are personal data.
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
        # A writer takes the write lock at once: a transaction that began as a reader could not wait for it later.
        reads = connection.get_execution_options().get(READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def postgresql_engine(url: URL) -> sa.Engine:
    """Return an engine for the database at ``url``; every connection is tested before it is used again."""
    from psycopg.pq import Format

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
            cursor.format = Format.BINARY

    return engine


def _prepare_session(connection: psycopg.Connection, _record: object) -> None:
    """Configure a new session: commits are durable, and an idle transaction is ended.

    A claim has to be on disk before it is posted, but a server may be set to report a commit earlier than that. And a
    process that is frozen in the middle of a transaction must not block all others for ever.
    """
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
            # SQLite does not wait here for other processes that open the new file at the same moment.
            if "locked" not in str(err) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def _as_store_error() -> Iterator[None]:
    """Raise ``StoreError`` for errors of the database; errors of the program pass unchanged."""
    try:
        yield
    except sa.exc.TimeoutError as err:
        raise StoreError("store.locked") from err
    except sa.exc.DBAPIError as err:
        if not isinstance(err, sa.exc.InterfaceError | sa.exc.DatabaseError) or isinstance(
            err, sa.exc.IntegrityError | sa.exc.DataError | sa.exc.ProgrammingError | sa.exc.NotSupportedError
        ):
            raise
        detail = _first_line(err.orig)
        if "is locked" in detail or "busy" in detail:
            raise StoreError("store.locked") from err
        if "disk is full" in detail or getattr(err.orig, "sqlstate", None) == _DISK_FULL:
            raise StoreError("store.full") from err
        raise StoreError("store.unavailable", detail=detail) from err
    except _driver_error() as err:
        raise StoreError("store.unavailable", detail=_first_line(err)) from err


def _driver_error() -> type[Exception]:
    """Return the error that PostgreSQL's driver raises where it is used without SQLAlchemy.

    An ``except`` clause calls it only while an exception is handled, so the driver is not imported before.
    """
    import psycopg

    return psycopg.OperationalError


def _first_line(err: BaseException | None) -> str:
    """Return only the driver's first line: the rest of it, and SQLAlchemy's own text, may quote contacts."""
    return (str(err).splitlines() or [type(err).__name__])[0]
