"""The disk with the data folder fills up during sending, and is freed again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Sandbox
from tests.crash.crash_report import CrashReport
from tests.crash.fleet import fleet
from tests.waiting import PATIENCE, wait_until

MEGABYTES = 64
CONTACTS = 500

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A separate file system of 64 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "omni-test", place],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.fail(f"A small disk cannot be mounted, which takes root: {mounted.stderr.strip()}", pytrace=False)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path) -> Path:
    """Write a file that uses all the free space."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 9, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def test_a_disk_that_fills_up_amid_sending_loses_and_doubles_nothing(
    small_disk: Path, tmp_path: Path, sandbox: Callable[..., Sandbox], crash_report: CrashReport
):
    provider = sandbox("--latency", "30")
    url = f"sqlite:///{small_disk / 'omni.db'}"
    how = {"OMNI_DATA": str(small_disk), "OMNI_BATCH": "1", "OMNI_RATE": "150"}
    with fleet(tmp_path / "ours", url, provider.url, **how) as ours:
        worker = ours.start_worker()
        wait_until(lambda: "Worker ready" in worker.output)
        sent = ours.send("personal", CONTACTS)
        wait_until(lambda: received(provider) > 60)
        with provider.frozen():
            ballast = fill(small_disk)
            os.truncate(ballast, ballast.stat().st_size - (1 << 16))
        wait_until(lambda: "store.full" in worker.output)
        assert not ours.is_over()
        refused = ours.send("shared", 3000)
        assert refused.process.wait(PATIENCE) == 2
        assert "The disk is full" in refused.output
        assert "Traceback" not in refused.output
        ballast.unlink()
        wait_until(lambda: sent.process.poll() is not None, every=0.2)
        assert (sent.process.returncode, worker.process.poll()) == (0, None), sent.output
        tally = ours.tally(provider.records())
        crash_report.add("the disk fills up during sending, and space is freed", url, 1, tally)
        assert (tally.received, tally.unknown) == (CONTACTS, 0)
        assert tally.is_kept, tally


def received(provider: Sandbox) -> int:
    return int(provider.stats()["requests"])
