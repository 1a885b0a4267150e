"""One sender per data folder."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from omni.sending.worker import SendingLock

ROOT = Path(__file__).resolve().parents[2]
HOLD = (
    "import sys; from pathlib import Path; from omni.sending.worker import SendingLock\n"
    "lock = SendingLock(Path(sys.argv[1])); print(lock.acquire(), flush=True); sys.stdin.read()"
)


def test_a_second_sender_does_not_get_the_lock_until_the_first_is_killed(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "data")],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "True\n"
        lock = SendingLock(tmp_path / "data")
        assert not lock.acquire()
        assert not lock.acquire_when_free(lambda: True)
        threading.Timer(0.3, first.kill).start()
        assert lock.acquire_when_free(lambda: False)
        lock.release()


def test_it_can_be_taken_again_after_it_was_given_back(tmp_path: Path):
    with SendingLock(tmp_path) as lock:
        assert lock.acquire()
    with SendingLock(tmp_path) as lock:
        assert lock.acquire()
