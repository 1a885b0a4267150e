"""The check of a sheet: each row's status (ready, rejected, duplicate, suppressed), and the steps that reach it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.sheets.checking.duplicates import Duplicates, Same, first_alike, keys_of, shared
from omni.sheets.checking.findings import DUPLICATE, READY, REJECTED, STATUSES, SUPPRESSED, Findings, findings
from omni.sheets.checking.gaps import NO_GAPS, Gaps
from omni.sheets.checking.screening import Screened
from omni.sheets.checking.sms_column import NO_SMS, no_sms
from omni.sheets.checking.suppression import NOTHING_UNWANTED, Unwanted, first_reasons, suppress
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask, on_threads

MAX_STEPS: Final = 63
"""Number of bits in the plan of a row."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of rows by status.

    ``read`` is the sum of the others except ``repaired``, which counts ready rows with a repaired destination.
    """

    read: int
    ready: int
    repaired: int
    rejected: int
    duplicate: int
    blank: int
    hidden: int
    suppressed: int = 0
    gaps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The result for every row of the sheet, in its order.

    ``status`` is a dictionary array of ``ready``, ``rejected``, ``duplicate`` and ``suppressed``. ``plan`` has bit k
    set when step k+1 reaches the row. ``first`` is the number of the row that a row duplicates, whatever the status of
    either, and null for others; where all rows of a group are dropped, the first one names itself. ``reach`` counts the
    ready rows that each step reaches, ``unreached`` the rows that no step reaches. ``shared`` counts, by field, the
    rows whose destination an earlier row has too. By field, and only where there are any, ``removed`` marks the
    destinations that are not sent to although their row may be ready, ``listed`` those on the do-not-contact list, and
    ``no_sms`` holds for each ready row an index in ``NO_SMS``. ``left_out`` counts the suppressed rows by the code of
    their reason and the column that it is about. ``gaps`` marks, by placeholder and only where there are any, the rows
    in whose texts its value is missing: rejected or ready ones, by the rule.
    """

    status: pa.DictionaryArray
    plan: pa.Int64Array
    first: pa.Int64Array
    counts: Counts
    reach: tuple[int, ...]
    unreached: int
    shared: dict[str, int]
    removed: dict[str, pa.BooleanArray]
    listed: dict[str, pa.BooleanArray]
    no_sms: dict[str, pa.Int8Array]
    left_out: dict[tuple[str, str | None], int]
    gaps: dict[str, Mask]
    _findings: Findings = field(repr=False)

    def findings(self, start: int, count: int) -> pa.Table:
        """Return the findings about ``count`` rows from place ``start``, as a table in the order of the rows."""
        return findings(self._findings, start, count)


