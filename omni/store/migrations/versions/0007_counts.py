"""Count requests as they change, and index two kinds of decisions.

The reasons are in ``docs/decisions/0016-requests-are-counted-as-they-change.md``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_ADD_COUNT = """
    ON CONFLICT (campaign_id, state, slot) DO UPDATE SET
        requests = request_count.requests + excluded.requests,
        contacts = request_count.contacts + excluded.contacts,
        paired = request_count.paired + excluded.paired"""
_ADD_PACE = """
    ON CONFLICT (campaign_id, second, slot) DO UPDATE SET contacts = request_pace.contacts + excluded.contacts"""

# SQLite: a trigger per row. The former row is subtracted, the new one is added.
_SQLITE_AWAY = """
    UPDATE request_count
    SET requests = requests - 1, contacts = contacts - OLD.contacts, paired = paired - OLD.paired
    WHERE campaign_id = OLD.campaign_id AND state = OLD.state AND slot = 0;"""
_SQLITE_HERE = f"""
    INSERT INTO request_count (campaign_id, state, slot, requests, contacts, paired)
    VALUES (NEW.campaign_id, NEW.state, 0, 1, NEW.contacts, NEW.paired) {_ADD_COUNT};"""  # noqa: S608  # own words only
_SQLITE_NOT_THEN = """
    UPDATE request_pace SET contacts = contacts - OLD.contacts
    WHERE campaign_id = OLD.campaign_id AND second = CAST(OLD.finished_at AS INTEGER) AND slot = 0;"""
_SQLITE_THEN = f"""
    INSERT INTO request_pace (campaign_id, second, slot, contacts)
    SELECT NEW.campaign_id, CAST(NEW.finished_at AS INTEGER), 0, NEW.contacts
    WHERE NEW.finished_at IS NOT NULL {_ADD_PACE};"""
_SQLITE = {
    "request_made AFTER INSERT": _SQLITE_HERE + _SQLITE_THEN,
    "request_gone AFTER DELETE": _SQLITE_AWAY + _SQLITE_NOT_THEN,
    "request_moved AFTER UPDATE OF state, contacts, paired, campaign_id": _SQLITE_AWAY + _SQLITE_HERE,
    "request_ended AFTER UPDATE OF finished_at, contacts, campaign_id": _SQLITE_NOT_THEN + _SQLITE_THEN,
}

# PostgreSQL: a trigger per statement, which sees all rows that it changed. Only rows of the session's own slot are
# written, and no two sessions that exist at the same time have the same number. So no session waits here, regardless of
# the order in which campaigns, limiter and requests were locked before: a turn that recorded holds campaigns and waits
# for the limiter, while another that holds the limiter claims from these very campaigns.
_ROWS = "SELECT campaign_id, state, contacts, paired, finished_at, {sign} AS one FROM {rows}"
_POSTGRESQL_COUNT = f"""
    INSERT INTO request_count (campaign_id, state, slot, requests, contacts, paired)
    SELECT campaign_id, state, pg_backend_pid(), sum(one), sum(one * contacts), sum(one * paired)
    FROM ({{changes}}) AS changes GROUP BY campaign_id, state
    HAVING sum(one) <> 0 OR sum(one * contacts) <> 0 OR sum(one * paired) <> 0 {_ADD_COUNT};"""  # noqa: S608
_POSTGRESQL_PACE = f"""
    INSERT INTO request_pace (campaign_id, second, slot, contacts)
    SELECT campaign_id, floor(finished_at), pg_backend_pid(), sum(one * contacts)
    FROM ({{changes}}) AS changes WHERE finished_at IS NOT NULL GROUP BY campaign_id, floor(finished_at)
    HAVING sum(one * contacts) <> 0 {_ADD_PACE};"""  # noqa: S608
_POSTGRESQL = {
    "insert": {"NEW": 1},
    "delete": {"OLD": -1},
    "update": {"OLD": -1, "NEW": 1},
}


def upgrade() -> None:
    """Create tables and triggers, count the existing requests, and exchange indices."""
    if op.get_context().dialect.name == "postgresql":
        # Both at once, in the order in which a turn takes them: a lock that grows step by step would block a worker
        # that reads what it is about to change, and be blocked by it.
        op.execute("LOCK TABLE request, decision IN ACCESS EXCLUSIVE MODE")
    _create_tables()
    # Before the rows are counted: from here on PostgreSQL lets no other session change them.
    if op.get_context().dialect.name == "postgresql":
        _create_postgresql_triggers()
    else:
        for when, what in _SQLITE.items():
            op.execute(f"CREATE TRIGGER {when} ON request BEGIN {what} END")
    _count()
    op.drop_index("request_finished", "request")
    _partial_index("decision_proof", "decision", ["campaign_id"], "what = 'proof.earlier_attempt'")
    _partial_index("decision_resent", "decision", ["request_id"], "what = 'unknown.resend'")


def _create_tables() -> None:
    op.create_table(
        "request_count",
        sa.Column("campaign_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("state", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("contacts", sa.Integer, nullable=False),
        sa.Column("paired", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "request_pace",
        sa.Column("campaign_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("second", _ID, primary_key=True, autoincrement=False),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("contacts", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 50},
    )


def _create_postgresql_triggers() -> None:
    for event, seen in _POSTGRESQL.items():
        changes = " UNION ALL ".join(_ROWS.format(sign=sign, rows=f"{which}_rows") for which, sign in seen.items())
        tables = " ".join(f"{which} TABLE AS {which}_rows" for which in seen)
        body = (_POSTGRESQL_COUNT + _POSTGRESQL_PACE).format(changes=changes)
        op.execute(
            f"CREATE FUNCTION request_{event}_counted() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER request_{event}_counted AFTER {event.upper()} ON request REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION request_{event}_counted()"
        )


def _count() -> None:
    op.execute("""
        INSERT INTO request_count (campaign_id, state, slot, requests, contacts, paired)
        SELECT campaign_id, state, 0, count(*), sum(contacts), sum(paired) FROM request GROUP BY campaign_id, state""")
    second = "floor(finished_at)" if op.get_context().dialect.name == "postgresql" else "CAST(finished_at AS INTEGER)"
    op.execute(f"""
        INSERT INTO request_pace (campaign_id, second, slot, contacts)
        SELECT campaign_id, {second}, 0, sum(contacts) FROM request
        WHERE finished_at IS NOT NULL GROUP BY campaign_id, {second}""")  # noqa: S608  # own words only


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
