"""Workers woken by a queue, here as threads: a lost, repeated or late job does no harm."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate import App

from omni.bootstrap.cluster_worker import work_beside_others
from omni.bootstrap.waking import campaigns_of, unknowns_of
from omni.cluster import attending
from omni.cluster.queue import QUEUE, SCHEMA, SHIFT, Queue, queue_conninfo
from omni.errors import StoreError
from omni.ports import Answer, Claimed
from omni.provider.response import judge_posted
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.drain import WorkerParts
from omni.sending.worker import run_worker
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from tests.builders import phone
from tests.sending.engine import Provider, accept
from tests.store.building import SENDS, claim, make, new_campaign, prepared, states
from tests.store.opening import empty
from tests.waiting import PATIENCE, wait_until

NEVER = 60
"""Seconds between sweeps, for tests in which no sweep may help."""


@pytest.fixture
def database(reused: Database) -> Database:
    """A PostgreSQL database without a queue."""
    empty(reused)
    run(reused, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    return reused


@pytest.fixture
def worker(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a worker that waits for jobs: ``with worker("a", provider, sweep=1):``."""
    for name, seconds in (("_ASK", 0.02), ("_LOOK_FOR_JOBS_EVERY", 0.2), ("_BEAT", 0.2), ("_RETRY", 0.1)):
        monkeypatch.setattr(attending, name, seconds)
    monkeypatch.setattr("omni.bootstrap.cluster_worker._LOOK_EVERY", 0.1)

    @contextmanager
    def started(name: str, post: Any, sweep: int = NEVER) -> Iterator[list[BaseException]]:
        monkeypatch.setattr(attending, "SWEEP_EVERY", sweep)
        ended = threading.Event()
        raised: list[BaseException] = []
        ledger = Ledger(database, SENDS)

        def send(stop: Callable[[], bool], ready: Callable[[], None]) -> None:
            run_worker(WorkerParts(ledger, post, judge_posted), folder=tmp_path / name, stop=stop, on_ready=ready)

        def work() -> None:
            try:
                work_beside_others(database, ledger, send, ended.is_set)
            except BaseException as err:
                raised.append(err)

        thread = threading.Thread(target=work)
        known = newest(database)
        thread.start()
        try:
            wait_until(lambda: newest(database) > known or raised)
            yield raised
        finally:
            ended.set()
            thread.join(PATIENCE)
        assert not thread.is_alive()

    return started


def run(database: Database, statement: str, *values: object) -> list[Any]:
    with psycopg.connect(queue_conninfo(database.conninfo()), autocommit=True) as connection:
        done = connection.execute(statement.encode(), values or None)
        return done.fetchall() if done.description else []


def waiting(database: Database) -> int:
    """Return the number of workers that the queue knows."""
    return int(run(database, "SELECT count(*) FROM procrastinate_workers")[0][0])


def newest(database: Database) -> int:
    """Return the id of the worker that the queue registered last."""
    try:
        return int(run(database, "SELECT coalesce(max(id), 0) FROM procrastinate_workers")[0][0])
    except psycopg.errors.UndefinedTable:
        return 0


def jobs(database: Database) -> list[str]:
    return [str(name) for (name,) in run(database, "SELECT task_name FROM procrastinate_jobs")]


def waits_for_the_other(own: Callable[[], Provider], other: Callable[[], Provider]) -> Provider:
    """Build a provider that, after 20 requests, keeps its worker waiting until the other worker has as many."""

    def reply(claimed: Claimed, body: bytes) -> Answer:
        if len(own().bodies) > 20:
            wait_until(lambda: len(other().bodies) > 20)
        return accept(claimed, body)

    return Provider(reply, latency=0.02)


