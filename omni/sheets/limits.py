"""Limits for the size of a spreadsheet. A larger file is more likely damaged, or made to do damage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that an installation can set: rows and filled columns of a sheet, and bytes of a file."""

    rows: int = 5_000_000
    columns: int = 1_000
    bytes: int = 1024**3


MAX_CELLS: Final = 32_000_000
"""Cells of a worksheet, empty ones included: calamine holds all of them, at about 72 bytes each."""

MAX_SPARSE_CELLS: Final = 8_000_000
"""The same for a sheet in which hardly any cell is filled."""

_SPARSE: Final = 8
"""A sheet is sparse when fewer than one cell in this many is filled."""

LAST_ROW: Final = 1_048_576
"""The last row of Excel and LibreOffice."""

MAX_UNPACKED: Final = 2 * 1024**3
"""Bytes that an xlsx or ods may unpack to."""

MAX_RATIO: Final = 100
"""Ratio of unpacked to packed size of an archive entry above ``SMALL_ENTRY``. Worksheets have 10 to 30."""

SMALL_ENTRY: Final = 16 * 2**20
"""Unpacked bytes of an archive entry up to which its ratio is not limited."""


def most_cells(filled: int) -> int:
    """Return the number of cells, empty ones included, that a sheet with ``filled`` filled cells may have."""
    return min(MAX_CELLS, max(MAX_SPARSE_CELLS, filled * _SPARSE))
