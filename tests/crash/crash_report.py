"""What the crash tests found: a table between two marks of ``docs/reliability.md``, when ``make crash`` asks for it."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

from tests.bench.report import machine
from tests.crash.comparison import Tally

KILLS: Final = int(os.environ.get("CRASH_COUNT", "0"))
"""0 when it is not ``make crash`` that runs."""
SEED: Final = int(os.environ.get("CRASH_SEED", "1"))
KEPT_IN: Final = os.environ.get("CRASH_REPORT")
only_make_crash = pytest.mark.only_make_crash
_BEGIN: Final = "<!-- written by make crash -->"
_END: Final = "<!-- to here -->"
_COLUMNS: Final = (
    "what was done", "database", "times", "contacts", "received", "received twice", "ids lost",
    "received, shown otherwise", "accepted, not received", "ids at another contact", "requests unknown", "at most",
)  # fmt: skip


@dataclass(slots=True)
class Telling:
    """Rows in the order they were found."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    server: str = ""

    def add(self, what: str, database_url: str, times: int, tally: Tally) -> None:
        """One row; also for a promise that was not kept."""
        database = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
        counts = (
            times,
            tally.contacts,
            tally.received,
            tally.twice,
            tally.lost,
            tally.denied + tally.unfinished,
            tally.invented,
            tally.astray,
            tally.unknown,
            tally.at_most,
        )
        self.rows.append((what, database, *(f"{each:,}" for each in counts)))

    def write(self, path: Path) -> None:
        """Replace what stands between the marks; rows of what was not done in this run stay."""
        before, _, rest = path.read_text("utf-8").partition(_BEGIN)
        former, _, after = rest.partition(_END)
        path.write_text(f"{before}{_BEGIN}\n\n{self.table(former)}\n{_END}{after}", "utf-8")

    def table(self, former: str) -> str:
        """As Markdown, with what it was found on."""
        rows = {row[:2]: row for row in _rows(former)} | {row[:2]: row for row in self.rows}
        versions = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "SQLAlchemy", "psycopg", "requests"))
        lines = [
            f"{machine()}, {datetime.now(UTC).date()}; SQLite {sqlite3.sqlite_version}{self.server}, {versions}; "
            f"`make crash COUNT={KILLS} SEED={SEED}`",
            "",
            _line(_COLUMNS),
            _line(["---", "---", *["---:"] * (len(_COLUMNS) - 2)]),
            *map(_line, rows.values()),
            "",
        ]
        return "\n".join(lines)


def _rows(table: str) -> list[tuple[str, ...]]:
    """The rows of a table below its head."""
    cells = [tuple(line.strip("| ").split(" | ")) for line in table.splitlines() if line.startswith("|")]
    return cells[2:]


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
