"""Detection of cells, rows and columns that look empty to a reader."""

from __future__ import annotations

from typing import Final
from unicodedata import category

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Characters of a cell that looks empty: Unicode blanks, control and format characters, the Braille blank.
_INVISIBLE: Final = r"^[\p{Z}\p{Cc}\p{Cf}\p{Co}\s\x{2800}]*$"
_INVISIBLE_CATEGORIES: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Co"})


def blank_cells(column: pa.ChunkedArray) -> pa.Array:
    """Mark the strings that show nothing."""
    return pc.match_substring_regex(column, _INVISIBLE).combine_chunks()


def blank_rows(cells: pa.Table) -> pa.BooleanArray:
    """Mark the rows of a table of strings in which no cell shows anything.

    Most rows show something in their first columns, so each further column is checked for fewer rows.
    """
    candidates = np.arange(cells.num_rows)
    for column in cells.itercolumns():
        rest = column if len(candidates) == cells.num_rows else column.take(pa.array(candidates))
        candidates = candidates[np.asarray(blank_cells(rest))]
        if not len(candidates):
            break
    blank = np.zeros(cells.num_rows, dtype=bool)
    blank[candidates] = True
    return pa.array(blank)


def is_blank(text: str) -> bool:
    """Apply the rule of ``blank_cells`` to one cell."""
    return all(char.isspace() or char == "\u2800" or category(char) in _INVISIBLE_CATEGORIES for char in text)
