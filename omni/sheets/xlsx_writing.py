"""Rows out as xlsx, row by row: a million of them never stand in memory, and every cell is text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]  # it publishes no types

from omni.sheets.target import Row, Target, opened

ROWS_A_SHEET: Final = 1_048_575
"""What a worksheet holds below its header."""

LONGEST_CELL: Final = 32_767
"""What a cell of an xlsx holds, in UTF-16 units."""

_WIDTH_SAMPLE: Final = 200


def write_xlsx(target: Target, header: Row, rows: Iterable[Row], *, sheet: str = "Omni") -> int:
    """Write ``header`` and ``rows`` as an xlsx of text cells; returns the number of rows.

    Text is never run as a formula, keeps its zeros and its digits. More rows than a worksheet holds go on in
    further worksheets, each with the header. A cell longer than Excel allows is cut to what fits.
    """
    count = 0
    remaining = iter(rows)
    with opened(target) as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        )
        styles = {"header": book.add_format({"bold": True, "num_format": "@", "bottom": 1}),
                  "cell": book.add_format({"num_format": "@"})}  # fmt: skip
        number = 1
        while True:
            first = list(islice(remaining, _WIDTH_SAMPLE))
            if number > 1 and not first:
                break
            name = sheet if number == 1 else f"{sheet} {number}"
            written = _write_sheet(book, name, header, first, islice(remaining, ROWS_A_SHEET - len(first)), styles)
            count += written
            number += 1
            if written < ROWS_A_SHEET:
                break
        book.close()
    return count


def _write_sheet(
    book: Any, name: str, header: Row, first: Sequence[Row], rest: Iterable[Row], styles: dict[str, Any]
) -> int:
    sheet = book.add_worksheet(name)
    for place, title in enumerate(header):
        cells = [title, *(row[place] for row in first if place < len(row))]
        sheet.set_column(place, place, min(60, 3 + max(len(cell) for cell in cells)), styles["cell"])
    sheet.freeze_panes(1, 0)
    _write_row(sheet, 0, header, styles["header"])
    count = 0
    for count, row in enumerate(chain(first, rest), start=1):
        _write_row(sheet, count, row, styles["cell"])
    if header:
        sheet.autofilter(0, 0, count, len(header) - 1)
    return count


def _write_row(sheet: Any, number: int, row: Row, style: Any) -> None:
    for place, cell in enumerate(row):
        if cell:
            sheet.write_string(number, place, _xlsx_cell(cell), style)


def _xlsx_cell(cell: str) -> str:
    if cell.isascii() and len(cell) <= LONGEST_CELL:
        return cell
    return cell.encode("utf-16-le", "replace")[: LONGEST_CELL * 2].decode("utf-16-le", "ignore")
