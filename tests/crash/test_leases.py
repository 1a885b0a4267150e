"""Two workers on one database: one is frozen past its lease and wakes, or dies for good; the other continues."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from omni.core.campaign import ContactState
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.opening import open_database
from omni.store.schema import IS_SENDING
from tests.conftest import Sandbox
from tests.crash.comparison import compare
from tests.crash.crash_report import KILLS, CrashReport, only_make_crash
from tests.crash.worker_processes import arrived, lines, report_of, worker_process
from tests.store.building import make
from tests.waiting import PATIENCE, wait_until

TIMES = 5 if KILLS else 1

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    one = open_database(postgres_url)
    yield one
    one.close()


@only_make_crash
def test_the_answers_of_a_worker_that_was_taken_for_dead_count_when_it_wakes(
    database: Database, postgres_url: str, tmp_path: Path, sandbox: Callable[..., Sandbox], crash_report: CrashReport
):
    provider = sandbox("--latency", "150")
    campaigns = Campaigns(database)
    given_up = 0
    frozen, other = tmp_path / "frozen", tmp_path / "other"

    def count(state: ContactState) -> int:
        return campaigns.progress(made).counts[state]

    def unknown_to_us() -> set[str]:
        return {each.destination for each in campaigns.recipients(made, state="unknown").recipients}

    with (
        worker_process(postgres_url, frozen, provider.url) as sleeper,
        worker_process(postgres_url, other, provider.url),
    ):
        made = make(database, TIMES * 700)
        for _ in range(TIMES):
            enough = lines(frozen / "arrived.jsonl") + 20
            wait_until(lambda: lines(frozen / "arrived.jsonl") > enough)  # noqa: B023 - called at once
            unknown = count("unknown")
            os.kill(sleeper.pid, signal.SIGSTOP)
            wait_until(lambda: count("unknown") > unknown)  # noqa: B023
            time.sleep(0.3)
            given_up += count("unknown") - unknown
            details = {each.detail for each in campaigns.recipients(made, state="unknown").recipients}
            assert details == {"request.worker_lost"}
            os.kill(sleeper.pid, signal.SIGCONT)
            # Requests that it had claimed but not posted when it froze stay unknown; received ones do not.
            wait_until(lambda: not unknown_to_us() & received_by(provider))
        wait_until(lambda: campaigns.get(made).state == "done")
    tally = compare(report_of(campaigns, made), provider.records(), arrived(frozen) + arrived(other), given_up)
    crash_report.add("a worker frozen beyond its lease, then resumed", postgres_url, TIMES, tally)
    assert tally.received + tally.unknown == TIMES * 700
    assert tally.is_kept, tally


def received_by(provider: Sandbox) -> set[str]:
    return {contact["phone1"] for each in provider.records() if each["accepted"] for contact in each["contacts"]}


def test_of_two_workers_one_dies_for_ever_and_the_other_finishes(
    database: Database, postgres_url: str, tmp_path: Path, sandbox: Callable[..., Sandbox], crash_report: CrashReport
):
    provider = sandbox("--latency", "20")
    campaigns = Campaigns(database)
    dead, alive = tmp_path / "dead", tmp_path / "alive"
    with worker_process(postgres_url, alive, provider.url, CRASH_RATE="150"):
        with worker_process(postgres_url, dead, provider.url, CRASH_RATE="150") as dying:
            made = make(database, 1500, 5)
            wait_until(lambda: lines(dead / "arrived.jsonl") > 20, every=0.002)
            time.sleep(0.01)
            dying.kill()
        with database.read() as connection:
            left_open = connection.scalar(sa.select(sa.func.count()).where(IS_SENDING))
        wait_until(lambda: campaigns.get(made).state == "done")
    # Its folder returns, and with it the answers that are only in its spool.
    with worker_process(postgres_url, dead, provider.url, str(made)) as back:
        assert back.wait(PATIENCE) == 0
    tally = compare(report_of(campaigns, made), provider.records(), arrived(dead) + arrived(alive), left_open)
    crash_report.add("one of two workers dies for good; its folder returns later", postgres_url, 1, tally)
    assert 1500 - 5 * tally.unknown <= tally.received <= 1500
    assert tally.is_kept, tally
