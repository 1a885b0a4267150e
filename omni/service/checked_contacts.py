"""Results of a check: its figures, and its rows and findings, read page by page from disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.core.problem import Problem
from omni.service.findings_file import read_problems
from omni.service.fixes import Fixes, fixed_column
from omni.service.suppression import SuppressionFacts, suppression_facts
from omni.service.workspace import fingerprint
from omni.sheets.arrow_files import open_table
from omni.sheets.checking.country_fit import CountryFit
from omni.sheets.checking.findings import FOR_INFORMATION
from omni.sheets.checking.sms_column import NO_SMS
from omni.sheets.checking.suppression import OPTED_OUT, OPTED_OUT_ELSEWHERE, SUPPRESSED, UNCLEAR
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask

Section = str
"""Part of the rows: ``all``, ``ready``, ``rejected``, ``duplicate``, ``repaired``, ``hidden``, ``blank``, or ``step:2``
for the ready rows that step 2 reaches."""

_LEFT_OUT: Final = frozenset({SUPPRESSED, OPTED_OUT, OPTED_OUT_ELSEWHERE, UNCLEAR})
"""Findings about rows that are left out, which no corrected cell could change."""
_ABOUT_ROWS: Final = frozenset({"contact.duplicate", "contact.duplicate_dropped", "contact.too_many_cells"})
"""Findings about whole rows."""
_NO_SMS: Final = frozenset(code for code in NO_SMS if code)
RECENT: Final = "recent"
"""Status of contacts left out because they were written to in the last N days; others are ready, rejected and so on."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Number of ready contacts that step ``step`` (counted from 1) can reach, out of ``of`` ready ones.

    ``no_sms`` counts, by the code of the finding, those of an SMS step whose number cannot get one.
    """

    step: int
    type: str
    destination_field: str
    contacts: int
    of: int = 0
    no_sms: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TidiedCell:
    """A cell of ``row`` and ``column`` that was tidied for the texts."""

    row: int
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Tidied:
    """Number of cells that were tidied for the texts, and the first of them."""

    cells: int
    samples: tuple[TidiedCell, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a check.

    ``rows["read"]`` is the sum of ready, rejected, duplicate, blank, hidden and suppressed, and of ``recent`` where
    contacts were left out because they were written to in the last N days; ``repaired`` is a part of ready.
    ``problem_counts`` are by code, ``error_counts`` count only the errors. ``duplicates`` is the number of rows that
    duplicate another one, whether they are sent to or not. ``shared`` gives, field by field, the number of rows with a
    value there that an earlier row has too.
    ``tidied`` has the cells that were cleaned for the texts, ``suppression`` the contacts not written to, by reason,
    ``country`` the country assumed for phones without a code and how well they fit it.
    """

    rows: Mapping[str, int]
    reach: tuple[Reach, ...]
    unreached: int
    problem_counts: Mapping[str, int]
    error_counts: Mapping[str, int]
    duplicates: int
    shared: Mapping[str, int]
    suppression: SuppressionFacts = field(default_factory=SuppressionFacts)
    tidied: Tidied = field(default_factory=lambda: Tidied(0, ()))
    country: CountryFit = field(default_factory=lambda: CountryFit("BR"))

    @property
    def problems(self) -> int:
        """Number of findings of all codes."""
        return sum(self.problem_counts.values())


