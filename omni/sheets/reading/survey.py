"""What a sheet's own records say and fastexcel does not tell: what is hidden or merged, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from omni.errors import SheetError
from omni.sheets.limits import most_cells
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.number_formats import ZeroCells

MOST_MERGES: Final = 200_000
"""Merged areas that are looked at; no list of contacts has as many."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The numbers of hidden rows, the rows and columns up to the last cell with something in it, and how many have.

    ``hidden_columns`` are spans of places (from 0, both ends included), ``merged`` the areas of merged cells,
    ``zeros`` the cells shown with zeros in front. ``room`` is the number of cells that a reader makes room for, where
    that is not rows times columns.
    """

    hidden: frozenset[int]
    rows: int
    columns: int
    cells: int
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Area, ...] = ()
    zeros: ZeroCells = field(default_factory=dict)
    room: int = 0

    def hides(self, position: int) -> bool:
        """Whether the column at this place is one that the program does not show."""
        return any(first <= position <= last for first, last in self.hidden_columns)


def check_extent(found: Survey) -> int:
    """For how many cells a reader will make room.

    Raises ``SheetError`` for a sheet so wide and long that its cells, empty ones too, do not fit into memory.
    """
    limit = most_cells(found.cells)
    if found.rows * found.columns > limit:
        raise SheetError("file.too_many_cells", rows=found.rows, columns=found.columns, limit=limit)
    return found.room or found.rows * found.columns
