"""Lines of a text file that are no rows of a spreadsheet: found before a reader takes them for millions of cells."""

from __future__ import annotations

from typing import Final

from omni.errors import SheetError
from omni.sheets.delimiter import CANDIDATES

LONGEST: Final = 2**19
"""Bytes. A thousand columns have half a thousand for each cell."""


def check_lines(text: bytes, most_columns: int) -> None:
    """Raise ``SheetError`` for a line longer than ``LONGEST``; only about one line in half a megabyte is looked at."""
    start = 0
    while len(text) - start > LONGEST:
        end = max(text.rfind(b"\n", start, start + LONGEST), text.rfind(b"\r", start, start + LONGEST))
        if end < 0:
            columns = 1 + max(text.count(sign.encode(), start, start + LONGEST) for sign in CANDIDATES)
            if columns > most_columns:
                raise SheetError("file.too_many_columns", columns=columns, limit=most_columns)
            raise SheetError("file.row_too_long", row=text.count(b"\n", 0, start) + 1)
        start = end + 1
