"""How much of a spreadsheet Omni takes. Past these, a file is more likely broken, or meant to break something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation may set: the rows and the filled columns of a sheet, and the bytes of a file."""

    rows: int = 5_000_000
    columns: int = 1_000
    bytes: int = 1024**3


MAX_CELLS: Final = 32_000_000
"""Cells of a workbook's sheet, empty ones included: calamine holds them all, and some 72 bytes go by for each."""

MAX_SPARSE_CELLS: Final = 8_000_000
"""The same for a sheet of which hardly any cell is filled."""

_SPARSE: Final = 8
"""A sheet is not sparse while one cell in so many is filled."""

LAST_ROW: Final = 1_048_576
"""Excel's last row, and LibreOffice's."""

MAX_UNPACKED: Final = 2 * 1024**3
"""What an xlsx or ods may unpack to, in bytes."""

MAX_RATIO: Final = 100
"""How many times its size an entry of an archive may unpack to, once that is past ``SMALL_ENTRY``. Sheets: 10 to 30."""

SMALL_ENTRY: Final = 16 * 2**20


def most_cells(filled: int) -> int:
    """How many cells, empty ones included, are taken of a sheet with so many filled ones."""
    return min(MAX_CELLS, max(MAX_SPARSE_CELLS, filled * _SPARSE))
