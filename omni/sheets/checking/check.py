"""What becomes of every row: ready, rejected or a duplicate, and which steps reach it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.sheets.checking.do_not_contact import on_the_list
from omni.sheets.checking.duplicates import Duplicates, Mask, Same, first_alike, keys_of, shared
from omni.sheets.checking.findings import DUPLICATE, READY, REJECTED, STATUSES, SUPPRESSED, Findings, findings
from omni.sheets.checking.phone_column import landlines
from omni.sheets.checking.screening import Screened
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import on_threads

MAX_STEPS: Final = 63
"""What the plan of a row has bits for."""


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

    ``status`` is a dictionary array of ``ready``, ``rejected``, ``duplicate`` and ``suppressed``. ``plan`` has bit k
    set when step k+1 reaches the row. ``first`` is the number of the row that a row repeats, whatever becomes of
    either, and null for others; where all of a group are dropped, the first one names itself. ``reach`` counts, step
    by step, the ready rows it reaches; ``unreached`` the rows that no step reaches; ``shared``, field by field, the
    rows that have there what an earlier one has too; ``listed``, for fields where there are any, the rows whose
    destination is on the do-not-contact list and not sent to.
    """

    status: pa.DictionaryArray
    plan: pa.Int64Array
    first: pa.Int64Array
    counts: Counts
    reach: tuple[int, ...]
    unreached: int
    shared: dict[str, int]
    listed: dict[str, pa.BooleanArray]
    _findings: Findings = field(repr=False)

    def findings(self, start: int, count: int) -> pa.Table:
        """Those about that many rows from place ``start``, as a table in the order of the rows."""
        return findings(self._findings, start, count)


def check(
    screened: Screened,
    sheet: Sheet,
    steps: Sequence[tuple[str, FieldKind]],
    duplicates: Duplicates = "keep_first",
    same: Same = "first",
    sms: Collection[str] = (),
    listed: pa.StringArray | None = None,
) -> Checked:
    """Check every row for ``steps``: the contactInfo field each sends to, and what it needs there, in order.

    A row is ready when at least one step reaches it; with no steps, when any phone or e-mail field is known.
    ``same`` says when ready rows repeat an earlier one, ``duplicates`` what becomes of them. In the fields ``sms``
    fixed lines are warned of. Nothing is sent to destinations whose match keys are ``listed``, the do-not-contact list:
    a row that is reached otherwise stays ready, one that would be reached by these alone is suppressed.
    """
    if len(steps) > MAX_STEPS:
        raise ValueError(f"{len(steps)} steps are more than {MAX_STEPS}")
    count = sheet.table.num_rows
    destinations = [name for name, kind in screened.kinds.items() if kind != "text"]
    given = {name: np.asarray(pc.not_equal(screened.values.column(name), "")) for name in destinations}
    unwanted = {
        name: mask for name in destinations if (mask := on_the_list(screened.values.column(name), listed)) is not None
    }
    known = {name: mask & ~unwanted[name] if name in unwanted else mask for name, mask in given.items()}
    nobody = np.zeros(count, dtype=bool)
    reached = [known[name] if screened.kinds.get(name) == kind and name in known else nobody for name, kind in steps]
    reaching = dict.fromkeys(name for (name, _), mask in zip(steps, reached, strict=True) if mask is not nobody)
    used = tuple(reaching if steps else destinations)

    ready = reduce(np.logical_or, reached if steps else known.values(), nobody)
    codes = np.where(ready, READY, REJECTED).astype(np.int8)
    wanted = [given[name] for (name, _), mask in zip(steps, reached, strict=True) if mask is not nobody]
    codes[~ready & reduce(np.logical_or, wanted if steps else given.values(), nobody)] = SUPPRESSED
    keys = keys_of({name: screened.values.column(name) for name in used}, screened.kinds)
    for name in unwanted.keys() & keys.keys():
        keys[name] = np.where(unwanted[name], 0, keys[name])
    repeated = dict(zip(used, on_threads(lambda name: shared(keys[name], ready), used), strict=True))
    first = first_alike([keys[name] for name in used], ready, same)
    repeats = first != np.arange(count)
    if duplicates == "drop_all":
        repeats[first[repeats]] = True
    if duplicates != "keep_all":
        codes[repeats] = DUPLICATE
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
        suppressed=int((codes == SUPPRESSED).sum()),
    )
    fixed = {name: _landlines(screened, name, ready) for name in used if name in sms}
    leaders = pa.array(np.asarray(sheet.rows)[first], mask=~repeats)
    return Checked(
        status=pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(STATUSES)),
        plan=pa.array(plan),
        first=leaders,
        counts=counts,
        reach=tuple(int((mask & ready).sum()) for mask in reached),
        unreached=counts.rejected,
        shared=repeated,
        listed={name: pa.array(mask) for name, mask in unwanted.items()},
        _findings=Findings(
            screened,
            sheet.rows,
            codes,
            leaders,
            used,
            duplicates,
            fixed,
            {name: pa.array(mask) for name, mask in unwanted.items() if name in used},
        ),
    )


def _landlines(screened: Screened, name: str, ready: Mask) -> pa.ChunkedArray:
    """The ready rows whose number in that field is a fixed line's."""
    found = on_threads(lambda chunk: landlines(chunk, screened.country), screened.values.column(name).chunks)
    return pc.and_(pa.chunked_array(found, pa.bool_()), pa.array(ready))
