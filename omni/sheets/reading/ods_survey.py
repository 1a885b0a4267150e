"""Survey of an ods: hidden rows and columns, merged cells, the extent of each table, and numbers with leading zeros.

In an ods each cell stores the text it shows besides its value, so leading zeros are found without number formats.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from itertools import chain
from typing import Final
from zipfile import ZipFile

from omni.errors import SheetError
from omni.sheets.limits import MAX_CELLS
from omni.sheets.reading.archive import chunks
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.number_formats import ZeroCells
from omni.sheets.reading.survey import MOST_MERGES, Survey

_VALUE: Final = re.compile(rb'\boffice:value="(\d+)"')
# A tag, with the text that a cell shows if that consists of digits and signs between them.
_TAG: Final = re.compile(
    rb"<(/?)table:(table-row|table-column|table-cell|covered-table-cell|table)\b(?!-)([^>]*)>"
    rb"(?:<text:p>([\d./() -]+)</text:p>)?"
)
_REPEATED: Final = re.compile(rb'\btable:number-(?:rows|columns)-repeated="(\d+)"')
_SPANNED: Final = re.compile(rb'\btable:number-(rows|columns)-spanned="(\d+)"')
_UNSEEN: Final = re.compile(rb'\btable:visibility="(?:collapse|filter)"')
_CELL: Final = b"<table:table-cell"
_LONGEST_CELL: Final = 2**20


def survey_ods(archive: ZipFile) -> list[Survey]:
    """Survey every table, in order (OpenDocument 1.3 part 3, 9.1: visibility and repetition). Raises ``SheetError``."""
    tables: list[_Table] = []
    for chunk in _whole_cells(chunks(archive, "content.xml")):
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise SheetError("file.unreadable", detail="content.xml: DTD")
        for closing, kind, attributes, shown in _TAG.findall(chunk):
            if closing:
                continue
            if kind == b"table":
                tables.append(_Table())
            elif tables:
                repeated = _REPEATED.search(attributes)
                tables[-1].take(kind, attributes, int(repeated[1]) if repeated else 1, shown)
    return [table.survey() for table in tables]


def _whole_cells(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Divide the text into pieces of which none ends between a cell's tag and the text it shows."""
    rest = b""
    for piece in pieces:
        whole, cell, rest = (rest + piece).rpartition(_CELL)
        if len(rest) > _LONGEST_CELL:
            yield whole + cell + rest
            rest = b""
        else:
            yield whole
            rest = cell + rest
    yield rest


class _Table:
    """The rows and cells of one table, collected tag by tag; one tag may be repeated for many of them."""

    def __init__(self) -> None:
        self._unseen: list[tuple[int, int]] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._merged: list[Area] = []
        self._row, self._repeat, self._column = 0, 1, 0
        self._declared = 0
        self._rows = self._columns = self._cells = 0
        self._zeros = _ShownDigits()

    def take(self, kind: bytes, attributes: bytes, repeat: int, shown: bytes) -> None:
        if kind == b"table-row":
            self._row, self._repeat, self._column = self._row + self._repeat, repeat, 0
            if _UNSEEN.search(attributes):
                self._unseen.append((self._row, self._row + repeat))
            return
        if kind == b"table-column":
            if _UNSEEN.search(attributes):
                self._hidden_columns.append((self._declared, self._declared + repeat - 1))
            self._declared += repeat
            return
        if b"-spanned=" in attributes and len(self._merged) < MOST_MERGES:
            spans = {name: int(count) for name, count in _SPANNED.findall(attributes)}
            bottom = self._row + spans.get(b"rows", 1) - 1
            self._merged.append(Area(self._row, self._column, bottom, self._column + spans.get(b"columns", 1) - 1))
        if shown:
            self._zeros.take(attributes, shown, self._column, repeat, self._row, self._repeat)
        self._column += repeat
        if b"value-type=" in attributes:
            self._cells += 1
            self._rows = max(self._rows, self._row + self._repeat - 1)
            self._columns = max(self._columns, self._column)

    def survey(self) -> Survey:
        filled = (range(start, min(end, self._rows + 1)) for start, end in self._unseen)
        hidden = frozenset(chain.from_iterable(filled))
        return Survey(
            hidden,
            self._rows,
            self._columns,
            self._cells,
            tuple(self._hidden_columns),
            tuple(self._merged),
            self._zeros.with_zeros_in_front(),
        )


class _ShownDigits:
    """Collects whole numbers that are shown differently from their value, by the format that shows them so."""

    def __init__(self) -> None:
        # An array takes four bytes per row: one tag may be repeated for a million rows.
        self._cells: dict[int, dict[str, array[int]]] = {}
        self._count = 0
        self._with_zeros: set[tuple[int, str]] = set()

    def take(self, attributes: bytes, shown: bytes, column: int, columns: int, row: int, rows: int) -> None:
        """Add a cell that shows digits and signs, repeated for this many columns and rows. Raises ``SheetError``."""
        value = _VALUE.search(attributes)
        digits = re.sub(rb"\D", b"", shown)
        if not value or shown == value[1] or digits.lstrip(b"0") != value[1].lstrip(b"0"):
            return
        self._count += columns * rows
        if self._count > MAX_CELLS:
            raise SheetError("file.too_many_cells", rows=row + rows - 1, columns=column + columns - 1, limit=MAX_CELLS)
        code = re.sub(r"\d", "0", shown.decode("ascii"))
        for place in range(column, column + columns):
            self._cells.setdefault(place, {}).setdefault(code, array("i")).extend(range(row, row + rows))
            if digits.startswith(b"0"):
                self._with_zeros.add((place, code))

    def with_zeros_in_front(self) -> ZeroCells:
        """Return only the formats that show leading zeros in some number; ``1.234`` by itself is one thousand."""
        found = {
            place: {code: rows for code, rows in codes.items() if (place, code) in self._with_zeros}
            for place, codes in self._cells.items()
        }
        return {place: codes for place, codes in found.items() if codes}
