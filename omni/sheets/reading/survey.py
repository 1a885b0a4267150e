"""Facts about a worksheet that fastexcel does not report: hidden rows and columns, merged cells, and its extent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from omni.errors import SheetError
from omni.sheets.limits import most_cells
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.typed_cells import TypedCells

MOST_MERGES: Final = 200_000
"""Merged areas that are considered; no list of contacts has as many."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The result of surveying one worksheet.

    ``hidden`` are the numbers of hidden rows; ``rows`` and ``columns`` extend to the last filled cell, and ``cells``
    counts the filled ones. ``hidden_columns`` are spans of places (from 0, both ends included), ``merged`` the areas of
    merged cells, ``typed`` the cells that do not hold a text. ``room`` is the number of cells for which a reader
    allocates memory, where that is not rows times columns.
    """

    hidden: frozenset[int]
    rows: int
    columns: int
    cells: int
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Area, ...] = ()
    typed: TypedCells = field(default_factory=TypedCells)
    room: int = 0

    def hides(self, position: int) -> bool:
        """Tell whether the column at this place is hidden."""
        return any(first <= position <= last for first, last in self.hidden_columns)


def check_extent(found: Survey) -> int:
    """Return the number of cells for which a reader will allocate memory.

    Raises ``SheetError`` for a sheet so wide and long that its cells, empty ones too, do not fit into memory.
    """
    limit = most_cells(found.cells)
    if found.rows * found.columns > limit:
        raise SheetError("file.too_many_cells", rows=found.rows, columns=found.columns, limit=limit)
    return found.room or found.rows * found.columns
