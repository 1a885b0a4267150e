"""Measure a campaign of personal texts, one contact per request, and the progress that the console shows for it.

The provider is ``tests.bench.standin`` in a process of its own: it, the workers and the database share the cores.
Run this file by itself:
``pytest tests/bench/bench_sending_personal.py -o python_files='bench_*.py' -o python_functions='bench_*' -s``.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from omni.store.campaigns.campaigns import Campaigns
from tests.bench.sending import (
    BOTH,
    LIMIT,
    MEGABYTE,
    PEER_THREADS,
    Planned,
    StandIn,
    bare_posts,
    opened,
    planned,
    stand_in,
    wait_until,
    worker,
)

FEW = 6_000
PERSONAL = 46_000
"""Rows of the sheet with personal texts: at the rate limit they take a little over a minute."""


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    """The contacts to send, checked and planned once."""
    folder = tmp_path_factory.mktemp("sheets")
    wanted = {"personal": (PERSONAL, "personal", 1000), "few": (FEW, "personal", 1000)}
    return {name: planned(folder / name, *how) for name, how in wanted.items()}


@dataclass(slots=True)
class Watch:
    """Compares the progress that the console shows during a campaign with the actual progress."""

    campaigns: Campaigns
    provider: StandIn
    campaign: int
    asked: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    left: list[tuple[float, float]] = field(default_factory=list)

    def to_the_end(self, seconds: float) -> Any:
        """Look twice a second until no request is open, and return the last progress."""
        began = time.monotonic()
        while True:
            sent = self.provider.count()
            at = time.monotonic()
            progress = self.campaigns.progress(self.campaign)
            self.asked.append(time.monotonic() - at)
            if progress.state != "running":
                break
            if progress.rate and at - began > 15:
                pace = progress.rate / max(1, progress.contacts / progress.requests)
                self.late.append((sent - progress.requests_finished) / pace)
                self.left.append((at, progress.seconds_left or 0.0))
            assert time.monotonic() < began + seconds, progress
            time.sleep(0.5)
        assert progress.counts["accepted"] == progress.contacts
        return progress

    def off(self, ended: float) -> float:
        """Largest error of the estimated time left, in seconds."""
        return max(abs(at + left - ended) for at, left in self.left)


def sent_personally(folder: Path, kind: str, url: str, sheet: Planned, provider: StandIn) -> dict[str, Any]:
    """Watch a campaign with one contact per request at the rate limit, then pause a second one while it runs."""
    with opened(url) as database, worker(folder, url, provider.url, LIMIT) as sender:
        provider.stats(forget=True)
        idle = sender.memory("VmRSS")
        spent = sender.cpu()
        made = sheet.start(database, provider.url)
        watch = Watch(Campaigns(database), provider, made)
        watch.to_the_end(240)
        told = provider.stats()
        assert told["contacts"] == told["requests"] == sheet.plan.contacts
        return told | {
            "kind": kind,
            "rate": told["within"] / 60,
            "idle": idle,
            "memory": sender.memory(),
            "cpu": (sender.cpu() - spent) / told["requests"],
            "asked": statistics.median(watch.asked),
            "late": max(watch.late),
            "off": watch.off(told["last"]),
        }


def paused(folder: Path, url: str, sheet: Planned, provider: StandIn) -> float:
    """Seconds from the moment a pause is asked for until the last request arrives."""
    with opened(url) as database, worker(folder, url, provider.url, LIMIT):
        campaigns = Campaigns(database)
        made = sheet.start(database, provider.url)
        before = provider.count()
        wait_until(lambda: provider.count() > before + 500, 60)
        began = time.monotonic()
        campaigns.pause(made)
        time.sleep(2.0)
        ended = provider.stats()["last"]
        assert campaigns.progress(made).counts["sending"] == 0
        campaigns.cancel(made)
        return float(ended - began)


def bench_personal_texts(tmp_path, sheets, urls, report):
    sheet = sheets["personal"]
    with stand_in() as provider:
        body = tmp_path / "body"
        body.write_bytes(next(iter(sheet.plan.bodies_in_order())))
        ceiling = bare_posts(provider.url, body, 0)
        peer = bare_posts(provider.url, body, PEER_THREADS)
        runs = [sent_personally(tmp_path / kind, kind, urls[kind], sheet, provider) for kind in BOTH]
        pauses = {kind: paused(tmp_path / kind, urls[kind], sheets["few"], provider) for kind in BOTH}
    targets = []
    for run in runs:
        on = run["kind"]
        targets += [
            (run["rate"] >= 650, f"650 requests per second or more for 60 s at limit 700, {on}: {run['rate']:.0f}"),
            (
                run["busiest"] <= 1.15 * LIMIT,
                f"no second above 1.15 times the limit, {on}: {run['busiest'] / LIMIT:.3f}",
            ),
            (run["memory"] < 150 * MEGABYTE, f"worker memory under 150 MB, {on}: {run['memory'] / MEGABYTE:.0f} MB"),
            (run["asked"] < 0.005, f"a progress query under 5 ms, {on}: {run['asked'] * 1000:.1f} ms"),
            (run["late"] <= 2, f"progress at most 2 s behind, {on}: {run['late']:.2f} s"),
            (run["off"] <= 2, f"time left at most 2 s off, {on}: {run['off']:.2f} s"),
            (pauses[on] <= 1, f"no new request 1 s after a pause, {on}: {pauses[on]:.2f} s"),
        ]
    report.add(
        "Sending personal texts, one contact per request",
        ["", "requests", "requests per second", "CPU ms per request", "most open", "memory, idle", "memory, peak"],
        [
            *(
                [
                    f"Omni, {run['kind']}",
                    f"{run['requests']:,}",
                    f"{run['rate']:.0f}",
                    f"{run['cpu'] * 1000:.2f}",
                    str(run["most_open"]),
                    f"{run['idle'] / MEGABYTE:.0f} MB",
                    f"{run['memory'] / MEGABYTE:.0f} MB",
                ]
                for run in runs
            ),
            [
                f"requests library only, {PEER_THREADS} threads, no ledger, no limit",
                f"{peer['posted']:,}",
                f"{peer['rate']:.0f}",
                f"{peer['cpu'] * 1000:.2f}",
                "",
                "",
                "",
            ],
            [
                "plain sockets: capacity of the fake provider",
                f"{ceiling['posted']:,}",
                f"{ceiling['rate']:.0f}",
                f"{ceiling['cpu'] * 1000:.2f}",
                "",
                "",
                "",
            ],
        ],
        targets,
        "The 60 seconds after the first request reaches the fake provider, with every commit on disk. Provider and "
        "database use\nthe same cores. The fake provider is tests/bench/standin.py, not the sandbox.",
    )