def check(
    screened: Screened,
    sheet: Sheet,
    steps: Sequence[tuple[str, FieldKind]],
    duplicates: Duplicates = "keep_first",
    same: Same = "first",
    sms: Collection[str] = (),
    unwanted: Unwanted = NOTHING_UNWANTED,
    gaps: Gaps = NO_GAPS,
) -> Checked:
    """Check every row for ``steps``: (contactInfo field, kind it must hold), in order.

    A row is ready when at least one step reaches it; without steps, when any phone or e-mail field has a destination.
    ``same`` defines when a ready row duplicates an earlier one, ``duplicates`` the treatment of such rows. Numbers in
    the fields ``sms`` that cannot get an SMS get a warning. Rows and destinations that are ``unwanted`` are not sent
    to (``omni.sheets.checking.suppression``). A row with ``gaps`` is rejected, unless their rule is to
    send, and so is one with more cells than the header. Raises ``ValueError`` for more than ``MAX_STEPS`` steps.
    """
    if len(steps) > MAX_STEPS:
        raise ValueError(f"{len(steps)} steps are more than {MAX_STEPS}")
    count = sheet.table.num_rows
    destinations = [name for name, kind in screened.kinds.items() if kind != "text"]
    given = {name: np.asarray(pc.not_equal(screened.values.column(name), "")) for name in destinations}
    suppressed = suppress(screened, unwanted, count)
    known = {
        name: mask & ~(suppressed.rows | suppressed.fields[name] if name in suppressed.fields else suppressed.rows)
        for name, mask in given.items()
    }
    no_row = np.zeros(count, dtype=bool)
    reached = [known[name] if screened.kinds.get(name) == kind and name in known else no_row for name, kind in steps]
    reaching = dict.fromkeys(name for (name, _), mask in zip(steps, reached, strict=True) if mask is not no_row)
    used = tuple(reaching if steps else destinations)

    ready = reduce(np.logical_or, reached if steps else known.values(), no_row)
    is_long = np.isin(np.asarray(sheet.rows), sheet.long_rows)
    missing = {name: mask & ~is_long for name, mask in gaps.rows(reached, count).items()} if steps else {}
    has_gap = reduce(np.logical_or, missing.values(), no_row) if gaps.rule == "reject" else no_row
    codes = np.where(ready, READY, REJECTED).astype(np.int8)
    wanted = [given[name] for (name, _), mask in zip(steps, reached, strict=True) if mask is not no_row]
    codes[~ready & reduce(np.logical_or, wanted if steps else given.values(), suppressed.rows)] = SUPPRESSED
    # A row with a gap is no leader: another row of the same contact may have the value.
    codes[has_gap], ready = REJECTED, ready & ~has_gap & ~is_long
    codes[is_long & (codes == READY)] = REJECTED
    is_long &= codes == REJECTED
    keys = keys_of({name: screened.values.column(name) for name in used}, screened.kinds)
    for name in suppressed.fields.keys() & keys.keys():
        keys[name] = np.where(suppressed.fields[name], 0, keys[name])
    shared_rows = dict(zip(used, on_threads(lambda name: shared(keys[name], ready), used), strict=True))
    first = first_alike([keys[name] for name in used], ready, same)
    is_duplicate = first != np.arange(count)
    if duplicates == "drop_all":
        is_duplicate[first[is_duplicate]] = True
    if duplicates != "keep_all":
        codes[is_duplicate] = DUPLICATE
    ready = codes == READY
    repaired = reduce(np.logical_or, (np.asarray(screened.repaired[name]) for name in destinations), no_row)
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
        gaps=int(has_gap.sum()),
    )
    reasons = list(first_reasons(suppressed.reasons, codes == SUPPRESSED))
    left_out: dict[tuple[str, str | None], int] = {}
    for reason in reasons:
        about = reason.code, reason.header
        left_out[about] = left_out.get(about, 0) + int(reason.mask.sum())
    silent = {name: _no_sms(screened, name, ready & known[name]) for name in used if name in sms}
    leaders = pa.array(np.asarray(sheet.rows)[first], mask=~is_duplicate)
    return Checked(
        status=pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(STATUSES)),
        plan=pa.array(plan),
        first=leaders,
        counts=counts,
        reach=tuple(int((mask & ready).sum()) for mask in reached),
        unreached=counts.rejected - counts.gaps - int(is_long.sum()),
        shared=shared_rows,
        removed={name: pa.array(mask) for name, mask in suppressed.fields.items()},
        listed={name: pa.array(mask) for name, mask in suppressed.listed.items()},
        no_sms=silent,
        left_out=left_out,
        gaps=missing if gaps.rule == "reject" else {name: mask & ready for name, mask in missing.items()},
        _findings=Findings(
            screened,
            sheet.rows,
            codes,
            leaders,
            used,
            duplicates,
            silent,
            reasons,
            [reason for reason in suppressed.removed if reason.field in used],
            sheet,
            has_gap,
            is_long,
        ),
    )


def _no_sms(screened: Screened, name: str, ready: Mask) -> pa.Int8Array:
    """Return for each row an index in ``NO_SMS``: why a ready row's number in that field cannot get an SMS."""
    found = on_threads(lambda chunk: no_sms(chunk, screened.country), screened.values.column(name).chunks)
    kinds: npt.NDArray[np.int8] = np.concatenate(found)
    return pa.array(np.where(ready, kinds, NO_SMS.index(None)).astype(np.int8))
