"""Measure a campaign of one text to a million contacts: its speed, the space it takes, and its report.

The provider is ``tests.bench.standin`` in a process of its own: it, the workers and the database share the cores.
Run this file by itself:
``pytest tests/bench/bench_sending_shared.py -o python_files='bench_*.py' -o python_functions='bench_*' -s``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from omni.store.campaigns.campaigns import Campaigns
from tests.bench.report import measured
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
    size_of,
    stand_in,
    wait_until,
    worker,
)

MANY = 1_030_000
SOME = 206_000
"""Rows of the larger sheet, which has a million valid contacts, and of the smaller one, which has 200,000."""


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    """The contacts to send, checked and planned once."""
    folder = tmp_path_factory.mktemp("sheets")
    wanted = {"many": (MANY, "shared", 1000), "some": (SOME, "shared", 1000)}
    return {name: planned(folder / name, *how) for name, how in wanted.items()}


@dataclass(slots=True)
class Shared:
    """A large campaign that was sent: its times, the space it takes, and its report."""

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
        kind,
        told["contacts"],
        created,
        told["contacts"] / (told["last"] - told["first"]),
        spent,
        memory,
        whole - empty,
        cells,
        measured("written", url, many, folder / "many.csv"),
        measured("written", url, some, folder / "some.csv"),
        measured("written", url, some, folder / "some.xlsx"),
    )


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
        "Sending one text to a million contacts, 1,000 per request",
        ["", "contacts", "contacts per second", "CPU seconds", "memory, peak", "created in", "database", "cells in it"],
        [
            *(
                [
                    f"Omni, {run.kind}",
                    f"{run.contacts:,}",
                    f"{run.rate:,.0f}",
                    f"{run.cpu:.1f}",
                    f"{run.memory / MEGABYTE:.0f} MB",
                    f"{run.created:.1f} s",
                    f"{run.whole / MEGABYTE:.0f} MB",
                    f"{run.cells / MEGABYTE:.0f} MB",
                ]
                for run in runs
            ),
            [f"requests library only, {PEER_THREADS} threads, no ledger", "", f"{peer['rate'] * each:,.0f}", *[""] * 5],
        ],
        [
            *(
                (run.rate >= 100_000, f"100,000 contacts per second or more, {run.kind}: {run.rate:,.0f}")
                for run in runs
            ),
            *(
                (run.memory < 150 * MEGABYTE, f"worker memory under 150 MB, {run.kind}: {run.memory / MEGABYTE:.0f} MB")
                for run in runs
            ),
            (
                ledger < 120 * MEGABYTE,
                "a million contacts in under 120 MB on SQLite, without the sheet's own cells: "
                f"{ledger / MEGABYTE:.0f} MB",
            ),
        ],
        "The same fake provider; its ids are random, because storing them is measured, too. The cells are the sheet's "
        "own columns,\nwhich the report shows next to the ids.",
    )
    report.add(
        "Reports",
        ["", "contacts", "seconds", "CPU seconds", "added private memory"],
        [
            [
                f"{name}, {run.kind}",
                f"{contacts:,}",
                f"{one['seconds']:.2f}",
                f"{one['cpu']:.2f}",
                f"{one['private'] / MEGABYTE:.0f} MB",
            ]
            for run in runs
            for name, contacts, one in (
                ("csv", run.contacts, run.csv),
                ("csv", sheets["some"].plan.contacts, run.few_csv),
                ("xlsx", sheets["some"].plan.contacts, run.xlsx),
            )
        ],
        [
            target
            for run in runs
            for target in (
                (run.csv["seconds"] < 5, f"a million rows as csv in under 5 s, {run.kind}: {run.csv['seconds']:.2f} s"),
                (
                    run.xlsx["seconds"] < 8,
                    f"200,000 rows as xlsx in under 8 s, {run.kind}: {run.xlsx['seconds']:.2f} s",
                ),
                (
                    run.csv["private"] < 1.5 * run.few_csv["private"] + 10 * MEGABYTE,
                    f"streamed: five times the rows in about the same memory, {run.kind}: "
                    f"{run.csv['private'] / run.few_csv['private']:.2f} times",
                ),
            )
        ],
        "Written as the console writes them, in a separate process that does nothing else.",
    )
