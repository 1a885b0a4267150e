"""Processes that the console starts: a worker runs as long as the console, and the stand-in gets no secret."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from omni.bootstrap import processes
from omni.bootstrap import worker as worker_module
from omni.bootstrap.processes import (
    PracticeProvider,
    console_lock,
    is_held,
    start_worker,
    watch_over_worker,
    worker_lock,
)
from omni.settings import ROOT, load
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


def workers(data):
    """Process ids of workers on this data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in command and f"OMNI_DATA={data}".encode() in environment:
            found.append(int(process.name))
    return found


@pytest.fixture
def settings(environment):
    yield load()
    for process in workers(environment):
        os.kill(process, signal.SIGKILL)


def test_a_killed_worker_is_replaced_and_outlives_the_watch(settings, environment):
    stop = watch_over_worker(settings)
    try:
        wait_until(lambda: is_held(worker_lock(settings.data)))
        assert is_held(console_lock(settings.data))
        (first,) = workers(environment)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: workers(environment) not in ([], [first]) and is_held(worker_lock(settings.data)))
    finally:
        stop()
    wait_until(lambda: not is_held(console_lock(settings.data)))
    assert is_held(worker_lock(settings.data))


@pytest.mark.parametrize(("code", "again"), [(2, False), (1, True)])
def test_a_worker_that_cannot_go_on_is_not_started_again_and_again(settings, monkeypatch, code, again):
    started = []

    def start(_settings):
        started.append(subprocess.Popen([sys.executable, "-S", "-c", f"raise SystemExit({code})"]))
        return started[-1]

    monkeypatch.setattr(processes, "start_worker", start)
    monkeypatch.setattr(processes, "_STARTED", [])
    monkeypatch.setattr(processes, "_LOOK_EVERY", 0.02)
    stop = watch_over_worker(settings)
    wait_until(lambda: started)
    started[0].wait()
    if again:
        wait_until(lambda: len(started) > 1)
    else:
        time.sleep(0.3)
    stop()
    for each in started:
        each.wait()
    assert (len(started) > 1) is again


class Looks:
    """Replaces the lock that a console holds while it looks for a worker, and counts how often it is taken."""

    def __init__(self):
        self.count = 0
        self._lock = threading.Lock()

    def __enter__(self):
        self._lock.acquire()
        self.count += 1

    def __exit__(self, *_):
        self._lock.release()


def test_a_second_console_on_the_same_folder_starts_no_second_worker(settings, environment, monkeypatch):
    started, looks = [], Looks()
    monkeypatch.setattr(processes, "start_worker", lambda given: started.append(start_worker(given)) or started[-1])
    monkeypatch.setattr(processes, "_STARTING", looks)
    monkeypatch.setattr(processes, "_LOOK_EVERY", 0.1)
    first = watch_over_worker(settings)
    wait_until(lambda: is_held(worker_lock(settings.data)))
    second = watch_over_worker(settings)
    before = looks.count
    wait_until(lambda: looks.count > before + 10)
    wait_until(lambda: len(workers(environment)) == 1 and is_held(worker_lock(settings.data)))
    second()
    first()
    # The first worker may be replaced by one with the settings of the second console.
    assert len(started) <= 2


def test_a_starting_worker_waits_while_its_lock_is_only_probed(settings):
    settings.data.mkdir(parents=True)
    looking = worker_lock(settings.data)
    looking.acquire()
    assert worker_module._LOCK_WAIT >= 1
    patient = f"parts._LOCK_WAIT = {PATIENCE}; from omni.cli import main; main(['worker'])"
    program = f"import {worker_module.__name__} as parts; {patient}"
    started = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE)
    assert b"Worker ready" in started.stderr.readline()
    time.sleep(0.2)
    looking.release()
    wait_until(lambda: is_held(worker_lock(settings.data)) or started.poll() is not None)
    assert started.poll() is None
    started.kill()
    started.communicate()


def test_two_consoles_on_one_folder_share_a_worker_and_the_second_says_so(settings, caplog):
    first = watch_over_worker(settings)
    wait_until(lambda: is_held(console_lock(settings.data)))
    assert caplog.messages == []
    second = watch_over_worker(settings)
    wait_until(lambda: caplog.messages)
    assert caplog.messages == ["another console runs on this data folder too; they share one worker"]
    first()
    second()


def test_a_console_that_starts_while_the_disk_is_full_gets_its_worker_later(settings, monkeypatch, caplog):
    write, full = Path.write_text, [True, True]

    def write_if_there_is_room(path, *given):
        if full and path.name == "console.stamp":
            full.pop()
            raise OSError(28, "No space left on device")
        return write(path, *given)

    monkeypatch.setattr(Path, "write_text", write_if_there_is_room)
    monkeypatch.setattr(processes, "_LOOK_EVERY", 0.1)
    stop = watch_over_worker(settings)
    wait_until(lambda: is_held(worker_lock(settings.data)))
    assert caplog.messages == ["no worker could be started, trying again: No space left on device"] * 2
    stop()


def test_a_restarted_console_gets_a_worker_with_the_current_settings(settings, environment):
    stop = watch_over_worker(settings)
    wait_until(lambda: is_held(worker_lock(settings.data)))
    (old,) = workers(environment)
    stop()
    stop = watch_over_worker(settings)
    wait_until(lambda: workers(environment) not in ([], [old]) and old not in workers(environment))
    wait_until(lambda: is_held(worker_lock(settings.data)))
    stop()


def test_the_practice_provider_gets_no_credentials_and_is_restarted(environment, monkeypatch):
    monkeypatch.setenv("OMNI_USERNAME", "ana@example.com")
    monkeypatch.setenv("OMNI_TOKEN", "s3cr3t-value")
    practice = PracticeProvider(load())
    try:
        first = practice.url()
        assert first.startswith("http://127.0.0.1:")
        process = practice._process
        assert b"s3cr3t-value" not in Path(f"/proc/{process.pid}/environ").read_bytes()
        process.kill()
        process.wait()
        assert practice.url().startswith("http://127.0.0.1:")
    finally:
        practice.stop()
