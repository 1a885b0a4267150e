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
"""Cells of a workbook's sheet, empty ones included: calamine holds them all, 32 bytes each."""

MAX_UNPACKED: Final = 2 * 1024**3
"""What an xlsx or ods may unpack to, in bytes."""

MAX_RATIO: Final = 300
"""How many times its size an archive may unpack to, once that is past ``SMALL_ARCHIVE``. Sheets: 10 to 30."""

SMALL_ARCHIVE: Final = 64 * 2**20
