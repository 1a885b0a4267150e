"""What the operator should know about the rows, made a page at a time: a million findings are never in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.problem import Problem
from omni.sheets.repeats import Duplicates
from omni.sheets.screening import Screened

Status = Literal["ready", "rejected", "duplicate"]
STATUSES: Final[tuple[Status, ...]] = ("ready", "rejected", "duplicate")
READY, REJECTED, DUPLICATE = range(3)

_A_PAGE: Final = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that is needed to tell them: ``codes`` are places in ``STATUSES``, ``used`` the fields the steps send to."""

    screened: Screened
    rows: pa.Int64Array
    codes: npt.NDArray[np.int8]
    first: pa.Int64Array
    used: tuple[str, ...]
    duplicates: Duplicates


def findings(known: Findings) -> Iterator[Problem]:
    """Every finding in the order of the rows; within a row, field by field.

    A cell that is no destination is an error when its row is rejected and a step would have sent to it, else
    a warning. A rejected row without such a cell is ``contact.no_destination``.
    """
    telling = known.codes != READY
    for problem in known.screened.problem.values():
        telling |= np.asarray(pc.is_valid(problem))
    places = np.flatnonzero(telling)
    for start in range(0, len(places), _A_PAGE):
        yield from _page(known, places[start : start + _A_PAGE])


def _page(known: Findings, places: npt.NDArray[np.int64]) -> Iterator[Problem]:
    at = pa.array(places)
    screened = known.screened
    fields = [name for name, problem in screened.problem.items() if problem.null_count < len(problem)]
    problems = {name: screened.problem[name].take(at).to_pylist() for name in fields}
    values = {name: screened.original[name].take(at).to_pylist() for name in fields}
    told = zip(known.rows.take(at).to_pylist(), known.codes[places].tolist(), known.first.take(at).to_pylist(),
               strict=True)  # fmt: skip
    for place, (row, code, first) in enumerate(told):
        cells = {name: (problems[name][place], values[name][place]) for name in fields if problems[name][place]}
        yield from _of_row(known, row, code, first, cells)


def _of_row(
    known: Findings, row: int, code: int, first: int | None, cells: Mapping[str, tuple[str, str]]
) -> Iterator[Problem]:
    blamed = False
    for name, (problem, value) in cells.items():
        to_blame = code == REJECTED and name in known.used
        blamed = blamed or to_blame
        yield Problem(problem, "error" if to_blame else "warning", row=row, column=known.screened.headers[name],
                      field=name, value=value)  # fmt: skip
    if code == REJECTED and not blamed:
        yield Problem("contact.no_destination", "error", row=row)
    if code == DUPLICATE:
        params: dict[str, Any] = {"first": first}
        code_of = "contact.duplicate_dropped" if known.duplicates == "drop_all" else "contact.duplicate"
        yield Problem(code_of, "warning", row=row, params=params)
