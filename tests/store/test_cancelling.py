"""Cancelling a campaign at the moment a worker claims from it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from omni.store import campaign_states
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database, clock
from omni.store.ledger import claiming, recording
from omni.store.ledger.ledger import Ledger
from omni.store.schema import campaign as campaign_table
from omni.store.schema import request
from tests.store.building import ME, SENDS, accepted, claim, make, record, slowed, states
from tests.store.legal_states import any_state
from tests.store.opening import empty
from tests.waiting import PATIENCE, wait_until

together = pytest.mark.postgres  # SQLite has one writer at a time


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MIN_RETRY", 0.0)


def waits(database: Database) -> bool:
    """Return whether a connection waits for a lock in this database."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.read() as connection:
        return bool(connection.exec_driver_sql(query).scalar())


def cancelled_while_claiming(database: Database, made: int, room: int):
    """Claim ``room`` requests and cancel before the commit; return the claims and the result of cancelling."""
    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            claimed, _ = claiming.claim(connection, clock(connection), ME, room, SENDS, 1)
            told: Future[int] = pool.submit(Campaigns(database).cancel, made)
            wait_until(lambda: waits(database))
        return claimed, told.result(PATIENCE)


@pytest.fixture
def emptied(reused: Database) -> Database:
    """An empty database that allows two writers at the same time."""
    empty(reused)
    return reused


def begun(database: Database) -> int:
    """Create a campaign of four contacts with the first one accepted."""
    made = make(database, 4)
    Ledger(database, SENDS).join(ME, {}, "seat.")
    record(database, accepted(claim(database, 1)[0]))
    return made


@together
def test_requests_being_claimed_keep_a_cancelled_campaign_open(emptied):
    made = begun(emptied)
    claimed, never = cancelled_while_claiming(emptied, made, 2)
    assert (len(claimed), never, states(emptied, made)) == (2, 1, "assc")
    assert (Campaigns(emptied).get(made).state, Campaigns(emptied).get(made).finished_at) == ("cancelled", None)


@together
def test_a_request_handed_back_is_cancelled_and_the_campaign_ends(emptied):
    made = begun(emptied)
    claimed, _ = cancelled_while_claiming(emptied, made, 2)
    record(emptied, slowed(claimed[0]), accepted(claimed[1]))
    assert states(emptied, made) == "acac"
    assert Campaigns(emptied).get(made).finished_at is not None


def test_requests_left_pending_in_a_cancelled_campaign_are_cancelled_later(database):
    made = begun(database)
    claimed = claim(database, 1)
    Campaigns(database).cancel(made)
    with database.write() as connection, any_state(connection):
        connection.execute(campaign_table.update().values(finished_at=clock(connection)))
        connection.execute(request.update().where(request.c.number == 3).values(state=0))
    record(database, slowed(claimed[0]))
    assert states(database, made) == "accc"


@together
def test_a_cancellation_and_the_first_claim_do_not_wait_for_each_other(emptied):
    made = make(emptied, 2)
    with ThreadPoolExecutor(1) as pool:
        with emptied.write() as connection:
            campaign_states.locked_state(connection, made)
            first = pool.submit(claim, emptied)
            wait_until(lambda: first.done() or waits(emptied))
            assert campaign_states.cancel(connection, made) == 2
        assert list(first.result(PATIENCE)) == []
    with emptied.read() as connection:
        assert connection.scalar(sa.select(campaign_table.c.state)) == "cancelled"
