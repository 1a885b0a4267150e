"""CPU time of short commands from start to end, compared with the import of their largest library."""

from __future__ import annotations

import os
import subprocess
import sys

from omni import settings
from omni.store.opening import open_database
from tests.bench.cost import Meter
from tests.bench.report import ROOT
from tests.store.building import make

PEER = "python -c 'import sqlalchemy'"
COMMANDS = {
    PEER: ("-c", "import sqlalchemy"),
    "python -m omni --help": ("-m", "omni", "--help"),
    "python -m omni status": ("-m", "omni", "status"),
}
REPEATS = 20
MOST = 2.0
CAMPAIGNS = 20


def spent(arguments: tuple[str, ...]) -> dict[str, float]:
    """The cost of one process."""
    meter = Meter.begun()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ, capture_output=True, check=True)
    return meter.cost()


def bench_start_of_short_commands(report):
    found = settings.load()
    database = open_database(found.database_url, found.sending)
    for _ in range(CAMPAIGNS):
        make(database)
    database.close()
    runs = {name: [] for name in COMMANDS}
    # In turn, so that other work of the machine slows all of them alike.
    for _ in range(REPEATS):
        for name, arguments in COMMANDS.items():
            runs[name].append(spent(arguments))
    cpu = {name: min(run["cpu"] for run in each) for name, each in runs.items()}
    seconds = {name: min(run["seconds"] for run in each) for name, each in runs.items()}
    report.add(
        "Start of short commands",
        ["", "seconds", "CPU seconds", "of the peer's CPU"],
        [
            [f"`{name}`", f"{seconds[name]:.3f}", f"{cpu[name]:.3f}", f"{cpu[name] / cpu[PEER]:.2f}"]
            for name in COMMANDS
        ],
        [
            (
                cpu[name] < MOST * cpu[PEER],
                f"`{name}` under {MOST:g} times the CPU seconds of `{PEER}`: {cpu[name] / cpu[PEER]:.2f} times",
            )
            for name in COMMANDS
            if name != PEER
        ],
        f"The best of {REPEATS} runs each, in turn, on an SQLite database with {CAMPAIGNS} campaigns.",
    )
