"""Findings about rows, made for a range of rows at a time, so that a million findings are never in memory at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import calling_code, country_of
from omni.sheets.checking.argentine_mobiles import NINE_ADDED
from omni.sheets.checking.duplicates import Duplicates
from omni.sheets.checking.screening import Screened
from omni.sheets.checking.sms_column import NO_SMS
from omni.sheets.checking.suppression import (
    OPTED_OUT_DESTINATION,
    OPTED_OUT_ELSEWHERE,
    SUPPRESSED_DESTINATION,
    Reason,
)
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask

Status = Literal["ready", "rejected", "duplicate", "suppressed"]
STATUSES: Final[tuple[Status, ...]] = ("ready", "rejected", "duplicate", "suppressed")
READY, REJECTED, DUPLICATE, SUPPRESSED = range(4)

FOREIGN_ALLOWED: Final = "phone.foreign_allowed"
FOREIGN: Final = frozenset({"phone.foreign", FOREIGN_ALLOWED})
FOR_INFORMATION: Final = frozenset(
    {
        "phone.nine_added",
        NINE_ADDED,
        FOREIGN_ALLOWED,
        "phone.mexico_one",
        "email.typo_corrected",
        "text.repaired",
        SUPPRESSED_DESTINATION,
        OPTED_OUT_DESTINATION,
    }
)
"""Findings that only report a change the operator has agreed to; they need no action."""

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
"""Columns of a table of findings.

