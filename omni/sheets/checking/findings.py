"""What the operator should know about the rows, some rows at a time: a million findings are never in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import calling_code, country_of
from omni.sheets.checking.duplicates import Duplicates
from omni.sheets.checking.screening import Screened

Status = Literal["ready", "rejected", "duplicate", "suppressed"]
STATUSES: Final[tuple[Status, ...]] = ("ready", "rejected", "duplicate", "suppressed")
READY, REJECTED, DUPLICATE, SUPPRESSED = range(4)

LANDLINE: Final = "phone.landline_in_sms"
FOREIGN_ALLOWED: Final = "phone.foreign_allowed"
FOREIGN: Final = frozenset({"phone.foreign", FOREIGN_ALLOWED})
LISTED: Final = "contact.suppressed_destination"
FOR_INFORMATION: Final = frozenset(
    {"phone.nine_added", FOREIGN_ALLOWED, "phone.mexico_one", "email.typo_corrected", LISTED}
)
"""Findings of which nothing follows: what was done, as the operator agreed."""

SCHEMA: Final = pa.schema(
    [
        ("code", pa.string()),
        ("severity", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("proposal", pa.string()),
        ("country", pa.string()),
        ("first", pa.int64()),
    ]
)
"""Findings as a table: ``proposal`` is what may have been meant, ``country`` where a foreign number is, ``first`` the
row that a row repeats."""
PARAMS: Final = ("proposal", "country", "first")
"""Those of its columns that are parameters of a finding."""

_OF_VALUES: Final = frozenset({LANDLINE, LISTED})
"""What is told of what is sent, whatever could be sent instead."""
_OF_REPEATS: Final = frozenset({"contact.duplicate", "contact.duplicate_dropped"})

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that is needed to tell them: ``codes`` are places in ``STATUSES``, ``used`` the fields the steps send to,
    ``landlines`` the rows that an SMS step would send to a fixed line, field by field, and ``listed`` those whose
    destination there is on the do-not-contact list."""

    screened: Screened
    rows: pa.Int64Array
    codes: npt.NDArray[np.int8]
    first: pa.Int64Array
    used: tuple[str, ...]
    duplicates: Duplicates
    landlines: Mapping[str, pa.ChunkedArray]
    listed: Mapping[str, pa.BooleanArray]


def findings(known: Findings, start: int, count: int) -> pa.Table:
    """The findings about that many rows from place ``start``, as ``SCHEMA`` has them, in the order of the rows; within
    a row, field by field.

    A cell that is no destination is an error when its row is rejected and a step would have sent to it, else
    a warning. A rejected row without such a cell is ``contact.no_destination``. Of values that are sent all the
    same, those are warned of that a step sends to.
    """
    codes = known.codes[start : start + count]
    nothing = np.zeros(len(codes), dtype=bool)
    rejected, suppressed = codes == REJECTED, codes == SUPPRESSED
    blamed = nothing
    found = []
    for name, problem in known.screened.problem.items():
        part = _Part(known, start, count, name)
        at_fault = part.mask_of(pc.is_valid(problem)) & rejected if name in known.used else nothing
        blamed = blamed | at_fault
        found.append(part.sentence_of(problem, at_fault))
        if name in known.used:
            found.append(part.sentence_of(known.screened.warning[name], nothing))
            found.append(part.told_alike(FOREIGN_ALLOWED, _warned_abroad(known.screened, name, start, count)))
        if name in known.landlines:
            found.append(part.told_alike(LANDLINE, part.mask_of(known.landlines[name])))
        if name in known.listed:  # of a suppressed row it is told as a whole
            found.append(part.told_alike(LISTED, part.mask_of(known.listed[name]) & ~suppressed))
    of_rows = _Part(known, start, count, None)
    repeated = "contact.duplicate_dropped" if known.duplicates == "drop_all" else "contact.duplicate"
    found += [
        of_rows.told_alike("contact.no_destination", rejected & ~blamed, severity="error"),
        of_rows.told_alike("contact.suppressed", suppressed),
        of_rows.told_alike(repeated, codes == DUPLICATE),
    ]
    return in_order(found)


