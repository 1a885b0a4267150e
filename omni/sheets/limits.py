"""How much of a spreadsheet Omni takes. Past these, a file is more likely broken, or meant to break something."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 1024**3
"""Size of any file."""

MAX_ROWS: Final = 5_000_000
MAX_COLUMNS: Final = 1_000
"""Columns with something in them."""

MAX_CELLS: Final = 32_000_000
"""Cells of a workbook's sheet, empty ones included: calamine holds them all, 32 bytes each."""

MAX_UNPACKED: Final = 2 * 1024**3
"""What an xlsx or ods may unpack to, in bytes."""

MAX_RATIO: Final = 300
"""How many times its size an archive may unpack to, once that is past ``SMALL_ARCHIVE``. Sheets: 10 to 30."""

SMALL_ARCHIVE: Final = 64 * 2**20
