"""Duplicates within a sheet: ready rows that share with an earlier row the first destination, any of them, or all.

Destinations are compared as 64-bit keys, which takes a fraction of the time and memory of comparing texts.
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
from omni.sheets.string_columns import ROWS_A_PART, Keys, Mask, give_back_memory, on_threads, one_chunk

Same = Literal["first", "any", "every"]
"""The rule by which two contacts are the same: an equal first destination, any shared one, or all of them equal."""
SAME: Final[tuple[Same, ...]] = get_args(Same)

Duplicates = Literal["keep_first", "keep_all", "drop_all"]
"""The treatment of contacts that duplicate another: keep the first, keep all, or drop all of them."""
DUPLICATES: Final[tuple[Duplicates, ...]] = get_args(Duplicates)

Rows = npt.NDArray[np.int64]
"""A row's place for each row."""


def keys_of(destinations: Mapping[str, pa.ChunkedArray], kinds: Mapping[str, FieldKind]) -> dict[str, Keys]:
    """Return the keys of columns of destinations, in which ``""`` means none.

    The key of a phone is the digits of its match key (E.164: 15 digits at most, and no leading zero); keys of addresses
    count down from -1.
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
        return same_lines(np.asarray(pc.cast(pc.if_else(pc.equal(chunk, ""), "0", chunk), pa.int64())))

    return np.concatenate(on_threads(numbers, phones.chunks))


def same_lines(numbers: Keys) -> Keys:
    """Apply ``omni.core.match_key.match_key`` to phone numbers as integers, in a fraction of the time."""
    line, country = np.int64(10**10), numbers // 10**10
    keys = np.where(country == 549, numbers - 495 * line, np.where(country == 521, numbers - 469 * line, numbers))
    subscriber = numbers // 10**7  # the digits up to the first one of the last eight
    is_new_mobile = (country // 10 == 55) & (subscriber // 10 % 10 == 9) & (subscriber % 10 >= 6)
    if is_new_mobile.any():
        keys = np.where(is_new_mobile, numbers // 10**9 * 10**8 + numbers % 10**8, keys)
    return keys


def codes_of(texts: pa.ChunkedArray, *, any_case: bool = False) -> Keys:
    """Number the texts from 0, equal texts alike; with ``any_case`` the case of ASCII letters does not matter.

    Long columns are divided into buckets, with equal texts in the same one: a hash table of millions of texts would not
    fit into any cache and would need several times the memory of the texts.
    """
    whole = one_chunk(texts)
    buckets = 1 + len(whole) // ROWS_A_PART
    bucket = _buckets_of(whole, buckets)
    order = np.argsort(bucket, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(bucket, minlength=buckets))[:-1])
    encoded = on_threads(lambda some: _codes_in_bucket(whole.take(pa.array(some)), any_case), places)
    codes = np.empty(len(whole), dtype=np.int64)
    taken = 0
    for some, (own, distinct) in zip(places, encoded, strict=True):
        codes[some] = own + np.int64(taken)
        taken += distinct
    return codes


def _codes_in_bucket(texts: pa.StringArray, any_case: bool) -> tuple[npt.NDArray[np.int32], int]:
    found = (pc.ascii_lower(texts) if any_case else texts).dictionary_encode()
    codes, distinct = np.asarray(found.indices), len(found.dictionary)
    del found, texts
    give_back_memory()
    return codes, distinct


def _buckets_of(texts: pa.StringArray, buckets: int) -> npt.NDArray[np.uint16]:
    """Choose a bucket for each text, by its length and the byte in its middle, ignoring letter case."""
    _, ends, data = texts.buffers()
    edges = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if buckets == 1 or not len(texts) or edges[-1] == edges[0]:
        return np.zeros(len(texts), dtype=np.uint16)
    written = np.frombuffer(data, np.uint8)
    middle = written[np.minimum((edges[:-1] + edges[1:]) // 2, edges[-1] - 1)].astype(np.int32) | 0x20
    # An empty text has no middle, so only its length counts.
    lengths = edges[1:] - edges[:-1]
    return ((lengths + np.where(lengths > 0, middle, 0)) % buckets).astype(np.uint16)


def first_alike(tried: Sequence[Keys], ready: Mask, same: Same) -> Rows:
    """Return for each row the place of the ready row that it duplicates, or its own place when there is none.

    ``tried`` holds the keys of each row's destinations in the order they are tried. With ``any``, the further
    destinations of a duplicate do not make other rows duplicates: a row that shares only those is kept.
    """
    places = np.flatnonzero(ready)
    columns = [keys[places] for keys in tried]
    if not len(places) or not columns:
        return np.arange(len(ready), dtype=np.int64)
    if same == "any" and len(columns) > 1:
        leaders = _sharing_any(columns)
    else:
        leaders = _sharing_key(_all_together(columns) if same == "every" else _tried_first(columns))
    first = np.arange(len(ready), dtype=np.int64)
    first[places] = places[leaders]
    return first


def shared(keys: Keys, ready: Mask) -> int:
    """Count the ready rows whose destination an earlier ready row has too."""
    filled = np.sort(keys[ready & (keys != 0)])
    return int(np.count_nonzero(filled[1:] == filled[:-1]))


def _tried_first(columns: Sequence[Keys]) -> Keys:
    """Return the key of the first destination that each row has."""
    *rest, last = columns
    return reduce(lambda later, keys: np.where(keys != 0, keys, later), reversed(rest), last)


def _all_together(columns: Sequence[Keys]) -> Keys:
    """Combine the keys of all destinations of each row into one."""
    return reduce(lambda one, other: _compact(one) << 32 | _compact(other), columns)


def _compact(keys: Keys) -> Keys:
    """Replace the keys by numbers below the number of keys, equal keys by the same number."""
    small: Keys = np.asarray(pa.array(keys).dictionary_encode().indices).astype(np.int64)
    return small


def _sharing_key(keys: Keys) -> Rows:
    """Return for each row the place of the first row with the same key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    leaders = np.empty_like(order)
    leaders[order] = np.repeat(order[begins], np.diff(begins, append=len(order)))
    return leaders


def _sharing_any(columns: Sequence[Keys]) -> Rows:
    """Find the leaders under ``any``, row by row, but only for rows with a key that occurs more than once."""
    count = len(columns[0])
    codes = _compact(np.concatenate(columns)).reshape(-1, count)
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
