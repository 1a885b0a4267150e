"""Opening of a database: migration to the schema of this program, and detection of a restored SQLite file.

A restored PostgreSQL database is detected with every new connection (``omni.store.restored.identity``).
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from omni.errors import StoreError
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.database import Database, postgresql_engine, sqlite_engine
from omni.store.moved import refuse_if_moved
from omni.store.restored.acts import Acts, accept_marks, give_number, has_number, lacking_marks, newest_mark
from omni.store.restored.notice import pause_everything

log = logging.getLogger(__name__)

HEAD: Final = "0009"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
_ADVISORY_LOCK: Final = 0x4F4D4E49


def open_database(url: str, beside: Path | None = None) -> Database:
    """Open the database at ``url`` (``sqlite:///file`` or ``postgresql://…``); create and migrate it if need be.

    ``beside`` is the folder of the claim journal; the marks kept there show that an SQLite file was restored from a
    backup. Raises ``StoreError``: ``store.unavailable``, ``store.locked``, ``store.full``, ``store.moved``, or
    ``store.newer`` when a later version of this program has changed the tables.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError("store.unavailable", detail="malformed URL") from None
    acts = Acts(beside / "acts.journal") if beside is not None else None
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        database = Database(sqlite_engine(parsed), acts)
    elif parsed.get_backend_name() == "postgresql":
        # Imported here because it imports PostgreSQL's driver, which SQLite does not need.
        from omni.store.restored.identity import recognise

        engine = postgresql_engine(parsed)
        sa.event.listen(engine, "connect", lambda connection, _record: recognise(connection))
        database = Database(engine)
    else:
        raise StoreError("store.unavailable", detail="neither sqlite:///FILE nor postgresql://…")
    try:
        if database.file is not None:
            with database.read() as connection:
                refuse_if_moved(connection, database.file)
        bring_up_to_date(database)
        if database.is_postgresql:
            database.close()  # so that the next connection is checked by ``recognise``, which needs the tables
        elif acts is not None:
            notice_restored_file(database, acts)
    except BaseException:
        database.close()
        raise
    return database


def notice_restored_file(database: Database, acts: Acts) -> None:
    """Pause every campaign if the database lacks marks of acts, once for each time it is restored.

    Raises ``StoreError``.
    """
    noted = acts.marks()  # read before the database: every mark in the file was committed
    with database.read() as connection:
        is_numbered = has_number(connection)
    if not is_numbered:
        with database.write(is_act=False) as connection:
            give_number(connection, noted)
    with database.read() as connection:
        lacking, newest = lacking_marks(connection, noted), newest_mark(connection)
    if newest is not None and newest not in noted:
        acts.add(newest)
    if not lacking:
        return
    with database.write() as connection:
        if lacking := lacking_marks(connection, noted):
            log.warning("the database was restored from a backup: what was done since is not in it")
            pause_everything(connection, time.time(), REPLACED)
            # Added to the database, so that this is reported once, whichever process opens it next.
            accept_marks(connection, lacking)


def bring_up_to_date(database: Database) -> None:
    """Apply the migrations that the database lacks; any number of processes may do so at once.

    Raises ``StoreError("store.newer")`` for a migration that this program does not know.
    """
    # Checked in a read transaction first: opening must not wait for a writer when there is nothing to do.
    with database.read() as connection:
        if _is_current(connection):
            return
    with database.write(is_act=False) as connection:
        if database.is_postgresql:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        if not _is_current(connection):
            _upgrade(connection)


def _is_current(connection: sa.Connection) -> bool:
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if found is not None and not any((MIGRATIONS / "versions").glob(f"{found}_*.py")):
        raise StoreError("store.newer", found=found, known=HEAD)
    return bool(found == HEAD)


def _upgrade(connection: sa.Connection) -> None:
    # Imported here, because it takes a fifth of a second and is needed only when there is something to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