``proposal`` is the value that may have been intended, ``country`` the country of a foreign number, ``first`` the number
of the row that a row duplicates.
"""
PARAMS: Final = ("proposal", "country", "first")
"""The columns that are parameters of a finding."""


def findings_about(
    sheet: Sheet,
    rows: Mask,
    cells: pa.StringArray,
    *,
    code: str,
    header: str,
    field: str,
    severity: Literal["error", "warning"] = "warning",
    proposals: pa.StringArray | None = None,
) -> pa.Table:
    """Return one finding, in the form of ``SCHEMA``, for each of the ``rows`` about its cell under ``header``.

    ``proposals`` has one for each of the rows.
    """
    if not rows.any():
        return SCHEMA.empty_table()
    here = pa.array(rows)
    found = cells.filter(here)
    texts = {"code": code, "severity": severity, "column": header, "field": field}
    columns = {key: pa.repeat(pa.scalar(text), len(found)) for key, text in texts.items()}
    columns |= {key: pa.nulls(len(found), SCHEMA.field(key).type) for key in PARAMS}
    columns |= {"row": sheet.rows.filter(here), "value": found}
    if proposals is not None:
        columns["proposal"] = proposals
    return pa.table([columns[key] for key in SCHEMA.names], schema=SCHEMA)


_ABOUT_VALUES: Final = frozenset({code for code in NO_SMS if code})
"""Findings about the value that is sent; they show no proposal."""
_ABOUT_DUPLICATES: Final = frozenset({"contact.duplicate", "contact.duplicate_dropped"})
"""Findings that name the row that a row duplicates."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The data from which findings are made.

    ``codes`` are indices in ``STATUSES``, ``used`` the fields that the steps send to. By field, ``no_sms`` has for each
    row an index in ``NO_SMS``. ``left_out`` are the reasons of suppressed rows, one a row, and ``removed`` those of
    single destinations that are not used, ``has_gap`` the rows that are rejected only because a text lacks a value,
    ``is_long`` those that are rejected because they have more cells than the header.
    """

    screened: Screened
    rows: pa.Int64Array
    codes: npt.NDArray[np.int8]
    first: pa.Int64Array
    used: tuple[str, ...]
    duplicates: Duplicates
    no_sms: Mapping[str, pa.Int8Array]
    left_out: Sequence[Reason]
    removed: Sequence[Reason]
    sheet: Sheet
    has_gap: Mask
    is_long: Mask


def findings(known: Findings, start: int, count: int) -> pa.Table:
    """Return the findings about ``count`` rows from place ``start`` as a table with ``SCHEMA``.

    They are in the order of the rows and, within a row, field by field. A cell that is no destination is an error when
    its row is rejected and a step would have sent to it, else a warning. A rejected row without such a cell is
    ``contact.no_destination``, or ``contact.uncalculated`` if a destination is a formula without a result. A row with
    more cells than the header has no finding but ``contact.too_many_cells``. Warnings about
    values that are sent appear only for fields that a step sends to.
    """
    codes = known.codes[start : start + count]
    nothing = np.zeros(len(codes), dtype=bool)
    is_long = known.is_long[start : start + count]
    rejected = (codes == REJECTED) & ~known.has_gap[start : start + count] & ~is_long
    suppressed = codes == SUPPRESSED
    explained = nothing
    found = []
    for name, problem in known.screened.problem.items():
        part = _Part(known, start, count, name)
        at_fault = part.mask_of(pc.is_valid(problem)) & rejected if name in known.used else nothing
        explained = explained | at_fault
        found.append(part.with_codes(problem, at_fault))
        if name in known.used:
            found.append(part.with_codes(known.screened.warning[name], nothing))
            found.append(part.same_in_each(FOREIGN_ALLOWED, _warned_abroad(known.screened, name, start, count)))
        if name in known.no_sms:
            kinds = part.mask_of(known.no_sms[name])
            found += [part.same_in_each(code, kinds == at) for at, code in enumerate(NO_SMS) if code]
    if is_long.any():
        # What stands in the wrong column says nothing about the cell that belongs there.
        numbers = known.rows.slice(start, count).filter(pa.array(is_long))
        found = [part.filter(pc.invert(pc.is_in(part.column("row"), numbers))) for part in found]
    # A suppressed row gets one finding as a whole.
    found += [_because(known, reason, start, count, suppressed) for reason in known.left_out]
    found += [_because(known, reason, start, count, ~suppressed) for reason in known.removed]
    whole_rows = _Part(known, start, count, None)
    uncalculated = _uncalculated(known, start, count)
    duplicate_code = "contact.duplicate_dropped" if known.duplicates == "drop_all" else "contact.duplicate"
    found += [
        whole_rows.same_in_each("contact.too_many_cells", is_long, severity="error"),
        whole_rows.same_in_each("contact.uncalculated", rejected & ~explained & uncalculated, severity="error"),
        whole_rows.same_in_each("contact.no_destination", rejected & ~explained & ~uncalculated, severity="error"),
        whole_rows.same_in_each(duplicate_code, codes == DUPLICATE),
    ]
    return in_order(found)


def _uncalculated(known: Findings, start: int, count: int) -> Mask:
    """Mark the rows in which a destination is a formula that was never calculated."""
    headers = [known.screened.headers[name] for name in known.used]
    rows = [row for header in headers for row in known.sheet.uncalculated.get(header, ())]
    mask: Mask = np.isin(np.asarray(known.rows.slice(start, count)), rows)
    return mask


def _because(known: Findings, reason: Reason, start: int, count: int, rows: Mask) -> pa.Table:
    """Return the finding that rows, or destinations of rows, are not sent to, with the cell that says so."""
    mask = reason.mask[start : start + count] & rows
    n = int(mask.sum())
    if not n:
        return SCHEMA.empty_table()
    here, nothing = pa.array(mask), pa.nulls(n, pa.string())
    numbers = known.rows.slice(start, count).filter(here)
    first = pa.nulls(n, pa.int64())
    if reason.first is not None and reason.code == OPTED_OUT_ELSEWHERE:
        first = known.rows.take(pa.array(reason.first[start : start + count][mask]))
    cells = nothing
    if reason.field is not None:
        cells = known.screened.original[reason.field].slice(start, count).filter(here)
    elif reason.header is not None:
        cells = known.sheet.table.column(reason.header).slice(start, count).filter(here)
    return pa.table(
        [
            pa.repeat(pa.scalar(reason.code), n),
            pa.repeat(pa.scalar("warning"), n),
            numbers,
            nothing if reason.header is None else pa.repeat(pa.scalar(reason.header), n),
            nothing if reason.field is None else pa.repeat(pa.scalar(reason.field), n),
            cells,
            nothing,
            nothing,
            first,
        ],
        schema=SCHEMA,
    )


def in_order(found: Sequence[pa.Table]) -> pa.Table:
    """Sort findings by row; those of one row stay in the order in which they are given."""
    table = pa.concat_tables(found)
    if len([one for one in found if one.num_rows]) < 2:
        return table
    return table.take(pa.array(np.argsort(table.column("row").to_numpy(), kind="stable")))


@dataclass(frozen=True, slots=True)
class _Part:
    """A range of rows and one of their fields; None for findings about whole rows."""

    known: Findings
    start: int
    count: int
    field: str | None

    def mask_of(self, mask: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
        """Return the part of a mask, or of other values, for these rows."""
        return np.asarray(mask.slice(self.start, self.count))

    def with_codes(self, codes: pa.ChunkedArray, errors: Mask) -> pa.Table:
        """Make a finding in each row that has a code, an error where ``errors`` is set and else a warning."""
        some = codes.slice(self.start, self.count)
        if some.null_count == len(some):
            return SCHEMA.empty_table()
        mask = np.asarray(pc.is_valid(some))
        return self._table(mask, some.filter(pa.array(mask)), np.where(errors[mask], "error", "warning"))

    def same_in_each(self, code: str, mask: Mask, severity: str = "warning") -> pa.Table:
        """Make the same finding in each row that the mask holds."""
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
        if field is not None and codes[0].as_py() not in _ABOUT_VALUES:
            proposals, countries = _proposals_and_countries(codes, cells(screened.proposal[field]))
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
                cells(self.known.first) if codes[0].as_py() in _ABOUT_DUPLICATES else pa.nulls(count, pa.int64()),
            ],
            schema=SCHEMA,
        )


def _warned_abroad(screened: Screened, field: str, start: int, count: int) -> Mask:
    """Mark foreign numbers whose warning is not that they are foreign, so that this is reported as well."""
    warnings = screened.warning[field].slice(start, count)
    warned = np.asarray(pc.fill_null(pc.not_equal(warnings, FOREIGN_ALLOWED), False))
    if screened.kinds[field] != "phone" or not warned.any():
        return np.zeros(len(warned), dtype=bool)
    numbers = screened.values.column(field).slice(start, count)
    at_home: Mask = np.asarray(pc.starts_with(numbers, str(calling_code(screened.country))))
    return warned & ~at_home


def _proposals_and_countries(codes: pa.Array, proposals: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Divide the proposals into proposals proper and the countries of foreign numbers, for which there is none."""
    foreign = pc.is_in(codes, pa.array(sorted(FOREIGN)))
    if not pc.any(foreign).as_py():
        return proposals, pa.nulls(len(proposals), pa.string())
    numbers = pc.if_else(foreign, proposals, None)
    countries = [None if number is None else country_of(number) for number in numbers.to_pylist()]
    return pc.if_else(foreign, None, proposals), pa.array(countries, pa.string())