@dataclass(frozen=True, slots=True)
class Cell:
    """One destination or text of a row: as it is in the sheet or was corrected here, and as it will be sent.

    ``is_listed`` means that it is on the do-not-contact list.
    """

    original: str
    value: str
    repaired: bool
    problem: str | None
    is_fixed: bool = False
    warning: str | None = None
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as a page shows it. ``first`` is the row that a duplicate repeats."""

    row: int
    status: str
    cells: Mapping[str, Cell]
    first: int | None


class CheckedContacts:
    """Result of a check, on disk; every method reads only what it returns.

    ``sheet`` is the untouched spreadsheet, ``fixes`` holds the corrections that replace some of its cells, and
    ``list_revision`` is the revision of the do-not-contact list. ``placeholders`` are the columns of the names in the
    texts, and ``gaps`` counts the rows that lack a value of a text, rejected or sent by the rule. What is derived from
    the check lies beside it, in ``home``. ``close`` has, by field, the columns that fit it about equally well, if the
    operator has not chosen one of them; the first is the one mapped.
    """

    def __init__(
        self,
        key: str,
        folder: Path,
        sheet: Sheet,
        mapping: Mapping[str, str],
        fixes: Fixes,
        close: Mapping[str, tuple[str, ...]],
    ) -> None:
        facts = json.loads((folder / "summary.json").read_text("utf-8"))
        self.key = key
        self.home = folder.parent
        self.sheet = sheet
        self.mapping = dict(mapping)
        self.fixes = fixes
        self.close = dict(close)
        self.list_revision: int | None = facts["list_revision"]
        self.kinds: dict[str, FieldKind] = facts["kinds"]
        self.summary = Summary(
            rows=facts["rows"],
            reach=tuple(Reach(**item) for item in facts["reach"]),
            unreached=facts["unreached"],
            problem_counts=facts["problem_counts"],
            error_counts=facts["error_counts"],
            duplicates=facts["repeats"],
            shared=facts["shared"],
            suppression=suppression_facts(facts["suppression"]),
            tidied=Tidied(facts["tidied"]["cells"], tuple(TidiedCell(**each) for each in facts["tidied"]["samples"])),
            country=CountryFit(**{**facts["country"], "better": tuple(facts["country"]["better"])}),
        )
        self.placeholders: dict[str, str] = facts["placeholders"]
        self.gaps: int = facts["gaps"]
        self._table = open_table(folder / "contacts.arrow")
        self._problems = open_table(folder / "problems.arrow")

    def listed(self, section: Section) -> int:
        """Return the number of rows that ``rows`` lists for ``section``; duplicates include the rows they repeat."""
        if section in ("all", "hidden", "blank"):
            return self._table.num_rows if section == "all" else self.summary.rows[section]
        return len(self._indices(section))

    def rows(self, section: Section, offset: int, limit: int) -> list[RowView]:
        """Return a page of rows in the sheet's order; duplicates come group by group."""
        if section in ("hidden", "blank"):
            return self._left_out(section, offset, limit)
        if section == "all":
            page, cells = self._table.slice(offset, limit), self._originals().slice(offset, limit)
        else:
            at = self._indices(section).slice(offset, limit)
            page, cells = self._table.take(at), self._originals().take(at)
        return [self._view(row, original) for row, original in zip(page.to_pylist(), cells.to_pylist(), strict=True)]

    def _originals(self) -> pa.Table:
        """Return the cells of the fields: as the sheet shows them, but those of destinations with all their digits."""
        table = self.sheet.table
        for name, kind in self.kinds.items():
            header = self.mapping[name]
            if kind != "text":
                table = table.set_column(self.sheet.columns.index(header), header, self.sheet.digits_of(header))
        return table

    def _cells_of_file(self) -> pa.Table:
        return self._originals().drop_columns(list(self.sheet.joined))

    def _indices(self, section: Section) -> pa.Array:
        if section == "repaired":
            return pc.indices_nonzero(
                pc.and_(self._table.column("any_repaired"), pc.equal(self._table.column("status"), "ready"))
            )
        if section == "duplicate":
            return self._groups()
        if section.startswith("step:"):
            reached = pc.bit_wise_and(self._table.column("plan"), 1 << (int(section.removeprefix("step:")) - 1))
            return pc.indices_nonzero(
                pc.and_(pc.not_equal(reached, 0), pc.equal(self._table.column("status"), "ready"))
            )
        return pc.indices_nonzero(pc.equal(self._table.column("status"), section))

    def _left_out(self, section: Section, offset: int, limit: int) -> list[RowView]:
        """Return a page of the rows that are not in the table: hidden rows with their cells, or blank rows."""
        numbers = self.sheet.unseen_rows if section == "hidden" else self.sheet.blank_rows
        rows = numbers.slice(offset, limit).to_pylist() if numbers is not None else []
        cells: list[dict[str, str]] = [{} for _ in rows]
        if section == "hidden" and self.sheet.unseen is not None:
            cells = self.sheet.unseen.slice(offset, limit).to_pylist()
        return [
            RowView(
                row,
                section,
                {name: Cell(given.get(self.mapping[name], ""), "", False, None) for name in self.kinds},
                None,
            )
            for row, given in zip(rows, cells, strict=True)
        ]

    def _groups(self) -> pa.Array:
        """Return the indices of duplicates, each group after the row it repeats."""
        duplicates = np.flatnonzero(pc.equal(self._table.column("status"), "duplicate").to_numpy())
        leaders = self._table.column("first").take(pa.array(duplicates)).to_numpy()
        rows = self._table.column("row").to_numpy()
        groups = np.unique(leaders)
        heads = np.setdiff1d(np.searchsorted(rows, groups), duplicates)
        places = np.concatenate([heads, duplicates])
        return pa.array(places[np.lexsort((places, np.concatenate([rows[heads], leaders])))])

    def _view(self, row: dict[str, Any], original: dict[str, str]) -> RowView:
        cells = {}
        for name in self.kinds:
            header = self.mapping[name]
            typed = self.fixes.get((row["row"], header))
            cells[name] = Cell(
                original[header] if typed is None else typed,
                row[f"v:{name}"],
                row[f"r:{name}"],
                row[f"p:{name}"],
                typed is not None,
                row[f"w:{name}"],
                bool(row.get(f"l:{name}")),
            )
        return RowView(row["row"], row["status"], cells, row["first"])

    def text_values(self, row: int, names: Sequence[str]) -> dict[str, str]:
        """Return the values of placeholders in the texts for one row, by name; none for a row the table lacks."""
        place = int(np.searchsorted(self._table.column("row").to_numpy(), row))
        if place == self._table.num_rows or self._table.column("row")[place].as_py() != row:
            return {}
        return {name: str(self._named(name)[place].as_py()) for name in names}

    def faulty(self, offset: int = 0, limit: int | None = None) -> list[Problem]:
        """Return a page of the findings that one cell could fix, in the sheet's order; ``column`` is that cell's.

        For a row without any destination this is the cell of the field tried first.
        """
        table, header = self._problems, self._tried_first()
        excluded = pa.array(sorted(FOR_INFORMATION | _NO_SMS | _LEFT_OUT))
        is_faulty = pc.and_not(pc.is_valid(table.column("column")), pc.is_in(table.column("code"), excluded))
        if header is not None:
            is_faulty = pc.or_(is_faulty, pc.equal(table.column("code"), "contact.no_destination"))
        found = read_problems(_page(table, is_faulty, offset, limit))
        return [problem if problem.column else replace(problem, column=header) for problem in found]

    def reasons_left_out(self, rows: Sequence[int]) -> dict[int, Problem]:
        """Return the finding about each of these rows that says why nothing is sent to it, by row number."""
        table = self._problems
        wanted = pc.and_(
            pc.is_in(table.column("row"), pa.array(rows, pa.int64())),
            pc.is_in(table.column("code"), pa.array(sorted(_LEFT_OUT))),
        )
        return {problem.row or 0: problem for problem in read_problems(table.filter(wanted))}

    @property
    def faulty_count(self) -> int:
        """Number of findings that ``faulty`` lists, without reading them."""
        excluded = FOR_INFORMATION | _NO_SMS | _LEFT_OUT | _ABOUT_ROWS
        if self._tried_first() is None:
            excluded |= {"contact.no_destination"}
        return sum(n for code, n in self.summary.problem_counts.items() if code not in excluded)

    def _tried_first(self) -> str | None:
        tried = [reach.destination_field for reach in self.summary.reach]
        tried += [name for name, kind in self.kinds.items() if kind != "text"]
        return next((self.mapping[name] for name in tried if name in self.mapping), None)

    def cell(self, row: int, header: str) -> str:
        """Return the text of a cell in the spreadsheet; empty for a row that it does not have."""
        rows = self.sheet.rows.to_numpy()
        place = int(np.searchsorted(rows, row))
        if place == len(rows) or rows[place] != row:
            return ""
        is_destination = any(self.mapping[name] == header for name, kind in self.kinds.items() if kind != "text")
        column = self.sheet.digits_of(header) if is_destination else self.sheet.table.column(header)
        return str(column[place].as_py())

    def problems(
        self, offset: int = 0, limit: int | None = None, *, severity: str | None = None, code: str | None = None
    ) -> list[Problem]:
        """Return a page of the findings, in the sheet's order; only of one severity or one code if given."""
        table = self._problems
        if severity is not None:
            table = _page(table, pc.equal(table.column("severity"), severity), offset, limit)
        elif code is not None:
            table = _page(table, pc.equal(table.column("code"), code), offset, limit)
        else:
            table = table.slice(offset, limit)
        return read_problems(table)

    def ready(self, names: Sequence[str] = ()) -> pa.Table:
        """Return the contacts to send to, with the columns of ``sendable``."""
        return self.sendable(names).take(pa.array(self.ready_places()))

    def ready_places(self) -> npt.NDArray[np.int64]:
        """Return the indices in ``sendable`` of the contacts to send to, in the sheet's order."""
        return np.flatnonzero(pc.equal(self._table.column("status"), "ready").to_numpy())

    def sendable(self, names: Sequence[str] = ()) -> pa.Table:
        """Return every row: row, plan, ``v:field`` values, and ``n:name`` for each placeholder; read on access."""
        table = self._table.select(["row", "plan", *(f"v:{field}" for field in self.kinds)])
        for name in names:
            table = table.append_column(f"n:{name}", self._named(name))
        return table

    def further_destinations(self) -> dict[str, pa.ChunkedArray]:
        """Return the destinations of the contacts to send to in columns that are mapped to no field, by header."""
        names = [name for name in self._table.column_names if name.startswith("x:")]
        ready = pc.equal(self._table.column("status"), "ready")
        return {name.removeprefix("x:"): self._table.column(name).filter(ready) for name in names}

    def ready_cells(self) -> pa.Table:
        """Return the original cells of the contacts to send to, untouched."""
        return self._cells_of_file().filter(pc.equal(self._table.column("status"), "ready"))

    def _named(self, name: str) -> pa.ChunkedArray:
        """Return a placeholder's values: the sheet's cells, corrected and cleaned, or the field of that name."""
        if f"t:{name}" in self._table.column_names:
            return self._table.column(f"t:{name}")
        header = self.placeholders.get(name, name)
        if header in self.sheet.columns:
            return fixed_column(self.sheet, header, self.fixes)
        return self._table.column(f"v:{name}")

    def rejected_cells(self) -> tuple[pa.Table, dict[int, list[Problem]]]:
        """Return the rejected rows' original cells with ``__row``, and each row's errors by row number."""
        mask = pc.equal(self._table.column("status"), "rejected")
        cells = self._cells_of_file().filter(mask).append_column("__row", self._table.column("row").filter(mask))
        by_row: dict[int, list[Problem]] = {}
        for problem in self.problems(severity="error"):
            by_row.setdefault(problem.row or 0, []).append(problem)
        return cells, by_row


