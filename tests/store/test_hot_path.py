"""Turns with bad answers look decisions up by index, even after a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from omni.provider.request_body import destinations_of, fields_of, rewritten
from omni.store.database import Database
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.withholding import BodyReader
from omni.store.people.do_not_contact import DoNotContact
from omni.store.schema import decision
from tests.builders import phone
from tests.store.building import ME, SENDS, claim, make, record, refused

Statement = tuple[str, Any]


def asked_by(act: Any, about: str) -> Sequence[Statement]:
    """Return the statements of ``act`` that read ``about``, with their parameters."""
    seen: list[Statement] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT") and about in statement:
            seen.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", keep)
    try:
        act()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", keep)
    return seen


def plan(connection: sa.Connection, statement: Statement) -> str:
    text, parameters = statement
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {text}", parameters))


@pytest.fixture
def decided(database: Database) -> Database:
    """Two requests in flight, and a campaign with many decisions."""
    made = make(database, 3_000)
    with database.write() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO decision (campaign_id, request_id, what, who, at, params) "
                "SELECT campaign_id, id, CASE number % 2 WHEN 0 THEN 'unknown.keep' ELSE 'unknown.resend' END, "
                "'ana', 0, "
                "'{\"attempt\": 1}' FROM request WHERE campaign_id = :id"
            ),
            {"id": made},
        )
        if database.is_postgresql:
            connection.exec_driver_sql("ANALYZE decision")
    return database


def test_an_answer_that_is_not_accepted_looks_up_what_was_decided(decided: Database):
    claimed = claim(decided, room=2)
    statements = asked_by(lambda: record(decided, *map(refused, claimed)), str(decision.name))
    assert len(statements) == 2
    with decided.read() as connection:
        resent, proof = (plan(connection, each) for each in statements)
    assert "decision_resent" in resent
    assert "decision_proof" in proof


def test_removing_a_contact_looks_up_whether_the_request_is_a_resend(decided: Database):
    DoNotContact(decided).add([phone(2)], "", "ana")
    sends = Sends(SENDS.practice, SENDS.account, SENDS.endpoint, SENDS.rate)
    ledger = Ledger(decided, sends, BodyReader(destinations_of, fields_of, rewritten))
    statements = asked_by(lambda: ledger.turn(ME, [], 2), "unknown.resend")
    assert len(statements) == 1
    with decided.read() as connection:
        assert "decision_resent" in plan(connection, statements[0])
