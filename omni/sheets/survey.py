"""What a sheet's own records say and fastexcel does not tell: what is hidden or merged, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from omni.errors import SheetError
from omni.sheets.limits import MAX_CELLS
from omni.sheets.merged import Area

MOST_MERGES: Final = 200_000
"""Merged areas that are looked at; no list of contacts has as many."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The numbers of hidden rows, and the rows and columns up to the last cell with something in it.

    ``hidden_columns`` are spans of places (from 0, both ends included), ``merged`` the areas of merged cells,
    ``zeros`` the cells shown with zeros in front: column (from 0) to row number to format code.
    """

    hidden: frozenset[int]
    rows: int
    columns: int
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Area, ...] = ()
    zeros: Mapping[int, Mapping[int, str]] = field(default_factory=dict)

    def hides(self, position: int) -> bool:
        """Whether the column at this place is one that the program does not show."""
        return any(first <= position <= last for first, last in self.hidden_columns)


def check_extent(found: Survey) -> None:
    """Raise ``SheetError`` for a sheet so wide and long that its cells, empty ones too, do not fit into memory."""
    if found.rows * found.columns > MAX_CELLS:
        raise SheetError("file.too_many_cells", rows=found.rows, columns=found.columns, limit=MAX_CELLS)
