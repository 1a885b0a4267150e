"""What a sheet's own records say and fastexcel does not tell: hidden rows, and how far the sheet reaches."""

from __future__ import annotations

from dataclasses import dataclass

from omni.errors import SheetError
from omni.sheets.limits import MAX_CELLS


@dataclass(frozen=True, slots=True)
class Survey:
    """The numbers of hidden rows, and the rows and columns up to the last cell with something in it."""

    hidden: frozenset[int]
    rows: int
    columns: int


def check_extent(found: Survey) -> None:
    """Raise ``SheetError`` for a sheet so wide and long that its cells, empty ones too, do not fit into memory."""
    if found.rows * found.columns > MAX_CELLS:
        raise SheetError("file.too_many_cells", rows=found.rows, columns=found.columns, limit=MAX_CELLS)
