"""Processes beside the console: the worker that sends, and the practice provider that receives practice campaigns.

The worker is a process of its own, in a process group of its own, so that neither a click on a page nor a stop of the
server ends a campaign. The practice provider is a child of the process that needs it and ends with it.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from omni.errors import SettingsError, StoreError
from omni.sandbox.answer import SHAPES
from omni.sandbox.faults import read_shares
from omni.settings import ROOT, Settings

log = logging.getLogger(__name__)

PRACTICE_PREFIX = "practice-"
"""Beginning of every id in practice, so that none is taken for one of the provider's."""
_LOOK_EVERY = 2.0
"""Seconds between two checks whether a worker runs."""
_COULD_NOT_GO_ON = 2
"""Exit code of a worker that could not start."""
_RETRY_AFTER_EXIT = 10.0
"""Seconds until a worker is started again after one could not go on; the cause rarely goes away at once."""
_STARTED: list[subprocess.Popen[bytes]] = []
"""Workers started by this process. They may outlive it; until then, polling them reaps those that ended."""
_STARTING = threading.Lock()
"""Held from the check for a running worker until one is started, so that no other start comes in between."""


def check_faults(settings: Settings) -> None:
    """Check the faults that the practice provider is to simulate, and the shape of its answers.

    Raises ``SettingsError`` for one it does not know: the provider would not start, and campaigns would wait for it.
    """
    if settings.practice_shape not in SHAPES:
        expected = ", ".join(SHAPES)
        raise SettingsError(
            "settings.value", name="OMNI_PRACTICE_SHAPE", value=settings.practice_shape, expected=expected
        )
    try:
        read_shares(settings.practice_faults)
    except ValueError as err:
        raise SettingsError(
            "settings.value",
            name="OMNI_PRACTICE_FAULTS",
            value=settings.practice_faults,
            expected=f"too_many=0.1,cut_after=0.02 ({err})",
        ) from err


class PracticeProvider:
    """Practice provider, ``python -m omni.sandbox``: started when it is first needed, and again if it has ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._url = ""
        self._guard = threading.Lock()

    def url(self) -> str:
        """Return the loopback address of the running practice provider. Raises ``StoreError`` if it does not start."""
        with self._guard:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._url

    def _start(self) -> None:
        self.stop()
        record = self._settings.practice_record
        record.parent.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "omni.sandbox",
            "--port",
            "0",
            "--record",
            str(record),
            "--with-parent",
            "--id-prefix",
            PRACTICE_PREFIX,
            "--latency",
            str(self._settings.practice_latency),
        ]
        if self._settings.practice_shape:
            command += ["--shape", self._settings.practice_shape]
        if self._settings.practice_faults:
            command += ["--faults", self._settings.practice_faults]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=_without_credentials(),
        )
        assert process.stdout is not None
        self._url = process.stdout.readline().strip()
        if not self._url:
            process.kill()
            raise StoreError("store.practice_provider")
        self._process = process

    def stop(self) -> None:
        """Stop the practice provider, if it runs."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(5)
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None


def _without_credentials() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("OMNI_TOKEN", "OMNI_USERNAME")}


def worker_lock(data: Path) -> FileLock:
    """Return the lock that the resident worker of a data folder holds as long as it lives."""
    return FileLock(data / "worker.lock")


def console_lock(data: Path) -> FileLock:
    """Return the lock that a running console server holds.

    A worker that a console started ends when it has nothing to do and no console holds this lock.
    """
    return FileLock(data / "console.lock")


def stamp_file(data: Path) -> Path:
    """Return the file that every starting console rewrites, so that workers with older settings end."""
    return data / "console.stamp"


def stamp_of(data: Path) -> str:
    """Return the stamp of the last console; empty if there was none."""
    try:
        return stamp_file(data).read_text("ascii")
    except OSError:
        return ""


def is_held(lock: FileLock) -> bool:
    """Tell whether another process holds ``lock``."""
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def watch_over_worker(settings: Settings) -> Callable[[], None]:
    """Keep a worker running as long as the console runs; return a function that ends the watch, not the worker."""
    ended = threading.Event()
    console = console_lock(settings.data)

    def watch() -> None:
        stamped, refused, start_due = False, 0, 0.0
        while not ended.is_set():
            try:
                # Inside the loop, like all that follows: a disk that is full now may have room later.
                if not stamped:
                    settings.data.mkdir(parents=True, exist_ok=True)
                    stamp_file(settings.data).write_text(secrets.token_hex(8), "ascii")
                    stamped = True
                if not console.is_locked:
                    try:
                        console.acquire(blocking=False)
                    except Timeout:
                        # The first time, the holder may be a worker that only checks whether there is a console.
                        refused += 1
                        if refused == 2:
                            log.warning("another console runs on this data folder too; they share one worker")
                with _STARTING:
                    ends = [each.poll() for each in _STARTED]
                    if _COULD_NOT_GO_ON in ends and not start_due:
                        start_due = time.monotonic() + _RETRY_AFTER_EXIT
                    if None not in ends and time.monotonic() >= start_due and not is_held(worker_lock(settings.data)):
                        _STARTED[:] = [start_worker(settings)]
                        start_due = 0.0
            except OSError as err:
                log.warning("no worker could be started, trying again: %s", err.strerror)
            ended.wait(_LOOK_EVERY)
        console.release()

    thread = threading.Thread(target=watch, name="omni-worker-watch", daemon=True)
    thread.start()

    def stop() -> None:
        ended.set()
        thread.join(_LOOK_EVERY * 2)

    return stop


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    """Start a worker process that outlives this one; its output goes to ``logs/worker.log`` in the data folder."""
    logs = settings.data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / "worker.log").open("ab") as log:
        # A session of its own, or on Windows a process group of its own: Ctrl+C in the console's terminal must not
        # reach the worker. (The Windows flag is 512 by definition and has no name on other systems.)
        return subprocess.Popen(
            [sys.executable, "-m", "omni", "worker", "--while-console"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
