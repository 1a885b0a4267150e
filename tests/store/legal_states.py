"""Triggers that refuse state changes missing from the tables in ``request_states`` and ``campaign_states``.

Databases of the store's tests have them, so every test of the store holds the code to those tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from omni.store import campaign_states, request_states
from omni.store.database import Database

_SQLITE = """
CREATE TRIGGER legal_{table} AFTER UPDATE OF state ON {table}
WHEN OLD.state || '>' || NEW.state NOT IN ({pairs})
BEGIN SELECT RAISE(ABORT, 'a state that may not follow'); END"""
_POSTGRESQL = """
CREATE TRIGGER legal_{table} AFTER UPDATE OF state ON {table} FOR EACH ROW
WHEN (OLD.state || '>' || NEW.state NOT IN ({pairs})) EXECUTE FUNCTION refuse_state()"""
_REFUSE = """
CREATE FUNCTION refuse_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE check_violation USING MESSAGE = 'a state that may not follow'; END $$"""


_PAIRS = {
    "request": frozenset().union(*request_states.FOLLOWS.values()),
    "campaign": campaign_states.FOLLOWS,
}


def refuse_other_states(database: Database) -> None:
    """Make every state change outside the tables fail with an integrity error."""
    with database.write(is_act=False) as connection:
        if database.is_postgresql:
            connection.execute(sa.text(_REFUSE))
        _add_triggers(connection)


@contextmanager
def any_state(connection: sa.Connection) -> Iterator[None]:
    """Allow a request or a campaign any state within this block."""
    for table in _PAIRS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS legal_{table}{_on(connection, table)}")
    yield
    _add_triggers(connection)


def _add_triggers(connection: sa.Connection) -> None:
    text = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    for table, allowed in _PAIRS.items():
        listed = ", ".join(f"'{before}>{after}'" for before, after in sorted(allowed))
        connection.exec_driver_sql(text.format(table=table, pairs=listed))


def _on(connection: sa.Connection, table: str) -> str:
    return f" ON {table}" if connection.dialect.name == "postgresql" else ""