class FewerContacts(CheckedContacts):
    """The check ``whole`` without some contacts: ``left_out`` has one value for each ready one, true to leave it out.

    ``decided`` identifies the decision. Figures, rows and plans count only the contacts that remain.
    """

    def __init__(self, whole: CheckedContacts, left_out: Mask, decided: str) -> None:
        # Field by field: opening the files of the check again would repeat a cost that ``whole`` has already paid.
        self.home, self.sheet, self.mapping, self.fixes = whole.home, whole.sheet, whole.mapping, whole.fixes
        self.list_revision, self.kinds, self._problems = whole.list_revision, whole.kinds, whole._problems
        self.placeholders, self.gaps, self.close = whole.placeholders, whole.gaps, whole.close
        self.whole = whole
        self.left_out = left_out
        self.decided = decided
        self.key = fingerprint("fewer", whole.key, decided)
        is_left_out = np.zeros(whole._table.num_rows, dtype=bool)
        is_left_out[whole.ready_places()[left_out]] = True
        status = pc.if_else(pa.array(is_left_out), RECENT, whole._table.column("status"))
        self._table = whole._table.set_column(whole._table.schema.get_field_index("status"), "status", status)
        self.summary = self._counted(whole.summary, int(left_out.sum()))

    def _counted(self, summary: Summary, left_out: int) -> Summary:
        places = self.ready_places()
        plans = self._table.column("plan").to_numpy()[places]
        repaired = self._table.column("any_repaired").to_numpy()[places]
        rows = {**summary.rows, "ready": len(places), "repaired": int(repaired.sum()), RECENT: left_out}
        reach = [
            replace(
                each,
                contacts=int((plans >> (each.step - 1) & 1).sum()),
                of=len(places),
                no_sms=count_no_sms(self._no_sms(each, places)),
            )
            for each in summary.reach
        ]
        return replace(summary, rows=rows, reach=tuple(reach))

    def _no_sms(self, reach: Reach, places: npt.NDArray[np.int64]) -> pa.Array | None:
        name = f"s:{reach.destination_field}"
        if reach.type != "MT" or name not in self._table.column_names:
            return None
        return pa.array(self._table.column(name).to_numpy()[places])


def count_no_sms(kinds: pa.Array | None) -> dict[str, int]:
    """Count numbers that cannot get an SMS by the code of the finding, from indices in ``NO_SMS``."""
    if kinds is None:
        return {}
    counts = np.bincount(np.asarray(kinds), minlength=len(NO_SMS)).tolist()
    return {code: n for code, n in zip(NO_SMS, counts, strict=True) if code and n}


def whole_of(checked: CheckedContacts) -> CheckedContacts:
    """Return the check as it was before contacts were left out."""
    return checked.whole if isinstance(checked, FewerContacts) else checked


def _page(table: pa.Table, mask: pa.ChunkedArray, offset: int, limit: int | None) -> pa.Table:
    """Return a page of the rows for which ``mask`` is true, without reading the others."""
    return table.take(pc.indices_nonzero(mask).slice(offset, limit))
