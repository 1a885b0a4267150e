"""What the operator should know about the rows, made a page at a time: a million findings are never in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.countries import country_of
from omni.core.problem import Problem
from omni.sheets.repeats import Duplicates
from omni.sheets.screening import Screened

Status = Literal["ready", "rejected", "duplicate", "suppressed"]
STATUSES: Final[tuple[Status, ...]] = ("ready", "rejected", "duplicate", "suppressed")
READY, REJECTED, DUPLICATE, SUPPRESSED = range(4)

LANDLINE: Final = "phone.landline_in_sms"
FOREIGN: Final = frozenset({"phone.foreign", "phone.foreign_allowed"})
LISTED: Final = "contact.suppressed_destination"
FOR_INFORMATION: Final = frozenset(
    {"phone.nine_added", "phone.foreign_allowed", "phone.mexico_one", "email.typo_corrected", LISTED}
)
"""Findings of which nothing follows: what was done, as the operator agreed."""

_A_PAGE: Final = 5_000


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


def findings(known: Findings) -> Iterator[Problem]:
    """Every finding in the order of the rows; within a row, field by field.

    A cell that is no destination is an error when its row is rejected and a step would have sent to it, else
    a warning. A rejected row without such a cell is ``contact.no_destination``. Of values that are sent all the
    same, those are warned of that a step sends to. ``params["proposal"]`` is what may have been meant,
    ``params["country"]`` where a foreign number is.
    """
    telling = known.codes != READY
    for problem in known.screened.problem.values():
        telling |= np.asarray(pc.is_valid(problem))
    for name in known.used:
        telling |= np.asarray(pc.is_valid(known.screened.warning[name]))
    for mask in (*known.landlines.values(), *known.listed.values()):
        telling |= np.asarray(mask)
    places = np.flatnonzero(telling)
    for start in range(0, len(places), _A_PAGE):
        yield from _page(known, places[start : start + _A_PAGE])


def _page(known: Findings, places: npt.NDArray[np.int64]) -> Iterator[Problem]:
    at = pa.array(places)
    screened = known.screened
    fields = [name for name in screened.problem if _has_findings(known, name)]
    about = {name: _codes(known, name, at) for name in fields}
    values = {name: screened.original[name].take(at).to_pylist() for name in fields}
    proposals = {name: screened.proposal[name].take(at).to_pylist() for name in fields}
    told = zip(known.rows.take(at).to_pylist(), known.codes[places].tolist(), known.first.take(at).to_pylist(),
               strict=True)  # fmt: skip
    for place, (row, code, first) in enumerate(told):
        cells = [
            _Cell(name, values[name][place], is_problem, found, proposals[name][place])
            for name in fields
            for is_problem, found in about[name][place]
        ]
        yield from _of_row(known, row, code, first, cells)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One finding about a field of a row."""

    field: str
    value: str
    is_problem: bool
    code: str
    proposal: str | None


def _has_findings(known: Findings, name: str) -> bool:
    screened = known.screened
    told = [screened.problem[name]] + ([screened.warning[name]] if name in known.used else [])
    return name in known.landlines or name in known.listed or any(codes.null_count < len(codes) for codes in told)


def _codes(known: Findings, name: str, at: pa.Array) -> list[list[tuple[bool, str]]]:
    """What is found in each of the rows: a problem, a warning, a landline."""
    nothing = [None] * len(at)
    screened = known.screened
    problems = screened.problem[name].take(at).to_pylist()
    warnings = screened.warning[name].take(at).to_pylist() if name in known.used else nothing
    listed = known.listed[name].take(at).to_pylist() if name in known.listed else nothing
    fixed = known.landlines[name].take(at).to_pylist() if name in known.landlines else nothing
    return [
        [(True, problem)] * bool(problem) + [(False, warning)] * bool(warning)
        + [(False, LANDLINE)] * bool(is_fixed) + [(False, LISTED)] * bool(is_listed)
        for problem, warning, is_fixed, is_listed in zip(problems, warnings, fixed, listed, strict=True)
    ]


def _of_row(known: Findings, row: int, code: int, first: int | None, cells: Sequence[_Cell]) -> Iterator[Problem]:
    blamed = False
    for cell in cells:
        if code == SUPPRESSED and cell.code == LISTED:
            continue  # told of the whole row
        to_blame = cell.is_problem and code == REJECTED and cell.field in known.used
        blamed = blamed or to_blame
        yield Problem(
            cell.code, "error" if to_blame else "warning", row=row, column=known.screened.headers[cell.field],
            field=cell.field, value=cell.value, params=_params(cell),
        )  # fmt: skip
    if code == REJECTED and not blamed:
        yield Problem("contact.no_destination", "error", row=row)
    if code == SUPPRESSED:
        yield Problem("contact.suppressed", "warning", row=row)
    if code == DUPLICATE:
        params: dict[str, Any] = {"first": first}
        code_of = "contact.duplicate_dropped" if known.duplicates == "drop_all" else "contact.duplicate"
        yield Problem(code_of, "warning", row=row, params=params)


def _params(cell: _Cell) -> dict[str, str]:
    if cell.proposal is None:
        return {}
    if cell.code in FOREIGN:
        return {"country": country_of(cell.proposal)}
    return {"proposal": cell.proposal}
