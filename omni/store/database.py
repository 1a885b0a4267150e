"""One door to the database: SQLite in a file by default, PostgreSQL by URL, the same statements for both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from omni.errors import StoreError
from omni.store.copy_by_acts import Acts, leave_mark, recognise
from omni.store.engines import READS, postgresql_engine, sqlite_engine
from omni.store.migrate import bring_up_to_date
from omni.store.moved import refuse_if_moved

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


def open_database(url: str, beside: Path | None = None) -> Database:
    """The database at ``url`` (``sqlite:///file`` or ``postgresql://…``), created and brought up to date.

    ``beside`` is the folder with the claim journal; by what is kept there an SQLite file put back is noticed.
    Raises ``StoreError``: ``store.unavailable``, ``store.locked``, ``store.full``, ``store.moved``, or ``store.newer``
    when a later version of this program has changed the tables.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError("store.unavailable", detail="malformed URL") from None
    acts = Acts(beside / "acts.journal") if beside is not None else None
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        database = Database(sqlite_engine(parsed), acts)
    elif parsed.get_backend_name() == "postgresql":
        database = Database(postgresql_engine(parsed))
    else:
        raise StoreError("store.unavailable", detail="neither sqlite:///FILE nor postgresql://…")
    try:
        if database.file is not None:
            with database.read() as connection:
                refuse_if_moved(connection, database.file)
        bring_up_to_date(database)
        if database.is_postgresql:
            database.close()  # the next connection is the first to the tables as they are
        elif acts is not None:
            recognise(database, acts)
    except BaseException:
        database.close()
        raise
    return database


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
