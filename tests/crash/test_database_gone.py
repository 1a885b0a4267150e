"""PostgreSQL stops immediately during sending and starts again, several times."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omni.sending.claim_journal import ClaimJournal
from tests.conftest import Sandbox
from tests.crash.crash_report import KILLS, SEED, CrashReport
from tests.crash.fleet import fleet
from tests.postgres import Postgres, run_postgres
from tests.waiting import wait_until

TIMES = 5 if KILLS else 1

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that no other test uses."""
    with run_postgres() as server:
        yield server


def test_a_database_stopped_at_once_costs_no_answer_and_no_second_sending(
    own_postgres: Postgres, tmp_path: Path, sandbox: Callable[..., Sandbox], crash_report: CrashReport
):
    provider = sandbox("--latency", "30")
    draw = random.Random(SEED)
    with (
        own_postgres.database() as url,
        fleet(tmp_path / "ours", url, provider.url, OMNI_BATCH="1", OMNI_RATE="150") as ours,
    ):
        worker = ours.start_worker()
        command = ours.send("personal", TIMES * 250)

        def warnings() -> int:
            # Only one process sends on a data folder at a time: the worker or the command, whichever was first.
            return (worker.output + command.output).count("nothing is sent")

        wait_until(lambda: "Worker ready" in worker.output)
        for _ in range(TIMES):
            before = received(provider)
            wait_until(lambda: received(provider) > before + 60)  # noqa: B023 - called at once
            time.sleep(draw.uniform(0.0, 0.2))
            before_the_stop = warnings()
            own_postgres.stop_at_once()
            wait_until(lambda: warnings() > before_the_stop)  # noqa: B023
            # Every request that was handed out still arrives, and no other request follows.
            wait_until(lambda: received(provider) == handed_out(ours.data))
            standing = received(provider)
            time.sleep(0.7)
            assert received(provider) == standing
            assert_reported(ours.done("status"))
            own_postgres.start_again()
        wait_until(lambda: ours.campaigns.list() and ours.is_over(), every=0.2)
        tally = ours.tally(provider.records())
        crash_report.add("PostgreSQL stopped immediately during sending, and started again", url, TIMES, tally)
        assert (tally.received, tally.unknown) == (TIMES * 250, 0)
        assert tally.is_kept, tally
        assert worker.process.poll() is None


def assert_reported(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 2
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def handed_out(data: Path) -> int:
    """Number of requests that the journal lists as handed out for posting."""
    with ClaimJournal(data / "sending" / "claims.journal") as journal:
        return len(set(journal.request_ids()))


def received(provider: Sandbox) -> int:
    return int(provider.stats()["requests"])