def test_a_campaign_wakes_every_worker_and_then_they_wait_again(database: Database, worker: Callable[..., Any]):
    one = waits_for_the_other(lambda: one, lambda: two)
    two = waits_for_the_other(lambda: two, lambda: one)
    with worker("one", one), worker("two", two):
        made = campaigns_of(database).create(new_campaign(), prepared(200), []).id
        wait_until(lambda: Campaigns(database).get(made).state == "done")
        wait_until(lambda: jobs(database) == [])
        wait_until(lambda: [each.info.get("role") for each in Ledger(database).workers()].count("waiting") == 2)
    assert min(len(one.bodies), len(two.bodies)) > 20
    assert len(one.received + two.received) == (one.received + two.received).total() == 200
    assert Ledger(database).workers() == ()
    assert waiting(database) == 0


def test_each_change_that_leaves_something_to_send_wakes(database: Database, worker: Callable[..., Any]):
    campaigns = campaigns_of(database)
    provider = Provider(lambda claimed, body: accept(claimed, body) if len(provider.bodies) > 2 else refuse())
    with worker("one", provider):
        made = campaigns.create(new_campaign(state="paused"), prepared(2), []).id
        campaigns.resume(made)
        wait_until(lambda: states(database, made) == "uu")
        wait_until(lambda: jobs(database) == [])
        unknowns_of(database).decide(made, "resend", "ana")
        wait_until(lambda: states(database, made) == "aa")


def refuse() -> Any:
    raise OSError("the connection broke")


def test_a_scheduled_campaign_starts_at_its_time(database: Database, worker: Callable[..., Any]):
    with worker("one", Provider()):
        due = time.time() + 0.6
        made = campaigns_of(database).create(new_campaign(start_at=due, start_zone="UTC"), prepared(2), []).id
        wait_until(lambda: states(database, made) == "aa")
        started = Campaigns(database).get(made).started_at
        assert started is not None
        assert started >= due


def test_the_sweep_finds_a_campaign_without_a_job(database: Database, worker: Callable[..., Any]):
    with worker("one", Provider(), sweep=1):
        made = make(database, 3)
        wait_until(lambda: states(database, made) == "aaa")


def test_jobs_that_come_twice_too_often_or_too_late_change_nothing(database: Database, worker: Callable[..., Any]):
    one, two = Provider(latency=0.01), Provider(latency=0.01)
    with worker("one", one), worker("two", two):
        made = make(database, 100)
        for _ in range(5):
            run(database, "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES (%s, %s)", QUEUE, SHIFT)
            Queue(database.conninfo()).wake()
        wait_until(lambda: Campaigns(database).get(made).state == "done")
        Queue(database.conninfo()).wake()
        wait_until(lambda: jobs(database) == [])
    assert len(one.received + two.received) == (one.received + two.received).total() == 100


def test_the_jobs_of_a_worker_that_died_are_swept_away(database: Database, worker: Callable[..., Any]):
    with worker("one", Provider()):
        pass
    run(
        database,
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') "
        "RETURNING id) INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
        "SELECT %s, %s, 'doing', id FROM dead",
        QUEUE,
        SHIFT,
    )
    assert SHIFT in jobs(database)
    with worker("one", Provider(), sweep=1):
        wait_until(lambda: SHIFT not in jobs(database))


def test_a_dropped_queue_is_created_again(database: Database, worker: Callable[..., Any]):
    with worker("one", Provider(), sweep=1):
        wait_until(lambda: thrown_away(database))
        made = campaigns_of(database).create(new_campaign(), prepared(3), []).id
        wait_until(lambda: states(database, made) == "aaa")


def thrown_away(database: Database) -> bool:
    """Drop the queue's tables and return whether that worked at once, while the worker uses them."""
    try:
        run(database, f"DROP SCHEMA {SCHEMA} CASCADE")
    except psycopg.errors.DeadlockDetected:
        return False
    return True


