"""Detection of a restored PostgreSQL database, or of another server's, by its identity, before it is used.

It may lack what was sent since. Each worker's claim journal knows what that worker sent, but the first worker to start
would not wait for the journals of the others. So every campaign is paused, and an operator continues once all workers
have reported. The identity is kept as a comment on an index, which is part of a dump.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import psycopg
from psycopg import sql

from omni.store.campaign_states import PAUSE_ALL_SQL
from omni.store.campaigns.pause_reason import REPLACED, reason_to_text
from omni.store.restored.notice import NOTICE_SQL, NOTICED

log = logging.getLogger(__name__)

_ADVISORY_LOCK: Final = 0x4F4D4E52
_IS_USED: Final = """
    SELECT to_regclass('request_pending') IS NOT NULL AND to_regclass('revision') IS NOT NULL
       AND NOT pg_is_in_recovery()"""
_IDENTITY: Final = """
    SELECT concat_ws('/', 'omni', (SELECT system_identifier FROM pg_control_system()),
                     (SELECT oid FROM pg_database WHERE datname = current_database()),
                     to_regclass('request')::oid, left(pg_walfile_name(pg_current_wal_lsn()), 8)),
           obj_description(to_regclass('request_pending'), 'pg_class')"""
"""The identity now, and the one that was kept. It is made of the cluster, the database, the table and the timeline,
which differs after a recovery or a failover."""
_ORPHAN: Final = "UPDATE request SET owner = 'restored' WHERE state = 1"
"""Requests that were in flight when the backup was made have ended since, and their worker may be the one that
connects: it must not take them for its own claims that were never posted. Without a worker they become unknown."""


def recognise(connection: psycopg.Connection[Any]) -> None:
    """Pause every campaign if this is not the database that it was at the last connection.

    For a new connection, in a transaction of its own. A server that does not reveal its identity goes undetected.
    """
    try:
        with connection.transaction():
            if not _fetch_row(connection, _IS_USED)[0] or _is_known(connection):
                return
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
            if _is_known(connection):
                return
            is_now, was = _fetch_row(connection, _IDENTITY)
            if was is not None:
                log.warning("the database was %s and is %s: every campaign pauses", was, is_now)
                connection.execute(PAUSE_ALL_SQL, (reason_to_text(REPLACED),))
                connection.execute(NOTICE_SQL, (NOTICED,))
                connection.execute(_ORPHAN)
            connection.execute(sql.SQL("COMMENT ON INDEX request_pending IS {}").format(sql.Literal(is_now)))
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege) as err:
        log.warning("a restored database would not be noticed: %s", type(err).__name__)


def _is_known(connection: psycopg.Connection[Any]) -> bool:
    is_now, was = _fetch_row(connection, _IDENTITY)
    return bool(is_now == was)


def _fetch_row(connection: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return tuple(row)
