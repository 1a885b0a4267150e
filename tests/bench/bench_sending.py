"""How fast campaigns go out and reports come in, on both databases, with every commit on the disk.

The provider is ``tests.bench.standin`` in a process of its own: it, the worker and the database share the cores. Run
alone: ``pytest tests/bench/bench_sending.py -o python_files='bench_*.py' -o python_functions='bench_*' -s``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from omni.store.campaigns import Campaigns
from omni.store.database import Database
from tests.bench.report import ROOT, measured
from tests.bench.sending import (
    Planned,
    StandIn,
    durable_postgres,
    opened,
    planned,
    size_of,
    stand_in,
    wait_until,
    worker,
)

LIMIT = 700.0
NO_LIMIT = 10_000.0
FEW = 6_000
PERSONAL = 46_000
"""Rows of the sheet with texts of their own: at the limit they last a little over a minute."""
MANY = 1_030_000
SOME = 206_000
"""Rows that leave a million contacts, and 200,000."""
BESIDE = 310_000
LATENCY = 50
PEER_THREADS = 8
MEGABYTE = 1_000_000
BOTH = ("SQLite", "PostgreSQL")


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    """What is sent, checked and planned once."""
    folder = tmp_path_factory.mktemp("sheets")
    wanted = {
        "personal": (PERSONAL, "personal", 1000), "few": (FEW, "personal", 1000), "many": (MANY, "shared", 1000),
        "some": (SOME, "shared", 1000), "beside": (BESIDE, "shared", 500),
    }  # fmt: skip
    return {name: planned(folder / name, *how) for name, how in wanted.items()}


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory):
    """A fresh database of each kind."""
    with durable_postgres() as server, server.database() as url:
        yield {"SQLite": f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'omni.db'}", "PostgreSQL": url}


def bare_posts(url: str, body: Path, threads: int, seconds: float = 4) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.posting", url, str(body), str(threads), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, float] = json.loads(done.stdout)
    return found


@dataclass(slots=True)
class Watch:
    """What the console tells while a campaign goes out, beside what is so."""

    campaigns: Campaigns
    provider: StandIn
    campaign: int
    asked: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    left: list[tuple[float, float]] = field(default_factory=list)

    def to_the_end(self, seconds: float) -> Any:
        """Look twice a second until nothing is open; the last progress."""
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
        """By how many seconds the time left was wrong at most."""
        return max(abs(at + left - ended) for at, left in self.left)


def sent_personally(folder: Path, kind: str, url: str, sheet: Planned, provider: StandIn) -> dict[str, Any]:
    """A campaign of one contact a request at the limit, watched; then another one, paused on its way."""
    with opened(url) as database, worker(folder, url, provider.url, LIMIT) as sender:
        made = sheet.start(database, provider.url)
        provider.stats(forget=True)
        idle = sender.memory("VmRSS")
        spent = sender.cpu()
        watch = Watch(Campaigns(database), provider, made)
        watch.to_the_end(240)
        told = provider.stats()
        assert told["contacts"] == told["requests"] == sheet.plan.contacts
        return told | {
            "kind": kind, "rate": told["within"] / 60, "idle": idle, "memory": sender.memory(),
            "cpu": (sender.cpu() - spent) / told["requests"], "asked": statistics.median(watch.asked),
            "late": max(watch.late), "off": watch.off(told["last"]),
        }  # fmt: skip


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
            (run["rate"] >= 650, f"650 requests a second or more for 60 s at limit 700, {on}: {run['rate']:.0f}"),
            (run["busiest"] <= 1.15 * LIMIT, f"no second above 1.15 of the limit, {on}: {run['busiest'] / LIMIT:.3f}"),
            (run["memory"] < 150 * MEGABYTE, f"a worker under 150 MB, {on}: {run['memory'] / MEGABYTE:.0f} MB"),
            (run["asked"] < 0.005, f"progress asked for in under 5 ms, {on}: {run['asked'] * 1000:.1f} ms"),
            (run["late"] <= 2, f"progress within 2 s of the truth, {on}: {run['late']:.2f} s at most"),
            (run["off"] <= 2, f"time left within 2 s of the truth, {on}: {run['off']:.2f} s at most"),
            (pauses[on] <= 1, f"nothing new 1 s after a pause, {on}: {pauses[on]:.2f} s"),
        ]
    report.add(
        "Sending personal texts, one contact a request",
        ["", "requests", "requests a second", "CPU ms a request", "most open", "memory, idle", "memory, peak"],
        [
            *([f"Omni, {run['kind']}", f"{run['requests']:,}", f"{run['rate']:.0f}", f"{run['cpu'] * 1000:.2f}",
               str(run["most_open"]), f"{run['idle'] / MEGABYTE:.0f} MB", f"{run['memory'] / MEGABYTE:.0f} MB"]
              for run in runs),
            [f"bare requests, {PEER_THREADS} threads, no ledger, no limit", f"{peer['posted']:,}",
             f"{peer['rate']:.0f}", f"{peer['cpu'] * 1000:.2f}", "", "", ""],
            ["bare sockets: what the stand-in takes", f"{ceiling['posted']:,}", f"{ceiling['rate']:.0f}",
             f"{ceiling['cpu'] * 1000:.2f}", "", "", ""],
        ],
        targets,
        "From the first request's arrival at the stand-in, through 60 seconds, every commit on the disk, stand-in and "
        "database on the\nsame cores. The stand-in is tests/bench/standin.py, not the sandbox.",
    )  # fmt: skip


@dataclass(slots=True)
class Shared:
    """A large campaign that went out: when, what it left behind, and its report."""

    kind: str
    contacts: int
    created: float
    rate: float
    cpu: float
    memory: float
    whole: int
    cells: int
    csv: dict[str, float]
    few_csv: dict[str, float]
    xlsx: dict[str, float]


def sent_together(folder: Path, kind: str, url: str, sheets: dict[str, Planned], provider: StandIn) -> Shared:
    with opened(url) as database, worker(folder, url, provider.url, LIMIT) as sender:
        empty, _ = size_of(database)
        campaigns = Campaigns(database)

        def sent(sheet: Planned) -> tuple[int, float]:
            began = time.monotonic()
            made = sheet.start(database, provider.url)
            took = time.monotonic() - began
            wait_until(lambda: campaigns.progress(made).state != "running", 120)
            assert campaigns.progress(made).counts["accepted"] == sheet.plan.contacts
            return made, took

        provider.stats(forget=True)
        spent = sender.cpu()
        many, created = sent(sheets["many"])
        told = provider.stats()
        spent = sender.cpu() - spent
        whole, cells = size_of(database)
        some, _ = sent(sheets["some"])
        memory = sender.memory()
    return Shared(
        kind, told["contacts"], created, told["contacts"] / (told["last"] - told["first"]), spent, memory,
        whole - empty, cells, measured("written", url, many, folder / "many.csv"),
        measured("written", url, some, folder / "some.csv"), measured("written", url, some, folder / "some.xlsx"),
    )  # fmt: skip


def bench_shared_text(tmp_path, sheets, urls, report):
    sheet = sheets["many"]
    with stand_in() as provider:
        body = tmp_path / "body"
        body.write_bytes(next(iter(sheet.plan.bodies_in_order())))
        peer = bare_posts(provider.url, body, PEER_THREADS)
        runs = [sent_together(tmp_path / kind, kind, urls[kind], sheets, provider) for kind in BOTH]
    each = sheet.plan.contacts / sheet.plan.requests
    ledger = runs[0].whole - runs[0].cells
    report.add(
        "Sending one text to a million, 1,000 a request",
        ["", "contacts", "contacts a second", "CPU seconds", "memory, peak", "made in", "database", "of it cells"],
        [
            *([f"Omni, {run.kind}", f"{run.contacts:,}", f"{run.rate:,.0f}", f"{run.cpu:.1f}",
               f"{run.memory / MEGABYTE:.0f} MB", f"{run.created:.1f} s", f"{run.whole / MEGABYTE:.0f} MB",
               f"{run.cells / MEGABYTE:.0f} MB"] for run in runs),
            [f"bare requests, {PEER_THREADS} threads, no ledger", "", f"{peer['rate'] * each:,.0f}", *[""] * 5],
        ],
        [
            *((run.rate >= 100_000, f"100,000 contacts a second or more, {run.kind}: {run.rate:,.0f}") for run in runs),
            *((run.memory < 150 * MEGABYTE, f"a worker under 150 MB, {run.kind}: {run.memory / MEGABYTE:.0f} MB")
              for run in runs),
            (ledger < 120 * MEGABYTE, "a million contacts under 120 MB on SQLite, the sheet's own cells left aside: "
                                      f"{ledger / MEGABYTE:.0f} MB"),
        ],
        "The same stand-in; its ids are random, as they are to be kept. The cells are the sheet's own columns, which\n"
        "the report has beside the ids.",
    )  # fmt: skip
    report.add(
        "Reports",
        ["", "contacts", "seconds", "CPU seconds", "private memory more"],
        [
            [f"{name}, {run.kind}", f"{contacts:,}", f"{one['seconds']:.2f}", f"{one['cpu']:.2f}",
             f"{one['private'] / MEGABYTE:.0f} MB"]
            for run in runs
            for name, contacts, one in (
                ("csv", run.contacts, run.csv), ("csv", sheets["some"].plan.contacts, run.few_csv),
                ("xlsx", sheets["some"].plan.contacts, run.xlsx),
            )
        ],
        [
            target
            for run in runs
            for target in (
                (run.csv["seconds"] < 5, f"a million rows as csv under 5 s, {run.kind}: {run.csv['seconds']:.2f} s"),
                (run.xlsx["seconds"] < 8, f"200,000 rows as xlsx under 8 s, {run.kind}: {run.xlsx['seconds']:.2f} s"),
                (run.csv["private"] < 1.5 * run.few_csv["private"] + 10 * MEGABYTE,
                 f"streaming, five times the rows in about the same memory, {run.kind}: "
                 f"{run.csv['private'] / run.few_csv['private']:.2f} times"),
            )
        ],
        "As the console writes them, in a process of their own that has nothing else to do.",
    )  # fmt: skip


def beside_each_other(folder: Path, database: Database, url: str, sheet: Planned, count: int) -> dict[str, Any]:
    """So many workers with nothing to hold them back but the provider's latency and the machine."""
    with stand_in(LATENCY) as provider, ExitStack() as stack:
        made = sheet.start(database, provider.url)
        campaigns = Campaigns(database)
        campaigns.pause(made)
        senders = [
            stack.enter_context(worker(folder / f"{count}-{at}", url, provider.url, NO_LIMIT)) for at in range(count)
        ]
        campaigns.resume(made)
        wait_until(lambda: campaigns.progress(made).state != "running", 120)
        assert campaigns.progress(made).counts["accepted"] == sheet.plan.contacts
        told = provider.stats()
        assert told["contacts"] == sheet.plan.contacts
        return told | {"workers": count, "rate": told["requests"] / (told["last"] - told["first"]),
                       "cpu": sum(each.cpu() for each in senders)}  # fmt: skip


def bench_workers_beside_each_other(tmp_path, sheets, urls, report):
    url = urls["PostgreSQL"]
    with opened(url) as database:
        runs = [beside_each_other(tmp_path, database, url, sheets["beside"], count) for count in (1, 2, 3)]
    alone = runs[0]["rate"]
    report.add(
        f"Workers beside each other on PostgreSQL, 500 contacts a request, latency {LATENCY} ms, limit off",
        ["workers", "requests", "requests a second", "contacts a second", "of one alone", "most open", "CPU seconds"],
        [
            [str(run["workers"]), str(run["requests"]), f"{run['rate']:.0f}", f"{run['rate'] * 500:,.0f}",
             f"{run['rate'] / alone:.2f}", str(run["most_open"]), f"{run['cpu']:.1f}"]
            for run in runs
        ],
        [(runs[1]["rate"] > alone, f"two get through more than one: {runs[1]['rate'] / alone:.2f} times")],
        "All of them, the database and the stand-in on the same cores; every worker starts with few requests open.",
    )  # fmt: skip
