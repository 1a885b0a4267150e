"""Each statement that changes a request's state does so only from the states of its row in ``FOLLOWS``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import omni
from omni.core.unknown import EVERYTHING
from omni.store import campaign_states, request_states
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.pause_reason import REPLACED, reason_to_text
from omni.store.database import Database
from omni.store.ledger.unknown_requests import is_meant
from omni.store.restored.notice import NOTICE_SQL, NOTICED, pause_everything
from omni.store.schema import (
    ACCEPTED,
    CANCELLED,
    REFUSED,
    SENDING,
    STATE_NAMES,
    UNKNOWN,
    campaign,
    decision,
    request,
    revision,
)
from tests.store.building import ME, make
from tests.store.legal_states import any_state

STATES = range(len(STATE_NAMES))
Run = Callable[[sa.Connection, int, int], object]
"""Run a statement for a campaign and its only request."""


def answer(state: int, request_id: int, attempt: int = 1) -> dict[str, Any]:
    """Build the parameters of an ending; unknown has the id of one contact, so that it proves something."""
    return {
        "the_id": request_id,
        "the_attempt": attempt,
        "the_state": state,
        "now": 1.0,
        "the_status": 200,
        "the_batch_id": None,
        "the_detail": "x",
        "the_params": None,
        "the_paired": 1 if state == UNKNOWN else 0,
    }


def settle(state: int) -> Run:
    def run(connection: sa.Connection, _: int, request_id: int) -> None:
        given = answer(state, request_id)
        del given["the_attempt"]
        connection.execute(request_states.SETTLE_LATE, given)

    return run


STATEMENTS: dict[str, list[Run]] = {
    "CLAIM": [
        lambda connection, campaign_id, _: connection.execute(
            request_states.CLAIM,
            {"the_campaign": campaign_id, "now": 1.0, "the_owner": ME, "room": 9, "up_to": 9},
        )
    ],
    "RETURN_UNPOSTED": [
        lambda connection, _, request_id: connection.execute(
            request_states.RETURN_UNPOSTED, {"the_owner": ME, "the_id": request_id, "the_attempt": 1}
        )
    ],
    "TRY_AGAIN": [
        lambda connection, _, request_id: connection.execute(
            request_states.TRY_AGAIN,
            {
                "the_id": request_id,
                "the_attempt": 1,
                "due": 2.0,
                "the_status": 429,
                "the_detail": "x",
                "the_params": None,
            },
        )
    ],
    "end": [
        lambda connection, _, request_id, state=state: request_states.end(connection, [answer(state, request_id)])
        for state in (ACCEPTED, REFUSED, UNKNOWN)
    ],
    "SETTLE_LATE": [settle(ACCEPTED), settle(UNKNOWN)],
    "REREAD": [
        lambda connection, _, request_id: connection.execute(
            request_states.REREAD,
            {"the_id": request_id, "the_attempt": 1, "the_batch_id": "b", "the_detail": "x", "the_params": None},
        )
    ],
    "lose_orphans": [lambda connection, *_: connection.execute(request_states.lose_orphans("another", 1.0))],
    "mark_restored": [
        lambda connection, _, request_id, attempt=attempt: connection.execute(
            request_states.mark_restored(request_id, attempt, 1.0)
        )
        for attempt in (1, 2)
    ],
    "cancel_pending": [
        lambda connection, campaign_id, _: connection.execute(request_states.cancel_pending(campaign_id, 1.0))
    ],
    "cancel_resent": [
        lambda connection, campaign_id, request_id: (
            connection.execute(
                decision.insert().values(
                    campaign_id=campaign_id, request_id=request_id, what="unknown.resend", who="ana", at=0.0
                )
            ),
            connection.execute(request_states.cancel_resent(campaign_id, 1.0)),
        )
    ],
    "keep_as_sent": [
        lambda connection, campaign_id, _: connection.execute(
            request_states.keep_as_sent(is_meant(campaign_id, EVERYTHING, "keep"), "ana")
        )
    ],
    "resend": [
        lambda connection, campaign_id, _: connection.execute(
            request_states.resend(is_meant(campaign_id, EVERYTHING, "resend"))
        )
    ],
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_changes_the_states_of_its_row(database: Database, name: str):
    made = make(database, 2, batch=2)
    seen: set[tuple[int, int]] = set()
    for before in STATES:
        for detail in (None, *(request_states.KEPT if before == ACCEPTED else ("x",))):
            for run in STATEMENTS[name]:
                with database.write() as connection:
                    seen |= set(tried(connection, run, made, before, detail))
    assert seen == request_states.FOLLOWS[name]


def tried(connection: sa.Connection, run: Run, made: int, before: int, detail: str | None) -> Iterator[tuple[int, int]]:
    """Yield the state change made by a statement and undo it; yield nothing if the request was left unchanged."""
    change = connection.begin_nested()
    with any_state(connection):
        row = connection.execute(
            request.update()
            .values(state=before, detail=detail, owner=ME, attempt=1, batch_id="untouched", finished_at=-1.0)
            .returning(request.c.id)
        ).one()
        run(connection, made, row.id)
    query = sa.select(request.c.state, request.c.batch_id, request.c.finished_at, request.c.owner, request.c.attempt)
    after = connection.execute(query.where(request.c.id == row.id)).one()
    change.rollback()
    if tuple(after) != (before, "untouched", -1.0, ME, 1):
        yield before, after.state


def test_every_statement_is_tried_but_the_one_that_its_caller_guards():
    """``withhold`` runs on claims of the same transaction; the other tests of the store hold it to the table."""
    assert request_states.FOLLOWS.keys() - STATEMENTS.keys() == {"withhold"}
    assert request_states.FOLLOWS["withhold"] == {(SENDING, CANCELLED), (SENDING, UNKNOWN)}


def test_a_state_that_may_not_follow_is_refused_by_the_databases_of_these_tests(database: Database):
    make(database, 1)
    with pytest.raises(sa.exc.IntegrityError, match="may not follow"), database.write() as connection:
        connection.execute(request.update().values(state=REFUSED))
    with database.write() as connection:
        connection.execute(campaign.update().values(state="cancelled"))
    with pytest.raises(sa.exc.IntegrityError, match="may not follow"), database.write() as connection:
        connection.execute(campaign.update().values(state="running"))


STORE = Path(omni.__file__).parent / "store"
HOMES = {"request": "request_states.py", "campaign": "campaign_states.py"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("request.update().where(x).values(state=1)", {"request"}),
        ("request.insert().values(state=1)", {"request"}),
        ("campaign.update().values({'reason': 1})", {"campaign"}),
        ("request.update().values(owner=None, **ending)", {"request"}),
        ("request.update().values(ending)", {"request"}),
        ("request.update().values(paired=1)", set()),
        ("draft.update().values(state='sent')", set()),
        ("connection.execute('UPDATE request SET state = 1')", {"request"}),
    ],
)
def test_a_statement_that_writes_a_state_is_seen_however_it_is_written(source: str, found: set[str]):
    assert tables_whose_state_is_written(ast.parse(source)) == found


@pytest.mark.parametrize("file", sorted(STORE.rglob("*.py")), ids=lambda file: str(file.relative_to(STORE)))
def test_states_are_written_in_their_own_module(file: Path):
    written = tables_whose_state_is_written(ast.parse(file.read_text("utf-8")))
    assert written <= {table for table, home in HOMES.items() if home == file.name}


def tables_whose_state_is_written(tree: ast.AST) -> set[str]:
    """Return tables whose state or reason a statement writes, including writes of a mapping with unknown keys."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="values", value=chain), args=args, keywords=keywords):
                names = {each.arg for each in keywords} | {
                    key.value for arg in args if isinstance(arg, ast.Dict) for key in arg.keys if _is_text(key)
                }
                if not all(isinstance(arg, ast.Dict) and all(map(_is_text, arg.keys)) for arg in args):
                    names.add(None)
                if names & {"state", "reason", None}:
                    found |= _updated(chain)
            case ast.Constant(value=str(text)):
                found |= {table for table in HOMES if f"UPDATE {table} SET state" in text}
    return found


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _updated(chain: ast.expr) -> set[str]:
    for node in ast.walk(chain):
        match node:
            case ast.Call(func=ast.Attribute(attr="update" | "insert", value=ast.Name(id=name))) if name in HOMES:
                return {name}
    return set()


