"""Rows of a text file that a quote too many has swallowed: they stand in one cell, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_BREAK: Final = r"[\r\n]"
_MOST: Final = 100
"""Separators that are counted: a regular expression must stay small."""


def rows_with_swallowed(cells: pa.Table, width: int, delimiter: str | None) -> list[int]:
    """The places of rows with a cell that seems to hold further rows; ``width`` is the header's number of columns.

    Such a cell has a line break, and the separators that are missing where the rows were cut: a whole row's behind the
    break, or, quotes opening and closing in the same column, those to its right before and those to its left behind.
    """
    if delimiter is None or width < 2:
        return []
    too_long = _filled_beyond(cells, width)
    found: set[int] = set()
    for place, column in enumerate(cells.columns):
        broken = pc.indices_nonzero(pc.match_substring_regex(column, _BREAK))
        if not len(broken):
            continue
        holds = pc.match_substring_regex(column.take(broken), _pattern(min(place, width - 1), width, delimiter))
        # Quotes that open and close in different columns leave a row that is too long.
        found.update(broken.filter(pc.or_(holds, too_long.take(broken))).to_pylist())
    return sorted(found)


def first_with_swallowed(rows: Iterable[Sequence[str]], delimiter: str | None) -> int | None:
    """The place of the first of ``rows``, titles and header, with a cell that seems to hold further rows."""
    if delimiter is None:
        return None
    # A blank behind the sign is prose's: «Telefone⏎(fixo, celular)».
    holds = re.compile(rf"{_BREAK}[^{re.escape(delimiter)}]*{re.escape(delimiter)}(?! )")
    return next((at for at, row in enumerate(rows) if any(holds.search(cell) for cell in row)), None)


def _pattern(place: int, width: int, delimiter: str) -> str:
    sign = re.escape(delimiter)

    def times(count: int) -> str:
        return rf"(?:[^{sign}]*{sign}){{{min(count, _MOST)}}}"

    return rf"(?s){_BREAK}{times(width - 1)}|^{times(width - 1 - place)}.*{_BREAK}{times(place)}"


def _filled_beyond(cells: pa.Table, width: int) -> pa.Array:
    """Whether each row has something behind the last column of the header."""
    beyond = np.zeros(cells.num_rows, dtype=bool)
    for column in cells.columns[width:]:
        beyond |= np.asarray(pc.not_equal(column, ""))
    return pa.array(beyond)
