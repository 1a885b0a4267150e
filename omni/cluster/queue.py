"""Queue that wakes workers: Procrastinate's tables, in a schema of their own in Omni's database."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from procrastinate import App, SyncPsycopgConnector, exceptions
from procrastinate.schema import SchemaManager
from psycopg.conninfo import conninfo_to_dict, make_conninfo

log = logging.getLogger(__name__)

QUEUE: Final = "omni"
SHIFT: Final = "omni.shift"
STARTS: Final = "omni.start"
_CONNECT_TIMEOUT: Final = 5
_ADVISORY_LOCK: Final = 0x4F4D4E51


def _schema_name() -> str:
    # Each version of Procrastinate's tables has a schema of its own, so that workers of two versions can run side by
    # side while machines are updated one after the other. Work that is queued in one schema is found by the other's
    # sweep.
    steps = [file.name for file in Path(SchemaManager.get_migrations_path()).glob("*.sql")]
    return f"omni_queue_{max(steps)[:11].replace('.', '_')}"


SCHEMA: Final = _schema_name()


class Queue:
    """Client by which consoles and commands wake the workers. It never raises: the sweep finds what is lost."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = queue_conninfo(conninfo)

    def wake(self, at: float | None = None) -> None:
        """Wake a worker now, or at ``at`` (UTC epoch seconds)."""
        app = App(connector=SyncPsycopgConnector())  # never opened: each job is given its connection
        due: dict[str, Any] = {"queueing_lock": SHIFT}
        if at is not None:
            due = {"queueing_lock": f"{STARTS}.{at:.0f}", "schedule_at": datetime.fromtimestamp(at, UTC)}
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                app.configure_task(SHIFT, queue=QUEUE, connection=connection, **due).defer()
        except exceptions.AlreadyEnqueued:
            return
        except (psycopg.Error, exceptions.ProcrastinateException) as err:
            log.warning("no worker was woken, the sweep will: %s", type(err.__cause__ or err).__name__)


def queue_conninfo(conninfo: str) -> str:
    """Return connection parameters of the same database, with the queue's schema as search path."""
    given = conninfo_to_dict(conninfo)
    options = f"{given.get('options') or ''} -c search_path={SCHEMA}".strip()
    timeout = given.get("connect_timeout") or _CONNECT_TIMEOUT
    return make_conninfo(conninfo, options=options, connect_timeout=timeout, application_name="omni-queue")


def prepare(conninfo: str) -> None:
    """Create the queue's tables unless they exist. Several workers may do so at the same time."""
    with psycopg.connect(queue_conninfo(conninfo)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        found = connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",)).fetchone()
        if found is None or found[0] is None:
            connection.execute(psycopg.sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(psycopg.sql.Identifier(SCHEMA)))
            connection.execute(SchemaManager.get_schema())
