"""The worker, server and commands are killed at random moments, while the provider shows every kind of fault.

``make crash`` kills a hundred times on each database, the everyday tests a few times.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from omni.sandbox.faults import FAULTS
from tests.crash.crash_report import KILLS, SEED, CrashReport
from tests.crash.fleet import Command, Fleet, command_of, fleet
from tests.sandbox.running import Sandbox, running
from tests.waiting import wait_until

KINDS: Final = ("worker", "server", "command")
RATE: Final = 150
RARE: Final = {"unauthorized": 0.001, "forbidden": 0.001, "too_many": 0.003, "hang": 0.0015}
"""Shares of the faults that stop all sending for a while; every other fault affects one request in a hundred."""
MOSTLY: Final = 0.7
PATIENCE: Final = 4.0
"""Longest wait in seconds for the victim to have requests in flight; ``MOSTLY`` is the share of kills that wait."""
SIZES: Final = {"shared": 1500, "personal": 700} if KILLS else {"shared": 450, "personal": 200}
ENOUGH: Final = 4 * RATE if KILLS else RATE
"""Number of requests that should be pending; with fewer, another campaign is made."""

pytestmark = pytest.mark.slow


class Provider:
    """The stand-in, which is never killed. It keeps its address and its record when it is restarted."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._stack = ExitStack()
        self._running = self._start(free_port(), list(FAULTS))
        self.endpoint = self._running.url

    def restart_without(self, fault: str) -> None:
        """Restart without that fault; this breaks the open connections."""
        self._stack.close()
        self._running = self._start(self._running.port, [name for name in FAULTS if name != fault])

    def records(self) -> list[dict[str, Any]]:
        """All requests that it received."""
        return self._running.recorded()

    def close(self) -> None:
        self._stack.close()

    def _start(self, port: int, faults: list[str]) -> Sandbox:
        shares = ",".join(f"{name}={RARE.get(name, 0.01)}" for name in faults)
        how = {"port": port, "latency": 40, "slow": 0.6, "seed": self._seed, "faults": shares}
        options = [part for name, value in how.items() for part in (f"--{name}", str(value))]
        return self._stack.enter_context(running(self._folder, *options))


def free_port() -> int:
    """Find a port below the system's range for clients, so no client connects to itself while the server is off."""
    for port in range(20_000, 30_000):
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextmanager
def provider_of(folder: Path, seed: int) -> Iterator[Provider]:
    one = Provider(folder, seed)
    try:
        yield one
    finally:
        one.close()


def test_random_kills_cause_no_second_sending_and_lose_no_id(
    database_url: str, tmp_path: Path, crash_report: CrashReport
):
    kills = KILLS or 3
    draw = random.Random(SEED)
    with (
        provider_of(tmp_path, SEED) as provider,
        fleet(tmp_path / "ours", database_url, provider.endpoint, OMNI_BATCH="3", OMNI_RATE=str(RATE)) as ours,
    ):
        killed = kill_at_random(ours, draw, kills)
        finish(ours, provider)
        records = provider.records()
        tally = ours.tally(records)
        if ours.database.is_postgresql:
            with ours.database.read() as connection:
                crash_report.server = f", PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"
        crash_report.add(
            f"kill -9 at random moments: {', '.join(f'{name} {killed[name]}' for name in KINDS)}",
            database_url,
            kills,
            tally,
        )
        assert {each["mode"] for each in records} <= {"ok", *FAULTS}
        if kills >= 50:
            assert {each["mode"] for each in records} == {"ok", *FAULTS}
        assert tally.arrived > 10 * kills
        assert ours.open_at_kills > 0
        assert tally.is_kept, tally


def kill_at_random(ours: Fleet, draw: random.Random, kills: int) -> dict[str, int]:
    """Kill ``kills`` processes, each kind equally often, and return the number of kills by kind."""
    kinds = [KINDS[at % len(KINDS)] for at in range(kills)]
    draw.shuffle(kinds)
    server_is_wanted = True
    keep_going(ours, draw, server_is_wanted)
    wait_until(ours.campaigns.list)
    for kind in kinds:
        server_is_wanted = server_is_wanted or kind == "server"
        keep_going(ours, draw, server_is_wanted)
        time.sleep(draw.uniform(0.0, 2.0))
        ours.resume_paused()
        victim = victim_of(ours, draw, kind)
        ours.kill(victim)
        if kind == "server":
            server_is_wanted = draw.random() < 0.5
    return {kind: kinds.count(kind) for kind in KINDS}


def keep_going(ours: Fleet, draw: random.Random, server_is_wanted: bool) -> None:
    """Restart processes and send campaigns as an operator does after a crash, so there is always something to kill."""
    if server_is_wanted and ours.server is None:
        ours.start_server()
    if not server_is_wanted and not ours.workers():
        ours.start_worker()
    sending = [each for each in ours.commands if each.process.poll() is None and each.arguments[0] == "send"]
    if ours.pending() < ENOUGH and not sending:
        text = draw.choice(list(SIZES))
        ours.send(text, SIZES[text])
    if not foreground(ours):
        running_now = [each.id for each in ours.campaigns.list() if each.state == "running"]
        if running_now:
            ours.resume(draw.choice(running_now))


def foreground(ours: Fleet) -> list[Command]:
    return [each for each in ours.commands if each.process.poll() is None and each.arguments[0] != "worker"]


def victim_of(ours: Fleet, draw: random.Random, kind: str) -> int:
    if kind == "server":
        assert ours.server is not None
        return ours.server.process.pid
    while True:
        if kind == "worker":
            if ours.server is None:
                # A worker that a server started ends by itself when it has nothing to do after the server's end.
                keep_going(ours, draw, server_is_wanted=False)
            wait_until(ours.workers)
        while kind == "command" and not foreground(ours):
            keep_going(ours, draw, server_is_wanted=False)
            time.sleep(draw.uniform(0.5, 2.0))
        if draw.random() < MOSTLY:
            wait_for_requests(ours, kind)
            time.sleep(draw.uniform(0.0, 0.05))
        # A command may have ended in the meantime.
        if victims := sending_or_all(ours, kind):
            return draw.choice(victims)


def wait_for_requests(ours: Fleet, kind: str) -> None:
    """Wait a limited time until one of them has requests in flight: it may not be its turn to send."""
    give_up = time.monotonic() + PATIENCE
    while not any(map(ours.open_of, of_kind(ours, kind))) and time.monotonic() < give_up:
        time.sleep(0.01)


def sending_or_all(ours: Fleet, kind: str) -> list[int]:
    there = of_kind(ours, kind)
    return [each for each in there if ours.open_of(each)] or there


def of_kind(ours: Fleet, kind: str) -> list[int]:
    return ours.workers() if kind == "worker" else [each.process.pid for each in foreground(ours)]


def finish(ours: Fleet, provider: Provider) -> None:
    """Let the remaining processes finish all campaigns, after restarting the provider to cut hanging requests short."""

    def is_over() -> bool:
        ours.resume_paused()
        preparing = [each for each in foreground(ours) if each.arguments[0] == "send"]
        return not preparing and ours.is_over()

    if not ours.workers():
        ours.start_worker()
    wait_until(lambda: ours.open_of() or is_over())
    ours.open_at_kills += ours.open_of()
    provider.restart_without("hang")
    wait_until(is_over, every=0.2, patience=900)
    assert all(command_of(each) for each in ours.workers())
