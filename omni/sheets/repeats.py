"""Which ready rows repeat an earlier one: by the place they are reached at first, by any of theirs, or by all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from omni.sheets.keys import Keys

Same = Literal["first", "any", "every"]
"""What makes two contacts the same: the destination tried first, any one they share, or every one of them."""
SAME: Final[tuple[Same, ...]] = get_args(Same)

Duplicates = Literal["keep_first", "keep_all", "drop_all"]
"""What becomes of contacts that repeat another."""
DUPLICATES: Final[tuple[Duplicates, ...]] = get_args(Duplicates)

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def first_alike(tried: Sequence[Keys], ready: Mask, same: Same) -> Rows:
    """For each row the place of the ready row it repeats, its own place when it repeats none.

    ``tried`` holds each row's destinations in the order they are tried. With ``any``, a row that repeats another takes
    none of its further destinations: who shares only these stays.
    """
    places = np.flatnonzero(ready)
    columns = [keys[places] for keys in tried]
    if not len(places) or not columns:
        return np.arange(len(ready), dtype=np.int64)
    if same == "any" and len(columns) > 1:
        leaders = _sharing_any(columns)
    else:
        leaders = _sharing_key(_every(columns) if same == "every" else _tried_first(columns))
    first = np.arange(len(ready), dtype=np.int64)
    first[places] = places[leaders]
    return first


def shared(keys: Keys, ready: Mask) -> int:
    """How many ready rows have here what another, earlier one has too."""
    filled = np.sort(keys[ready & (keys != 0)])
    return int(np.count_nonzero(filled[1:] == filled[:-1]))


def _tried_first(columns: Sequence[Keys]) -> Keys:
    *rest, last = columns
    return reduce(lambda later, keys: np.where(keys != 0, keys, later), reversed(rest), last)


def _every(columns: Sequence[Keys]) -> Keys:
    return reduce(lambda one, other: _small(one) << 32 | _small(other), columns)


def _small(keys: Keys) -> Keys:
    """The same keys as numbers below that of the rows."""
    small: Keys = np.asarray(pa.array(keys).dictionary_encode().indices).astype(np.int64)
    return small


def _sharing_key(keys: Keys) -> Rows:
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    leaders = np.empty_like(order)
    leaders[order] = np.repeat(order[begins], np.diff(begins, append=len(order)))
    return leaders


def _sharing_any(columns: Sequence[Keys]) -> Rows:
    """Row by row, but only through those that have something that stands more than once."""
    count = len(columns[0])
    codes = _small(np.concatenate(columns)).reshape(-1, count)
    filled = np.array(columns) != 0
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
