"""Which ready rows repeat an earlier one: by the place they are reached at first, by any of theirs, or by all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Same = Literal["first", "any", "every"]
"""What makes two contacts the same: the destination tried first, any one they share, or every one of them."""
SAME: Final[tuple[Same, ...]] = get_args(Same)

Duplicates = Literal["keep_first", "keep_all", "drop_all"]
"""What becomes of contacts that repeat another."""
DUPLICATES: Final[tuple[Duplicates, ...]] = get_args(Duplicates)

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def first_alike(destinations: Sequence[pa.StringArray], ready: Mask, same: Same) -> Rows:
    """For each row the place of the ready row it repeats, its own place when it repeats none.

    ``destinations`` hold, in the order they are tried, what each row is sent to there, ``""`` for nothing. With
    ``any``, a row that repeats another takes none of its further destinations: who shares only these stays.
    """
    places = np.flatnonzero(ready)
    columns = [column.filter(pa.array(ready)) for column in destinations]
    if not len(places) or not columns:
        return np.arange(len(ready), dtype=np.int64)
    if same == "any" and len(columns) > 1:
        leaders = _sharing_any(columns)
    else:
        leaders = _sharing_key(_every(columns) if same == "every" else _tried_first(columns))
    first = np.arange(len(ready), dtype=np.int64)
    first[places] = places[leaders]
    return first


def shared(destinations: pa.StringArray, ready: Mask) -> int:
    """How many ready rows have here what another, earlier one has too."""
    filled = pc.and_(pa.array(ready), pc.not_equal(destinations, ""))
    return int(pc.sum(filled).as_py() or 0) - int(pc.count_distinct(destinations.filter(filled)).as_py())


def _tried_first(columns: Sequence[pa.StringArray]) -> pa.StringArray:
    *rest, last = columns
    return reduce(lambda later, column: pc.if_else(pc.not_equal(column, ""), column, later), reversed(rest), last)


def _every(columns: Sequence[pa.StringArray]) -> pa.StringArray:
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "\n")


def _sharing_key(keys: pa.StringArray) -> Rows:
    groups = np.asarray(keys.dictionary_encode().indices)
    leaders = np.empty(int(groups.max()) + 1, dtype=np.int64)
    leaders[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)  # the last assignment stands: the first of a group
    found: Rows = leaders[groups]
    return found


def _sharing_any(columns: Sequence[pa.StringArray]) -> Rows:
    """Row by row, but only through those that have something that stands more than once."""
    count = len(columns[0])
    codes = np.asarray(pa.chunked_array(columns).combine_chunks().dictionary_encode().indices).reshape(-1, count)
    filled = np.array([np.asarray(pc.not_equal(column, "")) for column in columns])
    often = np.bincount(codes[filled], minlength=int(codes.max()) + 1) > 1
    wanted = filled & often[codes]
    leaders = np.arange(count, dtype=np.int64)
    seen: dict[int, int] = {}
    for row in np.flatnonzero(wanted.any(axis=0)).tolist():
        own = codes[wanted[:, row], row].tolist()
        met = [seen[code] for code in own if code in seen]
        if met:
            leaders[row] = min(met)
        else:
            seen.update(dict.fromkeys(own, row))
    return leaders