def in_order(found: Sequence[pa.Table]) -> pa.Table:
    """Findings in the order of their rows; those of one row in the order they are given in."""
    table = pa.concat_tables(found)
    if len([one for one in found if one.num_rows]) < 2:
        return table
    return table.take(pa.array(np.argsort(table.column("row").to_numpy(), kind="stable")))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows, and one field of theirs; None for what is told of a row as a whole."""

    known: Findings
    start: int
    count: int
    field: str | None

    def mask_of(self, mask: pa.BooleanArray | pa.ChunkedArray) -> Mask:
        """The mask of these rows."""
        return np.asarray(mask.slice(self.start, self.count))

    def sentence_of(self, codes: pa.ChunkedArray, errors: Mask) -> pa.Table:
        """Findings where there is a code, errors where ``errors`` says so."""
        some = codes.slice(self.start, self.count)
        if some.null_count == len(some):
            return SCHEMA.empty_table()
        mask = np.asarray(pc.is_valid(some))
        return self._table(mask, some.filter(pa.array(mask)), np.where(errors[mask], "error", "warning"))

    def told_alike(self, code: str, mask: Mask, severity: str = "warning") -> pa.Table:
        """The same finding in each of the rows that the mask holds."""
        count = int(mask.sum())
        if not count:
            return SCHEMA.empty_table()
        return self._table(mask, pa.repeat(pa.scalar(code), count), np.full(count, severity))

    def _table(self, mask: Mask, codes: pa.Array, severities: npt.NDArray[np.str_]) -> pa.Table:
        here, count = pa.array(mask), len(codes)

        def cells(column: pa.Array | pa.ChunkedArray) -> Any:
            return column.slice(self.start, self.count).filter(here)

        screened, field = self.known.screened, self.field
        nothing = pa.nulls(count, pa.string())
        proposals, countries = nothing, nothing
        if field is not None and codes[0].as_py() not in _OF_VALUES:
            proposals, countries = _apart(codes, cells(screened.proposal[field]))
        return pa.table(
            [
                codes,
                pa.array(severities, pa.string()),
                cells(self.known.rows),
                nothing if field is None else pa.repeat(pa.scalar(screened.headers[field]), count),
                nothing if field is None else pa.repeat(pa.scalar(field), count),
                nothing if field is None else cells(screened.original[field]),
                proposals,
                countries,
                cells(self.known.first) if codes[0].as_py() in _OF_REPEATS else pa.nulls(count, pa.int64()),
            ],
            schema=SCHEMA,
        )


def _warned_abroad(screened: Screened, field: str, start: int, count: int) -> Mask:
    """Where a foreign number's warning says something else than that it is one, which is still to be told."""
    warnings = screened.warning[field].slice(start, count)
    warned = np.asarray(pc.fill_null(pc.not_equal(warnings, FOREIGN_ALLOWED), False))
    if screened.kinds[field] != "phone" or not warned.any():
        return np.zeros(len(warned), dtype=bool)
    numbers = screened.values.column(field).slice(start, count)
    at_home: Mask = np.asarray(pc.starts_with(numbers, str(calling_code(screened.country))))
    return warned & ~at_home


def _apart(codes: pa.Array, proposals: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The proposals; and the countries of foreign numbers, to which there is nothing to propose."""
    foreign = pc.is_in(codes, pa.array(sorted(FOREIGN)))
    if not pc.any(foreign).as_py():
        return proposals, pa.nulls(len(proposals), pa.string())
    numbers = pc.if_else(foreign, proposals, None)
    countries = [None if number is None else country_of(number) for number in numbers.to_pylist()]
    return pc.if_else(foreign, None, proposals), pa.array(countries, pa.string())
