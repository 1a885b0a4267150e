"""Measure how long it takes to check a large spreadsheet, compared with checking it row by row."""

from __future__ import annotations

from tests.bench.report import measured
from tests.bench.sheets import write_csv, write_formatted_xlsx, write_xlsx

SIZES = (100_000, 1_000_000, 5_000_000)
NAIVE_ROWS = 100_000
WORKBOOK_ROWS = 200_000
REPEATS = 3
MEGABYTE = 1_000_000


def best(task, *arguments, repeats=REPEATS):
    """Return the fastest of several runs. ``{}`` in an argument becomes a folder of that run's own."""
    runs = [measured(task, *(str(given).format(run) for given in arguments)) for run in range(repeats)]
    return min(runs, key=lambda run: run["seconds"])


def accounted(rows):
    parts = sum(rows[name] for name in ("ready", "rejected", "duplicate", "blank", "hidden", "suppressed"))
    assert rows["read"] == parts
    return rows["read"]


def bench_check_of_text_files(tmp_path, report):
    found, sizes = {}, {}
    for count in SIZES:
        path = write_csv(tmp_path / f"{count}.csv", count)
        sizes[count] = path.stat().st_size
        found[count] = best("check", path, tmp_path / f"{count}-{{}}", repeats=1 if count == SIZES[-1] else REPEATS)
        assert accounted(found[count]["rows"]) == count
    naive = measured("naive", tmp_path / f"{SIZES[0]}.csv", NAIVE_ROWS)
    ours = found[SIZES[0]]["rows"]
    assert {name: ours[name] for name in naive["rows"]} == naive["rows"]

    def row(name, count, run):
        return [
            name,
            f"{count:,}",
            f"{sizes[count] / MEGABYTE:.0f} MB",
            f"{run['seconds']:.2f}",
            f"{run['cpu']:.2f}",
            f"{run['seconds'] / count * 1e6:.2f}",
            f"{run['memory'] / MEGABYTE:.0f} MB",
            f"{run['memory'] / sizes[count]:.1f}",
        ]

    middle = found[SIZES[1]]
    slow = naive["seconds"] / NAIVE_ROWS * SIZES[1]
    ratio = slow / middle["seconds"]
    growth = found[SIZES[2]]["seconds"] / SIZES[2] / (found[SIZES[0]]["seconds"] / SIZES[0])
    share = middle["memory"] / sizes[SIZES[1]]
    report.add(
        "Checking a csv of 6 columns",
        ["", "rows", "file", "seconds", "CPU seconds", "µs per row", "peak memory", "× the file"],
        [*(row("Omni", count, found[count]) for count in SIZES), row("row by row", NAIVE_ROWS, naive)],
        [
            (
                ratio >= 8,
                f"at least 8 times as fast as row by row: {ratio:.0f} times, {middle['seconds']:.2f} s instead of "
                f"{slow:.0f} s (its {NAIVE_ROWS:,} rows times {SIZES[1] // NAIVE_ROWS})",
            ),
            (
                middle["seconds"] <= slow / 8,
                f"under 2.5 s on a machine where row by row takes 20 s: {middle['seconds'] / slow * 20:.2f} s",
            ),
            (share < 6, f"peak memory under 6 times the file: {share:.1f}"),
            (
                growth <= 1.25,
                f"time per row at {SIZES[2]:,} rows within 25 % of that at {SIZES[0]:,}: {growth:.2f} times",
            ),
        ],
        "Read the file, match its columns, check two phones and an e-mail, find duplicates, account for every row, and "
        "write all\nof it to disk. Peak memory is that of a fresh process after its imports. Row by row is pandas with "
        "phonenumbers.",
    )


def bench_check_of_a_workbook(tmp_path, report):
    path = write_xlsx(tmp_path / "list.xlsx", WORKBOOK_ROWS)
    bare = best("bare", path)
    ours = best("check", path, tmp_path / "{}")
    assert accounted(ours["rows"]) == WORKBOOK_ROWS == bare["rows"]["read"]
    ratio = ours["seconds"] / bare["seconds"]
    report.add(
        "Checking an xlsx of 200,000 rows and 6 columns",
        ["", "seconds", "CPU seconds"],
        [
            [name, f"{run['seconds']:.2f}", f"{run['cpu']:.2f}"]
            for name, run in (("Omni, read and checked", ours), ("fastexcel, read", bare))
        ],
        [(ratio <= 3, f"within 3 times the time that fastexcel takes to read the file: {ratio:.2f} times")],
        "Omni reads a workbook in a separate process; starting it is included in the time.",
    )


def bench_check_of_a_workbook_with_formats(tmp_path, report):
    path = write_formatted_xlsx(tmp_path / "list.xlsx", WORKBOOK_ROWS)
    size = path.stat().st_size
    bare = best("bare", path)
    ours = best("check", path, tmp_path / "{}")
    assert accounted(ours["rows"]) == WORKBOOK_ROWS == bare["rows"]["read"]
    ratio = ours["seconds"] / bare["seconds"]
    report.add(
        "Checking an xlsx of 200,000 rows and 6 columns with formats",
        ["", "seconds", "CPU seconds", "peak memory", "× the file"],
        [
            [
                name,
                f"{run['seconds']:.2f}",
                f"{run['cpu']:.2f}",
                f"{run['memory'] / MEGABYTE:.0f} MB",
                f"{run['memory'] / size:.1f}",
            ]
            for name, run in (("Omni, read and checked", ours), ("fastexcel, read", bare))
        ],
        [
            (ratio <= 3.5, f"within 3.5 times the time that fastexcel takes to read the file: {ratio:.2f} times"),
            (
                ours["memory"] <= bare["memory"],
                f"no more memory than fastexcel takes to read the file: {ours['memory'] / bare['memory']:.2f} times",
            ),
        ],
        "Phones are numbers; amounts, dates, percents and masks have formats, and are read as Excel shows them.\n"
        "The memory is that of the process that checks; the one that reads is limited to an amount for each cell.",
    )
