"""Measure how fast request bodies are made, compared with writing them one by one."""

from __future__ import annotations

from tests.bench.report import measured
from tests.bench.sheets import write_csv

MANY = 1_000_000
SOME = 100_000
MEGABYTE = 1_000_000
REPEATS = 3
GROWTH = 3
"""Upper limit of the growth in private memory with ten times the contacts. Mapped files do not count as private."""


def planned(path, folder, text, batch):
    """Plan the same checked contacts several times and return the fastest run."""
    measured("check", path, folder, text)
    runs = []
    for _ in range(REPEATS):
        for old in folder.glob("plan-*/*"):
            old.unlink()
        for old in folder.glob("plan-*"):
            old.rmdir()
        runs.append(measured("plan", path, folder, text, batch))
    return min(runs, key=lambda run: run["seconds"])


def bench_bodies(tmp_path, report):
    some, many = (write_csv(tmp_path / f"{count}.csv", count) for count in (SOME, MANY))
    shared = planned(many, tmp_path / "shared", "shared", 1000)
    personal = planned(some, tmp_path / "personal", "personal", 1000)
    all_personal = planned(many, tmp_path / "many personal", "personal", 1000)
    small = planned(some, tmp_path / "small", "shared", 1000)
    peer = measured("one_by_one", some, tmp_path / "small", "shared", 1000)
    personal_peer = measured("one_by_one", some, tmp_path / "personal", "personal", 1)
    assert small["digest"] == peer["digest"]
    assert personal["digest"] == personal_peer["digest"]
    assert personal["requests"] == personal["contacts"] == personal_peer["contacts"]

    def row(name, run):
        requests = f"{run['requests']:,}" if "requests" in run else ""
        private = f"{run['private'] / MEGABYTE:.0f} MB" if "private" in run else ""
        return [
            name,
            f"{run['contacts']:,}",
            requests,
            f"{run['seconds']:.2f}",
            f"{run['cpu']:.2f}",
            f"{run['contacts'] / run['seconds']:,.0f}",
            f"{run['memory'] / MEGABYTE:.0f} MB",
            private,
        ]

    rate = shared["contacts"] / shared["seconds"]
    growth = all_personal["private"] / personal["private"]
    bounds = ("one text for all", shared, 1.2), ("personal texts", all_personal, 0.3)
    own = [(name, run["private"] / MEGABYTE, run["bytes"] / MEGABYTE, bound) for name, run, bound in bounds]
    written, memory = shared["bytes"] / MEGABYTE, shared["memory"] / MEGABYTE
    report.add(
        "Request bodies",
        ["", "contacts", "requests", "seconds", "CPU seconds", "contacts per second", "memory", "private memory"],
        [
            row("one text for all", shared),
            row("personal texts", all_personal),
            row("one text for all", small),
            row("one text for all, built one by one", peer),
            row("personal texts", personal),
            row("personal texts, built one by one", personal_peer),
        ],
        [
            (rate >= 700_000, f"700,000 contacts per second with one text for all: {rate:,.0f}"),
            (
                memory < 2 * written,
                f"never all in memory: {memory:.0f} MB more than before, including the mapped contacts, while "
                f"{written:.0f} MB are written",
            ),
            *(
                (
                    mine < bound * out,
                    f"private memory under {bound} times the bytes written, {name}: {mine:.0f} MB, "
                    f"{mine / out:.2f} times",
                )
                for name, mine, out, bound in own
            ),
            (
                growth < GROWTH,
                f"ten times the personal texts in under {GROWTH} times the private memory: {growth:.2f} times",
            ),
            (personal["seconds"] < 1.5, f"100,000 personal texts in under 1.5 s: {personal['seconds']:.2f} s"),
        ],
        "From checked contacts on disk to the bytes of every request and the list of its contacts on disk, for an SMS, "
        "a call\nand an e-mail step. The bytes equal those built one by one with orjson.",
    )
