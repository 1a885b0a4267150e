"""Request counts are updated by every change of a request, from any process."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database, postgresql_engine, sqlite_engine
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.opening import MIGRATIONS, open_database
from omni.store.schema import request, request_count, request_pace
from tests.store.building import SENDS, accepted, claim, live_campaign, make, prepared, record, refused, unknown
from tests.store.legal_states import any_state
from tests.store.request_counts import counted, recounted
from tests.waiting import PATIENCE, wait_until


def test_what_any_statement_does_to_requests_is_counted(database: Database):
    one, other = make(database, 12, 2), make(database, 5)
    claimed = claim(database)
    record(database, *map(accepted, claimed[:3]), *(unknown(each, 0) for each in claimed[3:5]), refused(claimed[5]))
    assert counted(database) == recounted(database)
    for change in (
        {"state": 0, "finished_at": None},
        {"contacts": 7},
        {"paired": 1, "finished_at": 1e9 + 0.7},
        {"owner": "x"},
        {"finished_at": 1e9 + 1.2},
    ):
        with database.write() as connection, any_state(connection):
            connection.execute(request.update().where(request.c.number % 2 == 1).values(change))
        assert counted(database) == recounted(database)
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM request_body"))
        connection.execute(sa.text("DELETE FROM answer"))
        connection.execute(sa.text("DELETE FROM paired_contact"))
        connection.execute(request.delete().where(request.c.campaign_id == one, request.c.number > 2))
    assert counted(database) == recounted(database)
    assert {campaign_id for _, campaign_id, _ in counted(database)} == {one, other}


def test_what_is_taken_back_is_not_counted(database: Database):
    make(database, 5)
    before = counted(database)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(request.update().values(state=2, finished_at=5.0))
        raise ZeroDivisionError
    assert counted(database) == before == recounted(database)


@pytest.mark.postgres
def test_a_claim_does_not_wait_for_a_recording_in_the_same_campaign(reused: Database):
    """Otherwise each could hold the lock that the other waits for: the campaign and the limiter."""
    made = Campaigns(reused).create(live_campaign(f"key-{os.urandom(4).hex()}"), prepared(20), []).id
    claimed = claim(reused, room=4)
    with reused.write() as recording:
        recording.execute(sa.text("SELECT 1 FROM campaign WHERE id = :id FOR UPDATE"), {"id": made})
        recording.execute(request.update().where(request.c.id == claimed[0].request_id).values(state=2))
        done = threading.Event()

        def claim_meanwhile() -> None:
            claim(reused, room=4, owner="seat.2")
            done.set()

        thread = threading.Thread(target=claim_meanwhile)
        thread.start()
        assert done.wait(PATIENCE)
    thread.join()
    assert counted(reused) == recounted(reused)


@pytest.mark.postgres
def test_workers_side_by_side_never_deadlock_and_count_right(reused: Database):
    made = [make(reused, 300) for _ in range(3)]
    failed: list[Exception] = []
    sends = Sends(SENDS.practice, SENDS.account, SENDS.endpoint, 1e6)

    def work(owner: str) -> None:
        try:
            ledger = Ledger(reused, sends)
            claimed, _ = ledger.turn(owner, [], 7)
            while claimed:
                claimed, _ = ledger.turn(owner, [accepted(each) for each in claimed], 7)
        except Exception as err:
            failed.append(err)

    threads = [threading.Thread(target=work, args=(f"seat.{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert counted(reused) == recounted(reused)
    assert [Campaigns(reused).progress(each).counts["accepted"] for each in made] == [300] * 3


def test_an_older_database_is_counted_when_it_is_migrated(database_url: str):
    _without_counts(database_url)
    database = open_database(database_url)
    assert counted(database) == recounted(database)
    assert Campaigns(database).progress(1).counts == {
        "pending": 5,
        "sending": 3,
        "accepted": 3,
        "refused": 2,
        "unknown": 1,
        "cancelled": 0,
    }
    record(database, *map(accepted, claim(database, room=1)))
    assert counted(database) == recounted(database)
    database.close()


def test_a_migration_waits_for_a_worker_amid_a_turn(postgres_url: str):
    """A turn reads requests before it changes them, so locks taken table by table would deadlock with it."""
    _without_counts(postgres_url)
    engine = postgresql_engine(sa.make_url(postgres_url))
    with ThreadPoolExecutor(1) as beside:
        with engine.begin() as turn:
            assert turn.scalar(sa.text("SELECT count(*) FROM request WHERE state = 0")) == 5
            upgraded = beside.submit(open_database, postgres_url)
            with engine.connect() as looking:
                wait_until(lambda: looking.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
            turn.execute(sa.text("UPDATE request SET state = 1 WHERE id = 5"))
        database = upgraded.result()
    engine.dispose()
    assert counted(database) == recounted(database)
    assert Campaigns(database).progress(1).counts["sending"] == 4
    database.close()


def test_what_ended_later_than_now_is_no_pace(database: Database):
    """The clock was set back."""
    made = make(database, 3)
    with database.write() as connection:
        connection.execute(
            request_pace.insert().values(campaign_id=made, second=int(time.time()) + 900, slot=-1, contacts=900)
        )
    assert Campaigns(database).progress(made).rate == 0.0


def _without_counts(url: str) -> None:
    """Create a database from before requests were counted, with requests in several states."""
    parsed = sa.make_url(url)
    engine = postgresql_engine(parsed) if parsed.get_backend_name() == "postgresql" else sqlite_engine(parsed)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.execute(
            sa.text(
                "INSERT INTO campaign (id, key, name, state, practice, account, endpoint, template, details, "
                "contacts, requests, created_by, created_at) "
                "VALUES (1, 'k', 'n', 'running', true, 'a', '', '{}', '{}', 14, 9, '', 0)"
            )
        )
        rows = [
            (1, 2, 3.5, 0),
            (2, 4, 4.9, 1),
            (3, 3, 5.0, 0),
            (4, 1, None, 0),
            (5, 0, None, 0),
            (6, 0, None, 0),
            (7, 0, None, 0),
            (8, 0, None, 0),
            (9, 0, None, 0),
        ]
        contacts = {1: 2, 2: 2, 3: 2, 4: 3}
        connection.execute(
            request.insert(),
            [
                {
                    "id": number,
                    "campaign_id": 1,
                    "number": number,
                    "contacts": contacts.get(number, 1),
                    "state": state,
                    "finished_at": ended,
                    "paired": paired,
                }
                for number, state, ended, paired in rows
            ],
        )
    engine.dispose()


def test_a_campaign_with_rows_of_many_sessions_has_one_count(database: Database, monkeypatch: pytest.MonkeyPatch):
    made, now = make(database, 3), time.time()
    monkeypatch.setattr("omni.store.campaigns.progress.clock", lambda _: now)
    with database.write() as connection:
        connection.execute(
            request_count.insert().values(campaign_id=made, state=0, slot=-1, requests=-1, contacts=-1, paired=0)
        )
        connection.execute(request_pace.insert().values(campaign_id=made, second=int(now), slot=-1, contacts=1))
    progress = Campaigns(database).progress(made)
    assert progress.counts["pending"] == 2
    assert 1 / 11 <= progress.rate <= 1 / 10


def test_an_sqlite_trigger_leaves_the_count_of_changed_rows_alone(tmp_path: Path):
    """The number of changed rows shows which answers were recorded."""
    file = tmp_path / "omni.db"
    database = open_database(f"sqlite:///{file}")
    make(database, 3)
    database.close()
    connection = sqlite3.connect(file)
    assert connection.execute("UPDATE request SET state = 5").rowcount == 3
    connection.close()
