"""Survey of an xls: hidden rows and columns, merged cells and extent, from its records ([MS-XLS]).

It runs before calamine gets the file, because calamine trusts any size in a damaged record and allocates memory for it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from omni.errors import SheetError
from omni.sheets.reading.compound_file import streams
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.survey import MOST_MERGES, Survey

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC
_ROW, _DIMENSIONS, _COLUMNS, _MERGED = 0x0208, 0x0200, 0x007D, 0x00E5
_CELLS: Final = frozenset({0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
"""Records of filled cells."""
_SEVERAL_CELLS: Final = 0x00BD
_MOST_ROWS: Final = 65_536
_MOST_COLUMNS: Final = 256
_IS_HIDDEN: Final = 0x20  # fDyZero of Row, 2.4.221


def survey_xls(data: bytes) -> list[Survey]:
    """Survey every worksheet, in the workbook's order. Raises ``SheetError``."""
    found = {name.upper(): stream for name, stream in streams(data).items()}
    book = found.get("WORKBOOK") or found.get("BOOK")
    if book is None:
        raise SheetError("file.truncated")
    starts = []
    for kind, record in _records(book, 0):
        if kind == _FILEPASS:
            raise SheetError("file.encrypted")
        if kind == _SST and len(record) >= 8 and struct.unpack_from("<I", record, 4)[0] > len(book):
            raise SheetError("file.truncated")
        if kind == _BOUNDSHEET and len(record) >= 6:
            starts.append(struct.unpack_from("<I", record)[0])
    return [_survey(book, start) for start in starts]


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield type and data of the records of one substream; nested substreams (charts) are skipped."""
    depth = 0
    while start + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, start)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, book[start + 4 : start + 4 + length]
        start += 4 + length


def _survey(book: bytes, start: int) -> Survey:
    hidden: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    merged: list[Area] = []
    rows = columns = cells = declared = 0
    for kind, record in _records(book, start):
        if kind == _ROW and len(record) >= 14:
            number, flags = struct.unpack_from("<H10xH", record)
            if flags & _IS_HIDDEN:
                hidden.add(number + 1)
        elif kind == _COLUMNS and len(record) >= 10:
            first, last, width, _, flags = struct.unpack_from("<5H", record)  # ColInfo, 2.4.53
            if flags & 1 or not width:
                hidden_columns.append((first, last))
        elif kind == _MERGED and len(record) >= 2 and len(merged) < MOST_MERGES:
            corners = struct.iter_unpack("<4H", record[2 : 2 + (len(record) - 2) // 8 * 8])  # Ref8, 2.5.211
            merged += [Area(top + 1, left, bottom + 1, right) for top, bottom, left, right in corners]
        elif kind in _CELLS and len(record) >= 4:
            cells += 1
            row, column = struct.unpack_from("<HH", record)
            if kind == _SEVERAL_CELLS:
                column = max(column, struct.unpack_from("<H", record, len(record) - 2)[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _DIMENSIONS and len(record) >= 12:
            first_row, last_row, first_column, last_column = struct.unpack_from("<IIHH", record)
            if first_row > last_row or first_column > last_column:
                raise SheetError("file.truncated")
            if last_row > _MOST_ROWS or last_column > _MOST_COLUMNS:
                raise SheetError("file.truncated")
            declared = last_row * last_column
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        raise SheetError("file.truncated")
    room = max(declared, rows * columns)
    return Survey(frozenset(hidden), rows, columns, cells, tuple(hidden_columns), tuple(merged), room=room)
