"""Columns of text, looked at as the bytes they lie in: what needs a closer look is found without touching each cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_VISIBLE = bytes(range(0x21, 0x7F))
_BEYOND_ASCII = bytes(range(0x80, 0x100))
# First bytes of signs none of which is a space (NEL, U+00A0, U+1680, U+2000…, U+3000) or a fullwidth form.
_NO_SPACE_BEGINS = bytes(range(0xC3, 0xF5)).translate(None, b"\xe1\xe2\xe3\xef")
# Last bytes that none of these spaces has.
_NO_SPACE_ENDS = bytes(range(0x80, 0xC0)).translate(None, bytes([*range(0x80, 0x8B), 0x9F, 0xA0, 0xA8, 0xA9, 0xAF]))


@dataclass(frozen=True, slots=True)
class Harmless:
    """The bytes that stay as they are: anywhere in a cell, and as its first and its last. ``longest`` is in bytes."""

    inside: bytes
    first: bytes
    last: bytes
    longest: int | None = None

    @classmethod
    def but(cls, inside: bytes, first: bytes = b"", longest: int | None = None) -> Harmless:
        """All but control characters, spaces at either end, and these bytes inside or as the first."""
        return cls(
            (b" " + _VISIBLE + _BEYOND_ASCII).translate(None, inside),
            (_VISIBLE + _NO_SPACE_BEGINS).translate(None, first),
            _VISIBLE + _NO_SPACE_ENDS,
            longest,
        )


def changed(
    cells: pa.Array, harmless: Harmless, change: Callable[[pa.StringArray], pa.StringArray]
) -> tuple[pa.StringArray, bool]:
    """The cells, ``change`` made of those that are not all harmless; and whether there are any.

    ``change`` leaves a harmless cell as it is. Of a dictionary each different cell is looked at once.
    """
    if isinstance(cells, pa.DictionaryArray):
        different, any_changed = changed(cells.dictionary, harmless, change)
        return different.take(cells.indices), any_changed
    doubtful = _doubtful(cells, harmless)
    if not doubtful.any():
        return cells, False
    mask = pa.array(doubtful)
    return pc.replace_with_mask(cells, mask, change(cells.filter(mask))), True


def plain(cells: pa.Array) -> pa.StringArray:
    """The cells one by one, as text without a null."""
    if isinstance(cells, pa.DictionaryArray):
        cells = cells.dictionary.take(cells.indices)
    cells = cells.cast(pa.string())
    return pc.fill_null(cells, "") if cells.null_count else cells


def bytes_of(cells: pa.StringArray) -> memoryview:
    """The texts one after the other."""
    data, _ = _laid_out(cells)
    return data.data


def _doubtful(cells: pa.StringArray, harmless: Harmless) -> npt.NDArray[np.bool_]:
    data, offsets = _laid_out(cells)
    found = np.zeros(len(cells), np.bool_)
    begins, ends = offsets[:-1], offsets[1:]
    # ``bytes.translate`` marks bytes many times as fast as an index into a table of numpy's.
    marked = data.tobytes().translate(_others(harmless.inside))
    if b"\1" in marked:
        found[np.searchsorted(ends, np.flatnonzero(np.frombuffer(marked, np.bool_)), "right")] = True
    filled = ends > begins
    for edges, fine in ((begins, harmless.first), (ends - 1, harmless.last)):
        edge = data[edges if filled.all() else edges[filled]].tobytes().translate(_others(fine))
        if b"\1" in edge:
            found[filled] |= np.frombuffer(edge, np.bool_)
    if harmless.longest is not None:
        found |= ends - begins > harmless.longest
    return found


def _laid_out(cells: pa.StringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """All bytes, and where each cell begins, the end of the last one behind them."""
    if not len(cells):
        return np.zeros(0, np.uint8), np.zeros(1, np.int32)
    _, places, texts = cells.buffers()
    offsets = np.frombuffer(places, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    data = np.frombuffer(texts or b"", np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]


@cache
def _others(harmless: bytes) -> bytes:
    """A table that makes 1 of every other byte, 0 of these."""
    return bytes(byte not in harmless for byte in range(256))
