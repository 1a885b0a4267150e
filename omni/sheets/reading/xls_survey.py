"""Survey of an xls: hidden rows and columns, merged cells, extent and typed cells, from its records ([MS-XLS]).

It runs before calamine gets the file, because calamine trusts any size in a damaged record and allocates memory for it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from omni.errors import SheetError
from omni.sheets.reading.compound_file import streams
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.sheet_language import Signs
from omni.sheets.reading.survey import MOST_MERGES, Survey
from omni.sheets.reading.typed_cells import CellCollector, CellKind, Format, TypedCells
from omni.sheets.reading.xlsx_cells import PLAIN_FORMATS
from omni.sheets.reading.xlsx_styles import changes_texts, locales_in

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC
_ROW, _DIMENSIONS, _COLUMNS, _MERGED = 0x0208, 0x0200, 0x007D, 0x00E5
_FORMAT, _STYLE, _DATE_MODE, _COUNTRY = 0x041E, 0x00E0, 0x0022, 0x008C
_FORMULA, _NUMBER, _RK, _TRUTH_OR_ERROR = 0x0006, 0x0203, 0x027E, 0x0205
_NO_RESULTS: Final = (bytes(8), b"\3\0\0\0\0\0\xff\xff")  # FormulaValue, 2.5.133: the number 0, a blank text
_TEXTS: Final = frozenset({0x00FD, 0x0204, 0x00D6})
_ERROR_NAMES: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
_LOCALES: Final = {
    1: "en-US", 34: "es-ES", 51: "es-PE", 52: "es-MX", 54: "es-AR", 55: "pt-BR", 56: "es-CL", 57: "es-CO",
    58: "es-VE", 351: "pt-PT", 502: "es-GT", 503: "es-SV", 504: "es-HN", 505: "es-NI", 506: "es-CR", 507: "es-PA",
    591: "es-BO", 593: "es-EC", 595: "es-PY", 598: "es-UY",
}  # fmt: skip
"""Locales of the country codes in the record Country ([MS-XLS] 2.4.63), which are those of the telephone."""
_KEPT_DIGITS: Final = 15
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
    styles = _Styles()
    for kind, record in _records(book, 0):
        styles.take(kind, record)
        if kind == _FILEPASS:
            raise SheetError("file.encrypted")
        if kind == _SST and len(record) >= 8 and struct.unpack_from("<I", record, 4)[0] > len(book):
            raise SheetError("file.truncated")
        if kind == _BOUNDSHEET and len(record) >= 6:
            starts.append(struct.unpack_from("<I", record)[0])
    return [_survey(book, start, styles) for start in starts]


def signs_of_xls(data: bytes) -> Signs:
    """Return the signs of the language of an xls: its country, and the locales in its formats."""
    found = streams(data)
    styles = _Styles()
    for kind, record in _records(found.get("Workbook") or found.get("Book") or b"", 0):
        styles.take(kind, record)
    codes = sorted({code for code in styles.formats() if isinstance(code, str)})
    return Signs(locales=locales_in(codes), document=styles.locale, codes=tuple(codes))


class _Styles:
    """Number formats of the styles, in the order of their records."""

    def __init__(self) -> None:
        self.is_1904 = False
        self.locale = ""
        self._codes: dict[int, str] = {}
        self._styles: list[int] = []

    def take(self, kind: int, record: bytes) -> None:
        """Add a record of the workbook's globals."""
        if kind == _FORMAT and len(record) >= 5:
            (number,) = struct.unpack_from("<H", record)
            self._codes[number] = _format_code(record[2:])
        elif kind == _STYLE and len(record) >= 4:
            self._styles.append(struct.unpack_from("<H", record, 2)[0])
        elif kind == _DATE_MODE and len(record) >= 2:
            self.is_1904 = record[0] == 1
        elif kind == _COUNTRY and len(record) >= 2:
            self.locale = _LOCALES.get(struct.unpack_from("<H", record)[0], "")

    def formats(self) -> list[Format]:
        """Return the format of each style. The ids of formats below 50 have a meaning of their own in all languages."""
        return [number if number in _BUILT_IN else self._codes.get(number, number) for number in self._styles]


_BUILT_IN: Final = frozenset({0, 14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47, 49})
"""Built-in formats whose stored code is that of the program's language, so the id decides."""


def _format_code(text: bytes) -> str:
    """Return a format code: of 16-bit length with a byte of flags since Excel 97, of 8-bit length before."""
    length, flags = struct.unpack_from("<HB", text)
    if flags in (0, 1) and len(text) >= 3 + length * (flags + 1):
        return text[3 : 3 + length * (flags + 1)].decode("utf-16-le" if flags else "latin-1", "replace")
    return text[1 : 1 + text[0]].decode("cp1252", "replace")


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


