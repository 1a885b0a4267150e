"""A check once it is made: its figures, and its rows and findings read page by page from disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.contact import FieldKind
from omni.core.problem import Problem
from omni.service.arrow_files import open_table
from omni.sheets.reader import Sheet

Part = Literal["all", "ready", "rejected", "duplicate", "repaired"]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the ready contacts step ``step`` (from 1) can reach."""

    step: int
    type: str
    destination_field: str
    contacts: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a check. ``rows["read"]`` is the sum of ready, rejected, duplicate, blank, hidden and
    suppressed; ``repaired`` counts within ready. ``problem_counts`` are by code, ``error_counts`` their errors."""

    rows: Mapping[str, int]
    reach: tuple[Reach, ...]
    unreached: int
    problem_counts: Mapping[str, int]
    error_counts: Mapping[str, int]

    @property
    def problems(self) -> int:
        """All findings together."""
        return sum(self.problem_counts.values())


@dataclass(frozen=True, slots=True)
class Cell:
    """One destination or text of a row: as it stands in the sheet, and as it will be sent."""

    original: str
    value: str
    repaired: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as a page shows it. ``first`` is the row a duplicate repeats."""

    row: int
    status: str
    cells: Mapping[str, Cell]
    first: int | None


class CheckedContacts:
    """The outcome of a check, on disk; every method reads only what it returns."""

    def __init__(self, key: str, folder: Path, sheet: Sheet, mapping: Mapping[str, str]) -> None:
        facts = json.loads((folder / "summary.json").read_text("utf-8"))
        self.key = key
        self.sheet = sheet
        self.mapping = dict(mapping)
        self.kinds: dict[str, FieldKind] = facts["kinds"]
        self.summary = Summary(
            rows=facts["rows"],
            reach=tuple(Reach(**item) for item in facts["reach"]),
            unreached=facts["unreached"],
            problem_counts=facts["problem_counts"],
            error_counts=facts["error_counts"],
        )
        self._table = open_table(folder / "contacts.arrow")
        self._problems = open_table(folder / "problems.arrow")

    def count(self, part: Part) -> int:
        """How many rows ``part`` has."""
        return len(self._indices(part)) if part != "all" else self._table.num_rows

    def rows(self, part: Part, offset: int, limit: int) -> list[RowView]:
        """A page of rows in the sheet's order."""
        if part == "all":
            page, cells = self._table.slice(offset, limit), self.sheet.table.slice(offset, limit)
        else:
            at = self._indices(part).slice(offset, limit)
            page, cells = self._table.take(at), self.sheet.table.take(at)
        return [self._view(row, original) for row, original in zip(page.to_pylist(), cells.to_pylist(), strict=True)]

    def _indices(self, part: Part) -> pa.Array:
        if part == "repaired":
            return pc.indices_nonzero(pc.and_(self._table.column("any_repaired"),
                                              pc.equal(self._table.column("status"), "ready")))
        return pc.indices_nonzero(pc.equal(self._table.column("status"), part))

    def _view(self, row: dict[str, Any], original: dict[str, str]) -> RowView:
        cells = {
            name: Cell(original[self.mapping[name]], row[f"v:{name}"], row[f"r:{name}"], row[f"p:{name}"])
            for name in self.kinds
        }
        return RowView(row["row"], row["status"], cells, row["first"])

    def problems(self, offset: int = 0, limit: int | None = None, severity: str | None = None) -> list[Problem]:
        """A page of the findings, in the sheet's order."""
        table = self._problems
        if severity is not None:
            table = table.filter(pc.equal(table.column("severity"), severity))
        return [Problem(**{**item, "params": json.loads(item["params"])})
                for item in table.slice(offset, limit).to_pylist()]

    def ready(self, names: Sequence[str] = ()) -> pa.Table:
        """The contacts to send to: row, plan, ``v:field`` values, and ``n:name`` for each placeholder name."""
        mask = pc.equal(self._table.column("status"), "ready")
        kept = ["row", "plan", *(f"v:{field}" for field in self.kinds)]
        table = self._table.select(kept).filter(mask)
        for name in names:
            table = table.append_column(f"n:{name}", self._named(name).filter(mask))
        return table

    def ready_cells(self) -> pa.Table:
        """The original cells of the contacts to send to, untouched."""
        return self.sheet.table.filter(pc.equal(self._table.column("status"), "ready"))

    def _named(self, name: str) -> pa.ChunkedArray:
        """What a placeholder stands for: the sheet's own cell, else the normalised field of that name."""
        return self.sheet.table.column(name) if name in self.sheet.columns else self._table.column(f"v:{name}")

    def rejected_cells(self) -> tuple[pa.Table, dict[int, list[Problem]]]:
        """The rejected rows' original cells with ``__row``, and the findings of each by row number."""
        mask = pc.equal(self._table.column("status"), "rejected")
        cells = self.sheet.table.filter(mask).append_column("__row", self._table.column("row").filter(mask))
        by_row: dict[int, list[Problem]] = {}
        for problem in self.problems(severity="error"):
            by_row.setdefault(problem.row or 0, []).append(problem)
        return cells, by_row
