"""A PostgreSQL database restored from a backup sends nothing until an operator confirms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from omni.provider.response import judge_posted
from omni.sending.drain import WorkerParts
from omni.sending.worker import run_worker
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.campaigns.recent_sends import RecentSends
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from tests.builders import phone
from tests.postgres import Postgres
from tests.sending.engine import Provider
from tests.store.building import ME, SENDS, claim, make, none_posted, states


@pytest.fixture
def address(postgres_url: str) -> Iterator[str]:
    """The URL of a database in use."""
    open_database(postgres_url).close()
    yield postgres_url


def work(database: Database, folder: Path, provider: Provider, until: int) -> None:
    run_worker(WorkerParts(Ledger(database, SENDS), provider, judge_posted), folder=folder, until=until)


def test_what_another_worker_sent_since_the_backup_is_not_sent_again(postgres: Postgres, address: str, tmp_path: Path):
    provider = Provider()
    first = open_database(address)
    made = make(first, 10)
    first.close()
    with postgres.clone_of(address) as clone:
        first = open_database(address)
        one = Provider(latency=0.01)
        parts = WorkerParts(Ledger(first, SENDS), one, judge_posted)
        run_worker(parts, folder=tmp_path / "b", stop=lambda: len(one.bodies) > 4)
        sent = one.received
        first.close()

        again = open_database(clone)
        campaigns = Campaigns(again)
        assert (campaigns.get(made).state, campaigns.get(made).reason) == ("paused", REPLACED)
        work(again, tmp_path / "a", provider, made)
        assert provider.bodies == []
        work(again, tmp_path / "b", provider, made)
        assert states(again, made).count("u") == len(sent) > 4
        campaigns.resume(made)
        work(again, tmp_path / "a", provider, made)
        assert sent.keys() | provider.received.keys() == {phone(row) for row in range(2, 12)}
        assert (sent + provider.received).total() == 10
        again.close()


def test_a_scheduled_campaign_waits_and_a_paused_one_stays_paused(address: str):
    database = open_database(address)
    scheduled, paused, done = make(database, 1, start_at=9e9, start_zone="UTC"), make(database, 1), make(database, 1)
    campaigns = Campaigns(database)
    campaigns.pause(paused)
    campaigns.cancel(done)
    database.close()
    at_another_time(address)
    database = open_database(address)
    campaigns = Campaigns(database)
    found = [campaigns.get(each) for each in (scheduled, paused, done)]
    assert [(each.state, each.start_at, each.reason) for each in found] == [
        ("paused", None, REPLACED),
        ("paused", None, None),
        ("cancelled", None, None),
    ]
    assert RecentSends(database).restored_at(None, 7) is not None
    database.close()


def at_another_time(address: str) -> None:
    """Mark the database as if the server had continued on another timeline."""
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("COMMENT ON INDEX request_pending IS 'omni/1/2/3/00000001'")
    engine.dispose()


def test_a_process_that_lost_its_connections_notices_the_restore_once(address: str):
    database = open_database(address)
    made = make(database, 2)
    at_another_time(address)
    assert len(claim(database, 1)) == 1
    database.close()
    assert claim(database) == []
    assert Campaigns(database).get(made).reason == REPLACED
    Campaigns(database).resume(made)
    database.close()
    assert len(claim(database)) == 1
    open_database(address).close()
    assert Campaigns(database).get(made).state == "running"
    database.close()


def test_the_same_database_is_recognised(address: str):
    for _ in range(2):
        database = open_database(address)
        made = make(database, 1)
        database.close()
    database = open_database(address)
    assert Campaigns(database).get(made).state == "running"
    database.close()


def test_a_worker_that_outlives_the_restore_takes_nothing_for_unsent(address: str):
    database = open_database(address)
    made = make(database, 2)
    ledger = Ledger(database, SENDS)
    ledger.join(ME, {}, "seat.")
    assert len(claim(database, 1)) == 1
    # The backup is made here; then the answer arrives and is recorded, and the backup is restored.
    at_another_time(address)
    database.close()
    ledger.heartbeat(ME, {}, [], none_posted)
    assert states(database, made) == "up"
    database.close()
