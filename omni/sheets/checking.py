"""What becomes of every row: ready, rejected or a duplicate, and which steps reach it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.contact import FieldKind
from omni.core.problem import Problem
from omni.sheets.findings import DUPLICATE, READY, REJECTED, STATUSES, Findings, findings
from omni.sheets.screening import Screened
from omni.sheets.sheet import Sheet

MAX_STEPS: Final = 63
"""What the plan of a row has bits for."""

_Rows = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counts:
    """``read`` is the sum of the others but ``repaired``, which counts ready rows with a repaired destination."""

    read: int
    ready: int
    repaired: int
    rejected: int
    duplicate: int
    blank: int
    hidden: int
    suppressed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The outcome for every row of the sheet, in its order.

    ``status`` is a dictionary array of ``ready``, ``rejected`` and ``duplicate``. ``plan`` has bit k set when
    step k+1 reaches the row. ``first`` is the number of the row that a duplicate repeats, null for others.
    ``reach`` counts, step by step, the ready rows it reaches; ``unreached`` the rows that no step reaches.
    """

    status: pa.DictionaryArray
    plan: pa.Int64Array
    first: pa.Int64Array
    counts: Counts
    reach: tuple[int, ...]
    unreached: int
    _findings: Findings = field(repr=False)

    def problems(self, limit: int | None = None) -> Iterator[Problem]:
        """The findings in the order of the rows, made as they are asked for; ``limit`` of them at most."""
        return islice(findings(self._findings), limit)


def check(
    screened: Screened,
    sheet: Sheet,
    steps: Sequence[tuple[str, FieldKind]],
    duplicates: Literal["keep_first", "keep_all"] = "keep_first",
) -> Checked:
    """Check every row for ``steps``: the contactInfo field each sends to, and what it needs there, in order.

    A row is ready when at least one step reaches it; with no steps, when any phone or e-mail field is known.
    Ready rows whose destinations are equal in every field the steps use repeat the first of them.
    """
    if len(steps) > MAX_STEPS:
        raise ValueError(f"{len(steps)} steps are more than {MAX_STEPS}")
    count = sheet.table.num_rows
    destinations = [name for name, kind in screened.kinds.items() if kind != "text"]
    known = {name: np.asarray(pc.not_equal(screened.values.column(name), "")) for name in destinations}
    nobody = np.zeros(count, dtype=bool)
    reached = [known[name] if screened.kinds.get(name) == kind and name in known else nobody for name, kind in steps]
    used = tuple(dict.fromkeys(name for name, _ in steps if name in known)) if steps else tuple(destinations)

    ready = reduce(np.logical_or, reached if steps else known.values(), nobody)
    codes = np.where(ready, READY, REJECTED).astype(np.int8)
    first = np.arange(count, dtype=np.int64)
    if duplicates == "keep_first" and used:
        first = _first_alike(screened, used, ready)
        codes[ready & (first != np.arange(count))] = DUPLICATE
    ready = codes == READY
    repaired = reduce(np.logical_or, (np.asarray(screened.repaired[name]) for name in destinations), nobody)
    plan = sum((mask.astype(np.int64) << bit for bit, mask in enumerate(reached)), np.zeros(count, dtype=np.int64))
    counts = Counts(
        read=count + sheet.blank + sheet.hidden,
        ready=int(ready.sum()),
        repaired=int((ready & repaired).sum()),
        rejected=int((codes == REJECTED).sum()),
        duplicate=int((codes == DUPLICATE).sum()),
        blank=sheet.blank,
        hidden=sheet.hidden,
    )
    repeats = pa.array(np.asarray(sheet.rows)[first], mask=codes != DUPLICATE)
    return Checked(
        status=pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(STATUSES)),
        plan=pa.array(plan),
        first=repeats,
        counts=counts,
        reach=tuple(int((mask & ready).sum()) for mask in reached),
        unreached=counts.rejected,
        _findings=Findings(screened, sheet.rows, codes, repeats, used),
    )


def _first_alike(screened: Screened, used: Sequence[str], ready: _Mask) -> _Rows:
    """For each ready row the place of the first ready row with equal destinations, for others its own place."""
    first = np.arange(len(ready), dtype=np.int64)
    places = np.flatnonzero(ready)
    columns = [screened.values.column(name).filter(pa.array(ready)) for name in used]
    keys = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "\n")
    groups = np.asarray(keys.combine_chunks().dictionary_encode().indices)
    leaders = np.empty(groups.max() + 1 if len(groups) else 0, dtype=np.int64)
    leaders[groups[::-1]] = places[::-1]  # the last assignment stands: the first row of each group
    first[places] = leaders[groups]
    return first
