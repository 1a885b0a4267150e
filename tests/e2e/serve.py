"""Start and stop the real console: `streamlit run app.py` on a free port with a given data folder."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

NOWHERE = "http://127.0.0.1:9/"
"""Default endpoint, where no server listens, so that credentials never leave the test."""
ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"http://[^/:]+:(\d+)")


@dataclass(frozen=True, slots=True)
class Server:
    """A running console. ``url`` has no trailing slash."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        """Host name and port, as in the Host header."""
        return self.url.removeprefix("http://")

    def stop(self) -> None:
        """Stop the server as its operator would (SIGTERM), and wait for it. The sending worker keeps running."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def serve(folder: Path, *flags: str, **environment: str) -> Server:
    """Start the console on ``folder``/data, which may have data of an earlier console. The caller stops it.

    ``flags`` go to Streamlit; ``environment`` is added to ours without the developer's own settings.
    """
    data, log = folder / "data", folder / "server.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OMNI_")}
    env = inherited | {"OMNI_DATA": str(data), "OMNI_ENDPOINT": NOWHERE} | environment
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0", *flags]
    with log.open("ab") as output:
        began = output.tell()
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    try:
        return Server(_address(process, log, began), data, log, process)
    except BaseException:
        process.kill()
        process.wait()
        raise


def _address(process: subprocess.Popen[bytes], log: Path, began: int) -> str:
    give_up = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        said = log.read_bytes()[began:].decode("utf-8", "replace")
        if found := _ADDRESS.search(said):
            url = f"http://127.0.0.1:{found[1]}"
            with suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE):
                return url
        time.sleep(0.05)
    pytest.fail(f"the console did not start:\n{log.read_text('utf-8', 'replace')}", pytrace=False)


@contextmanager
def frozen_worker(data: Path) -> Iterator[None]:
    """Freeze the sending worker of a data folder during the block, at a moment with no request in flight."""
    while True:
        (worker,) = workers_of(data)
        os.kill(worker, signal.SIGSTOP)
        if _is_stopped(worker) and _is_at_rest(data / "omni.db"):
            break
        os.kill(worker, signal.SIGCONT)
        time.sleep(0.005)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def _is_stopped(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _is_at_rest(database: Path) -> bool:
    """Whether no process is writing to the database and no request is in flight."""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return connection.execute("SELECT count(*) FROM request WHERE state = 1").fetchone() == (0,)


def workers_of(data: Path) -> list[int]:
    """Process ids of the sending workers of a data folder."""
    mark, found = f"OMNI_DATA={data}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if b"worker" in command and mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def end_workers(data: Path) -> None:
    """Kill the sending workers of a data folder, which by design keep running after their server stops."""
    mark = f"OMNI_DATA={data}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
