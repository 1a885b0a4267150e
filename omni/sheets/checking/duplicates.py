"""Which ready rows repeat an earlier one: by the place they are reached at first, by any of theirs, or by all.

Destinations as numbers: to compare these takes a fraction of the time, and of the memory, that texts take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.sheets.string_columns import ROWS_A_PART, give_back_memory, on_threads, one_chunk

Keys = npt.NDArray[np.int64]
"""One a row: equal exactly when the destinations are equal, in whatever columns they stand; 0 for none. Addresses in
other letter case are equal: no provider of mailboxes tells them apart, whatever RFC 5321 (2.4) would allow."""


def keys_of(destinations: Mapping[str, pa.ChunkedArray], kinds: Mapping[str, FieldKind]) -> dict[str, Keys]:
    """The keys of columns that hold what is sent to, ``""`` for nothing.

    Phones are numbers as they stand (E.164: 15 digits at most, and no leading zero); addresses count down from -1.
    """
    keys = {name: _phone_keys(column) for name, column in destinations.items() if kinds[name] == "phone"}
    addresses = {name: column for name, column in destinations.items() if kinds[name] != "phone"}
    if addresses:
        chunks = [chunk for column in addresses.values() for chunk in column.chunks]
        codes = codes_of(pa.chunked_array(chunks, pa.string()), any_case=True)
        for place, (name, column) in enumerate(addresses.items()):
            own = codes[place * len(column) : (place + 1) * len(column)]
            keys[name] = np.where(np.asarray(pc.not_equal(column, "")), -1 - own, 0)
    return keys


def _phone_keys(phones: pa.ChunkedArray) -> Keys:
    def numbers(chunk: pa.StringArray) -> Keys:
        return np.asarray(pc.cast(pc.if_else(pc.equal(chunk, ""), "0", chunk), pa.int64()))

    return np.concatenate(on_threads(numbers, phones.chunks))


def codes_of(texts: pa.ChunkedArray, *, any_case: bool = False) -> Keys:
    """A number from 0 for each text, the same for equal ones; with ``any_case`` also for other cases of ASCII letters.

    Long columns are dealt into piles, equal texts into the same one: a look-up of millions would fit into no cache, and
    would need several times the memory of the texts.
    """
    whole = one_chunk(texts)
    piles = 1 + len(whole) // ROWS_A_PART
    pile = _dealt(whole, piles)
    order = np.argsort(pile, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(pile, minlength=piles))[:-1])
    encoded = on_threads(lambda some: _small_codes(whole.take(pa.array(some)), any_case), places)
    codes = np.empty(len(whole), dtype=np.int64)
    taken = 0
    for some, (own, distinct) in zip(places, encoded, strict=True):
        codes[some] = own + np.int64(taken)
        taken += distinct
    return codes


def _small_codes(texts: pa.StringArray, any_case: bool) -> tuple[npt.NDArray[np.int32], int]:
    found = (pc.ascii_lower(texts) if any_case else texts).dictionary_encode()
    codes, distinct = np.asarray(found.indices), len(found.dictionary)
    del found, texts
    give_back_memory()
    return codes, distinct


def _dealt(texts: pa.StringArray, piles: int) -> npt.NDArray[np.uint16]:
    """A pile for each text, by its length and the byte in its middle, whose letter case does not count."""
    _, ends, data = texts.buffers()
    edges = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if piles == 1 or not len(texts) or edges[-1] == edges[0]:
        return np.zeros(len(texts), dtype=np.uint16)
    written = np.frombuffer(data, np.uint8)
    middle = written[np.minimum((edges[:-1] + edges[1:]) // 2, edges[-1] - 1)].astype(np.int32) | 0x20
    # An empty text has no middle: it is known by its length alone.
    lengths = edges[1:] - edges[:-1]
    return ((lengths + np.where(lengths > 0, middle, 0)) % piles).astype(np.uint16)


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
