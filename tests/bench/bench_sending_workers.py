"""Measure the throughput of several workers on one PostgreSQL database without a rate limit.

The provider is ``tests.bench.standin`` in a process of its own: it, the workers and the database share the cores.
Run this file by itself:
``pytest tests/bench/bench_sending_workers.py -o python_files='bench_*.py' -o python_functions='bench_*' -s``.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from tests.bench.sending import (
    NO_LIMIT,
    Planned,
    opened,
    planned,
    stand_in,
    wait_until,
    worker,
)

BESIDE = 310_000
LATENCY = 50


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """The contacts to send, checked and planned once."""
    return planned(tmp_path_factory.mktemp("sheets") / "beside", BESIDE, "shared", 500)


def beside_each_other(folder: Path, database: Database, url: str, sheet: Planned, count: int) -> dict[str, Any]:
    """Run ``count`` workers, limited only by the provider's latency and the machine."""
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
        return told | {
            "workers": count,
            "rate": told["requests"] / (told["last"] - told["first"]),
            "cpu": sum(each.cpu() for each in senders),
        }


def bench_workers_beside_each_other(tmp_path, sheet, urls, report):
    url = urls["PostgreSQL"]
    with opened(url) as database:
        runs = [beside_each_other(tmp_path, database, url, sheet, count) for count in (1, 2, 3)]
    alone = runs[0]["rate"]
    report.add(
        f"Several workers on PostgreSQL, 500 contacts per request, latency {LATENCY} ms, no limit",
        [
            "workers",
            "requests",
            "requests per second",
            "contacts per second",
            "× one worker",
            "most open",
            "CPU seconds",
        ],
        [
            [
                str(run["workers"]),
                str(run["requests"]),
                f"{run['rate']:.0f}",
                f"{run['rate'] * 500:,.0f}",
                f"{run['rate'] / alone:.2f}",
                str(run["most_open"]),
                f"{run['cpu']:.1f}",
            ]
            for run in runs
        ],
        [(runs[1]["rate"] > alone, f"two workers send more than one: {runs[1]['rate'] / alone:.2f} times")],
        "Workers, database and fake provider use the same cores; every worker starts with few open requests.",
    )
