"""Bringing a database to the schema of this program: numbered steps, all of them in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from omni.errors import StoreError

if TYPE_CHECKING:
    from omni.store.database import Database

HEAD: Final = "0007"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
_ADVISORY_LOCK: Final = 0x4F4D4E49


def bring_up_to_date(database: Database) -> None:
    """Apply the steps the database does not have. Any number of processes may do so at once.

    Raises ``StoreError("store.newer")`` for a step that this program does not know.
    """
    # Looked at as a reader first: opening must not wait for a writer when there is nothing to do.
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
    # Imported late: it takes a fifth of a second, and is needed once in a database's life.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
