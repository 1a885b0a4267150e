"""Two workers and two console servers on one data folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Sandbox
from tests.crash.crash_report import CrashReport, only_make_crash
from tests.crash.fleet import fleet
from tests.e2e.serve import serve
from tests.waiting import PATIENCE, wait_until

CONTACTS = 600

pytestmark = pytest.mark.slow


@only_make_crash
def test_two_workers_and_two_consoles_on_one_folder_send_once_and_say_so(
    tmp_path: Path, sandbox: Callable[..., Sandbox], crash_report: CrashReport
):
    provider = sandbox("--latency", "30")
    url = f"sqlite:///{tmp_path / 'ours' / 'data' / 'omni.db'}"
    with fleet(tmp_path / "ours", url, provider.url, OMNI_BATCH="1", OMNI_RATE="60") as ours:
        first = ours.start_worker()
        wait_until(lambda: "Worker ready" in first.output and ours.has_worker(), every=0.2)
        ours.send("personal", CONTACTS)
        second = ours.start_worker()
        assert second.process.wait(PATIENCE) == 0
        assert "A worker is already running on this data folder" in second.output
        one = ours.start_server()
        (tmp_path / "other").mkdir()
        other = serve(tmp_path / "other", **ours.environment)
        try:
            notice = "another console runs on this data folder too; they share one worker"
            wait_until(lambda: notice in other.log.read_text())
            assert notice not in one.log.read_text()
            # A worker started by hand belongs to no console; once it ends, one of the two consoles starts another.
            first.process.terminate()
            assert first.process.wait(PATIENCE) == 0
            wait_until(ours.has_worker, every=0.2)
            wait_until(lambda: len(ours.workers()) == 1)
            wait_until(lambda: ours.campaigns.list() and ours.is_over(), every=0.2)
        finally:
            other.process.kill()
            other.process.wait()
        tally = ours.tally(provider.records())
        crash_report.add("two workers and two servers on one data folder", url, 1, tally)
        assert (tally.received, tally.unknown) == (CONTACTS, 0)
        assert tally.is_kept, tally