class _Cells:
    """Typed cells of one worksheet."""

    def __init__(self, styles: _Styles) -> None:
        formats = styles.formats() or [0]
        self._is_plain = [code in PLAIN_FORMATS for code in formats]
        self._changes_texts = [changes_texts(code) for code in formats]
        self._found = CellCollector(formats)
        self._is_1904 = styles.is_1904
        self._empty_formulas: list[tuple[int, int]] = []
        self._has_results = False

    def take(self, kind: int, record: bytes) -> None:
        """Add the cells of a record."""
        if kind == _SEVERAL_CELLS:
            row, column = struct.unpack_from("<HH", record)
            for place, (style, packed) in enumerate(
                struct.iter_unpack("<HI", record[4 : 4 + (len(record) - 6) // 6 * 6])
            ):
                self._number(column + place, row, style, _unpacked(packed))
            return
        if len(record) < 6:
            return
        row, column, style = struct.unpack_from("<HHH", record)
        if kind == _NUMBER and len(record) >= 14:
            self._number(column, row, style, struct.unpack_from("<d", record, 6)[0])
        elif kind == _RK and len(record) >= 10:
            self._number(column, row, style, _unpacked(struct.unpack_from("<I", record, 6)[0]))
        elif kind == _FORMULA and len(record) >= 20:
            # A library that calculates nothing stores 0 or no text, and nothing in the field that Excel caches with.
            if record[6:14] in _NO_RESULTS and record[16:20] == bytes(4):
                self._empty_formulas.append((column, row + 1))
            else:
                self._has_results = True
            self._result(column, row, style, record[6:14])
        elif kind == _TRUTH_OR_ERROR and len(record) >= 8:
            self._truth_or_error(column, row, record[6], is_error=bool(record[7]))
        elif kind in _TEXTS and self._changes_texts[self._known(style)]:
            self._found.add_one(column, row + 1, CellKind.TEXT, self._known(style))

    def cells(self) -> TypedCells:
        """Return everything that was added. If no formula has a result, none was ever calculated."""
        for column, row in () if self._has_results else self._empty_formulas:
            self._found.add_one(column, row, CellKind.UNCALCULATED)
        return self._found.cells(is_1904=self._is_1904)

    def _known(self, style: int) -> int:
        return style if style < len(self._is_plain) else 0

    def _number(self, column: int, row: int, style: int, value: float) -> None:
        style = self._known(style)
        if not self._is_plain[style] or value < 0 or value != int(value):
            self._found.add_one(column, row + 1, CellKind.NUMBER, style, value)
        elif value >= 10**_KEPT_DIGITS:
            self._found.add_one(column, row + 1, CellKind.LONG)

    def _result(self, column: int, row: int, style: int, result: bytes) -> None:
        if result[6:] != b"\xff\xff":
            self._number(column, row, style, struct.unpack("<d", result)[0])
        elif result[0] == 1:
            self._truth_or_error(column, row, result[2], is_error=False)
        elif result[0] == 2:
            self._truth_or_error(column, row, result[2], is_error=True)
        elif self._changes_texts[self._known(style)]:
            self._found.add_one(column, row + 1, CellKind.TEXT, self._known(style))

    def _truth_or_error(self, column: int, row: int, value: int, *, is_error: bool) -> None:
        if is_error:
            place = self._found.error_place(_ERROR_NAMES.get(value, "#N/A"))
            self._found.add_one(column, row + 1, CellKind.ERROR, 0, place)
        else:
            self._found.add_one(column, row + 1, CellKind.TRUTH, 0, value)


def _unpacked(number: int) -> float:
    """Return the value of an RK number ([MS-XLS] 2.5.217)."""
    if number & 2:
        value = float(struct.unpack("<i", struct.pack("<I", number & ~3))[0] >> 2)
    else:
        value = float(struct.unpack("<d", struct.pack("<Q", (number & ~3) << 32))[0])
    return value / 100 if number & 1 else value


def _survey(book: bytes, start: int, styles: _Styles) -> Survey:
    hidden: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    merged: list[Area] = []
    rows = columns = cells = declared = 0
    typed = _Cells(styles)
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
            typed.take(kind, record)
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
    return Survey(
        frozenset(hidden), rows, columns, cells, tuple(hidden_columns), tuple(merged), typed.cells(), room=room
    )
