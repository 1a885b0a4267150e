"""Which rows and columns hold nothing that a reader would see."""

from __future__ import annotations

from typing import Final
from unicodedata import category

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# What a cell may hold and still look empty: Unicode blanks, control and format marks, Braille's blank.
_INVISIBLE: Final = r"^[\p{Z}\p{Cc}\p{Cf}\p{Co}\s\x{2800}]*$"
_NO_INK: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Co"})


def blank_cells(column: pa.ChunkedArray) -> pa.Array:
    """True for the strings that show nothing."""
    return pc.match_substring_regex(column, _INVISIBLE).combine_chunks()


def blank_rows(cells: pa.Table) -> pa.BooleanArray:
    """True for the rows of a table of strings in which no cell shows anything.

    Most rows show something in their first columns, so every further column is looked at for fewer rows.
    """
    open_rows = np.arange(cells.num_rows)
    for column in cells.itercolumns():
        some = column if len(open_rows) == cells.num_rows else column.take(pa.array(open_rows))
        open_rows = open_rows[np.asarray(blank_cells(some))]
        if not len(open_rows):
            break
    blank = np.zeros(cells.num_rows, dtype=bool)
    blank[open_rows] = True
    return pa.array(blank)


def is_blank(text: str) -> bool:
    """The rule of ``blank_cells`` for one cell."""
    return all(char.isspace() or char == "\u2800" or category(char) in _NO_INK for char in text)
