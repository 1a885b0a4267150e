"""Workers of several machines as real processes on PostgreSQL: killed, frozen, and sharing one rate limit.

Each worker has its own data folder, as on a machine of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from omni.bootstrap.waking import campaigns_of
from omni.cluster.attending import SWEEP
from omni.cluster.queue import SCHEMA, queue_conninfo
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.opening import open_database
from tests.conftest import Sandbox
from tests.sending.resident_worker import LEASE
from tests.store.building import live_campaign, prepared, states
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def residents(database: Database, postgres_url: str, tmp_path: Path) -> Iterator[Callable[..., list[subprocess.Popen]]]:
    """Start a worker in each folder, as in ``residents(provider, rate, "one", "two")``; they are killed at the end."""
    with ExitStack() as stack:

        def start(provider: Sandbox, rate: int, *folders: str) -> list[subprocess.Popen]:
            known = waiting(database)
            account = {
                "OMNI_USERNAME": "operator",
                "OMNI_TOKEN": "t",
                "OMNI_ENDPOINT": provider.url,
                "OMNI_RATE": str(rate),
                "OMNI_HALT": "off",
                "OMNI_CONCURRENCY": "8",
                "OMNI_DATABASE_URL": postgres_url,
            }
            started = [stack.enter_context(resident(account | {"OMNI_DATA": str(tmp_path / each)})) for each in folders]
            wait_until(lambda: waiting(database) >= known + len(folders))
            return started

        yield start


@contextmanager
def resident(environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "tests.sending.resident_worker", "1"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def waiting(database: Database) -> int:
    """Number of workers that the queue knows."""
    with psycopg.connect(queue_conninfo(database.conninfo())) as connection:
        try:
            row = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(row[0]) if row else 0


def ends_of_sweeps(database: Database) -> Callable[[], list[float]]:
    """Record when each sweep ends from now on, in epoch seconds of the database; the result returns what it has."""
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE sweep_end (at float8 DEFAULT extract(epoch FROM clock_timestamp()))")
        connection.exec_driver_sql(
            "CREATE FUNCTION record_sweep() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN INSERT INTO public.sweep_end DEFAULT VALUES; RETURN OLD; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER record_sweep BEFORE DELETE ON {SCHEMA}.procrastinate_jobs FOR EACH ROW"
            f" WHEN (OLD.task_name = '{SWEEP}') EXECUTE FUNCTION record_sweep()"
        )

    def read() -> list[float]:
        with database.read() as connection:
            return list(connection.exec_driver_sql("SELECT at FROM sweep_end").scalars())

    return read


def last_heartbeat(database: Database, process: subprocess.Popen) -> float:
    with database.read() as connection:
        query = "SELECT max(beat) FROM worker WHERE id LIKE %s"
        return float(connection.exec_driver_sql(query, (f"%.{process.pid}.%",)).scalar_one())


def launch(database: Database, provider: Sandbox, contacts: int) -> int:
    return campaigns_of(database).create(live_campaign(endpoint=provider.url), prepared(contacts), []).id


def received(provider: Sandbox) -> Counter[str]:
    return Counter(contact["phone1"] for each in provider.records() for contact in each["contacts"])


def test_two_workers_keep_to_one_rate_and_end_in_order(
    database: Database, residents: Callable[..., list[subprocess.Popen]], sandbox: Callable[..., Sandbox]
):
    rate = 150
    provider = sandbox()
    workers = residents(provider, rate, "one", "two")
    made = launch(database, provider, 100 * rate)

    def have_their_share() -> bool:
        with database.read() as connection:
            count = "SELECT count(*) FROM request WHERE owner IS NOT NULL GROUP BY owner"
            shares = connection.exec_driver_sql(count).scalars().all()
        return len(shares) == 2 and min(shares) > rate / 3 and sum(shares) >= 3 * rate

    wait_until(have_their_share)
    Campaigns(database).cancel(made)
    wait_until(lambda: "s" not in states(database, made))
    with database.read() as connection:
        claims = connection.exec_driver_sql("SELECT claimed_at FROM request WHERE claimed_at IS NOT NULL")
        times = sorted(claims.scalars())
    most = max(bisect_right(times, at + 1) - place for place, at in enumerate(times))
    assert most <= 1.15 * rate
    assert set(received(provider).values()) == {1}
    for each in workers:
        each.terminate()
    assert [each.wait(PATIENCE) for each in workers] == [0, 0]
    assert waiting(database) == 0


def test_open_requests_of_a_killed_worker_become_unknown_while_all_is_paused(
    database: Database, residents: Callable[..., list[subprocess.Popen]], sandbox: Callable[..., Sandbox]
):
    provider = sandbox("--latency", str(int(PATIENCE * 1000)))
    (dead,) = residents(provider, 1000, "dead")
    made = launch(database, provider, 20)
    wait_until(lambda: len(provider.records()) == 8)
    Campaigns(database).pause(made)
    residents(provider, 1000, "alive")
    ends = ends_of_sweeps(database)
    dead.kill()
    dead.wait()
    expiry = last_heartbeat(database, dead) + LEASE
    wait_until(lambda: states(database, made).count("s") == 0)
    with database.read() as connection:
        query = "SELECT DISTINCT finished_at FROM request WHERE finished_at IS NOT NULL"
        (release,) = connection.exec_driver_sql(query).scalars()
    # By the first sweep that begins after the lease: the one before it may end after it too.
    assert release > expiry
    assert len([end for end in ends() if expiry < end < release]) <= 1
    assert Counter(states(database, made)) == {"u": 8, "p": 12}
    assert set(received(provider).values()) == {1}


def test_a_frozen_worker_is_replaced_and_its_answers_count_when_it_wakes(
    database: Database, residents: Callable[..., list[subprocess.Popen]], sandbox: Callable[..., Sandbox]
):
    provider = sandbox("--latency", "1500")
    frozen, _alive = residents(provider, 1000, "frozen", "alive")
    made = launch(database, provider, 60)

    def open_of_the_frozen() -> int:
        query = "SELECT count(*) FROM request WHERE state = 1 AND owner LIKE %s"
        with database.read() as connection:
            return int(connection.exec_driver_sql(query, (f"%.{frozen.pid}.%",)).scalar() or 0)

    wait_until(lambda: len(provider.records()) >= 16 and open_of_the_frozen())
    frozen.send_signal(signal.SIGSTOP)
    assert open_of_the_frozen()
    wait_until(lambda: Campaigns(database).get(made).state == "done")
    assert set(states(database, made)) == {"a", "u"}
    assert states(database, made).count("u") <= 8
    frozen.send_signal(signal.SIGCONT)
    # Requests that it had claimed but not posted when it froze stay unknown, and are not posted after it wakes.
    wait_until(lambda: not unknown(database, made) & set(received(provider)))
    assert len(received(provider)) + len(unknown(database, made)) == 60
    assert set(received(provider).values()) == {1}


def unknown(database: Database, made: int) -> set[str]:
    return {each.destination for each in Campaigns(database).recipients(made, state="unknown").recipients}