CAMPAIGNS = [
    ("running", None, None),
    ("running", 9e9, "UTC"),
    ("paused", None, None),
    ("paused", 9e9, "UTC"),
    ("cancelled", None, None),
    ("done", None, None),
]


def test_a_restored_postgresql_database_is_paused_alike_by_either_statement(database: Database):
    """psycopg runs its statement on a new connection; SQLAlchemy runs the other one for a worker."""
    for state, start_at, zone in CAMPAIGNS:
        made = make(database, 1)
        with database.write() as connection, any_state(connection):
            values = {"state": state, "start_at": start_at, "start_zone": zone}
            connection.execute(campaign.update().where(campaign.c.id == made).values(values))
    query = sa.select(campaign.c.state, campaign.c.reason, campaign.c.start_at, campaign.c.start_zone)
    marker = "%s" if database.is_postgresql else "?"
    with database.write() as connection:
        by_hand = connection.begin_nested()
        connection.exec_driver_sql(campaign_states.PAUSE_ALL_SQL.replace("%s", marker), (reason_to_text(REPLACED),))
        paused_by_hand = connection.execute(query.order_by(campaign.c.id)).all()
        by_hand.rollback()
        pause_everything(connection, 60.0, REPLACED)
        assert connection.execute(query.order_by(campaign.c.id)).all() == paused_by_hand
    assert [row.state for row in paused_by_hand] == ["paused"] * 4 + ["cancelled", "done"]


@pytest.mark.postgres
def test_the_notice_of_a_restored_database_is_the_same_by_either_statement(reused: Database):
    Campaigns(reused)
    with reused.write() as connection:
        connection.execute(revision.delete().where(revision.c.name == NOTICED))
        query = sa.select(revision.c.number).where(revision.c.name == NOTICED)
        for _ in range(3):
            now = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float").scalar_one()
            by_hand = connection.begin_nested()
            connection.exec_driver_sql(NOTICE_SQL, (NOTICED,))
            noticed = connection.scalar(query)
            by_hand.rollback()
            pause_everything(connection, now, REPLACED)
            assert connection.scalar(query) in (noticed, noticed - 1)  # a minute may end in between