def test_broken_connections_are_replaced_while_waiting_and_while_sending(
    database: Database, worker: Callable[..., Any]
):
    provider = Provider(latency=0.02)
    with worker("one", provider, sweep=1):
        cut(database)
        made = make(database, 100)
        wait_until(lambda: len(provider.bodies) > 10)
        cut(database)
        wait_until(lambda: Campaigns(database).get(made).state == "done")
        later = make(database, 1)
        wait_until(lambda: states(database, later) == "a")
    assert provider.received[phone(2)] == 2  # once for each campaign
    assert provider.received.total() == len(provider.received) + 1
    assert states(database, made).replace("u", "a") == "a" * 100


def cut(database: Database) -> None:
    """End every connection to the database, as a restart of the server does."""
    run(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def test_a_worker_started_while_another_sends_takes_part(database: Database, worker: Callable[..., Any]):
    one, two = waits_for_the_other(lambda: one, lambda: two), Provider()
    with worker("one", one):
        made = campaigns_of(database).create(new_campaign(), prepared(160), []).id
        wait_until(lambda: len(one.bodies) > 10)
        with worker("two", two):
            wait_until(lambda: Campaigns(database).get(made).state == "done")
    assert len(two.bodies) > 20


def test_answers_left_by_a_former_process_are_recorded_though_all_is_paused(
    database: Database, worker: Callable[..., Any], tmp_path: Path
):
    made = make(database, 3)
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "seat").write_text("seat")
    Ledger(database, SENDS).join("seat.1", {}, "seat.")
    claimed = claim(database, 2, "seat.1")
    with AnswerSpool(folder / "answers.spool") as spool, ClaimJournal(folder / "claims.journal") as journal:
        journal.append(claimed)
        spool.put(claimed[0], accept(claimed[0], b""))
    Campaigns(database).pause(made)
    with worker("one", Provider()):
        assert states(database, made) == "aup"


def test_a_folder_that_cannot_be_written_ends_the_worker_with_the_reason(
    database: Database, worker: Callable[..., Any], tmp_path: Path
):
    (tmp_path / "one").write_text("a file where the folder should be")
    with worker("one", Provider()) as raised:
        wait_until(lambda: raised)
    assert [str(err).partition("(")[0] for err in raised if isinstance(err, StoreError)] == ["store.folder"]


def test_a_worker_that_is_stopped_while_it_still_connects_to_the_queue_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    """The connection pool of psycopg takes a cancellation for a failed connection, and would retry for ever."""
    asked, ended = threading.Event(), threading.Event()

    async def connect(*_given: object, **_options: object) -> None:
        asked.set()
        await asyncio.sleep(600)

    def nothing(_stop: Callable[[], bool], ready: Callable[[], None]) -> None:
        ready()

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect)
    given = (database, Ledger(database, SENDS), nothing, ended.is_set)
    thread = threading.Thread(target=work_beside_others, args=given, daemon=True)
    thread.start()
    assert asked.wait(PATIENCE)
    ended.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_cancellation_that_is_lost_on_the_way_is_given_again(
    worker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    """``asyncio.wait_for`` of Python 3.11 loses a cancellation that arrives together with the awaited result."""
    lost: list[str] = []

    async def serve(app: App, **_options: object) -> None:
        await app.job_manager.register_worker()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(600)
        lost.append("one")
        await asyncio.sleep(600)

    monkeypatch.setattr(App, "run_worker_async", serve)
    monkeypatch.setattr(attending, "_CANCEL_AGAIN", 0.1)
    with worker("one", Provider()):
        pass
    assert lost == ["one"]


def test_any_other_error_ends_the_worker_instead_of_leaving_it_to_wait(
    database: Database, worker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    def broken(_conninfo: str) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(attending, "prepare", broken)
    with worker("one", Provider()) as raised:
        wait_until(lambda: raised)
    assert [str(err) for err in raised] == ["a defect"]


def test_waking_a_missing_queue_is_no_error(database: Database, caplog: pytest.LogCaptureFixture):
    Queue(database.conninfo()).wake()
    Queue("host=/nonexistent").wake(time.time() + 60)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
