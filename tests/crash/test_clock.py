"""Clock jumps of an hour, forward and back, during sending, while the provider asks the worker to wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from omni.store.campaigns.campaigns import Campaigns
from omni.store.opening import open_database
from tests.conftest import Sandbox
from tests.crash.comparison import compare
from tests.crash.crash_report import KILLS, CrashReport, only_make_crash
from tests.crash.worker_processes import arrived, lines, report_of, worker_process
from tests.store.building import make
from tests.waiting import PATIENCE, wait_until

HOUR = 3600.0
JUMPS = (HOUR, 0.0, -HOUR, 0.0) if KILLS else (HOUR, 0.0)
A_JUMP = 120

pytestmark = [pytest.mark.slow, only_make_crash]


def test_a_clock_that_jumps_stops_nothing_and_sends_nothing_twice(
    request: pytest.FixtureRequest,
    database_url: str,
    tmp_path: Path,
    sandbox: Callable[..., Sandbox],
    crash_report: CrashReport,
):
    provider = sandbox("--latency", "15", "--faults", "too_many=0.02", "--seed", "3")
    database = open_database(database_url)
    request.addfinalizer(database.close)
    campaigns = Campaigns(database)
    made = make(database, (len(JUMPS) + 1) * A_JUMP)
    clock, folder = tmp_path / "clock", tmp_path / "sending"
    clock.write_text("0")
    notes = folder / "arrived.jsonl"
    with worker_process(
        database_url, folder, provider.url, str(made), CRASH_CLOCK=str(clock), CRASH_RATE="150"
    ) as process:
        for ahead in JUMPS:
            enough = lines(notes) + A_JUMP // 2
            wait_until(lambda: lines(notes) > enough)  # noqa: B023 - called at once
            ahead_of = tmp_path / "next"
            ahead_of.write_text(str(ahead))
            ahead_of.replace(clock)
        assert process.wait(PATIENCE) == 0
    tally = compare(report_of(campaigns, made), provider.records(), arrived(folder), 0)
    crash_report.add("the clock jumps an hour, forward and back", database_url, len(JUMPS), tally)
    assert (tally.received, tally.unknown) == (tally.contacts, 0)
    assert tally.is_kept, tally
