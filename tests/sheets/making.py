"""Workbooks as other programs write them, built from plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl.utils import range_boundaries

Rows = Sequence[Sequence[Any]]


def make_xlsx(
    path: Path,
    sheets: Mapping[str, Rows] | Rows,
    *,
    hidden_rows: Collection[int] = (),
    hidden_sheets: Collection[str] = (),
    at: str = "A1",
    merged: Collection[str] = (),
) -> Path:
    """Write a workbook with openpyxl; the first row of every sheet begins in cell ``at``."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"Plan1": sheets}).items():
        sheet = book.create_sheet(name)
        corner = sheet[at]
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                if value is not None:
                    sheet.cell(corner.row + down, corner.column + right, value)
        for number in hidden_rows:
            sheet.row_dimensions[number].hidden = True
        for area in merged:
            sheet.merge_cells(area)
        if name in hidden_sheets:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def make_xls(
    path: Path,
    rows: Rows,
    *,
    top: int = 0,
    left: int = 0,
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
    merged: Collection[str] = (),
) -> Path:
    """Write an Excel 97 workbook with xlwt."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Plan1")
    dated = xlwt.easyxf(num_format_str="DD/MM/YYYY HH:MM")
    for down, row in enumerate(rows, start=top):
        for right, value in enumerate(row, start=left):
            if value is not None:
                sheet.write(down, right, value, dated if isinstance(value, date) else xlwt.Style.default_style)
    for number in hidden_rows:
        sheet.row(number - 1).hidden = True
    for place in hidden_columns:
        sheet.col(place).hidden = True
    for left, top, right, bottom in map(range_boundaries, merged):
        sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
    book.save(str(path))
    return path


def make_ods(
    path: Path,
    rows: Rows,
    *,
    unseen: Mapping[int, str] | None = None,
    top: int = 0,
    left: int = 0,
    hidden_columns: Collection[int] = (),
    merged: Collection[str] = (),
) -> Path:
    """Write an OpenDocument spreadsheet with odfpy, with the million empty rows that LibreOffice appends.

    ``unseen`` gives row numbers their ``table:visibility``.
    """
    document = OpenDocumentSpreadsheet()
    table = Table(name="Plan1")
    for place in range(max(hidden_columns, default=-1) + 1):
        table.addElement(TableColumn(**({"visibility": "collapse"} if place in hidden_columns else {})))
    spans = {
        (top, left): (bottom - top + 1, right - left + 1) for left, top, right, bottom in map(range_boundaries, merged)
    }
    if top:
        table.addElement(_row([TableCell()], numberrowsrepeated=top))
    for number, values in enumerate(rows, start=top + 1):
        padding = [TableCell(numbercolumnsrepeated=left)] if left else []
        seen = {"visibility": unseen[number]} if unseen and number in unseen else {}
        cells = [_ods_cell(value) for value in values]
        for column, cell in enumerate(cells, start=left + 1):
            if (number, column) in spans:
                down, across = spans[number, column]
                cell.setAttribute("numberrowsspanned", down)
                cell.setAttribute("numbercolumnsspanned", across)
        table.addElement(_row([*padding, *cells], **seen))
    table.addElement(_row([TableCell(numbercolumnsrepeated=16384)], numberrowsrepeated=1_048_576 - top - len(rows)))
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def _row(cells: Sequence[Any], **attributes: Any) -> Any:
    row = TableRow(**attributes)
    for cell in cells:
        row.addElement(cell)
    return row


def _ods_cell(value: Any) -> Any:
    match value:
        case None:
            return TableCell()
        case bool():
            given = {"valuetype": "boolean", "booleanvalue": str(value).lower()}
        case int() | float():
            given = {"valuetype": "float", "value": repr(value)}
        case datetime():
            given = {"valuetype": "date", "datevalue": value.isoformat()}
        case date():
            given = {"valuetype": "date", "datevalue": value.isoformat()}
        case _:
            given = {"valuetype": "string"}
    cell = TableCell(**given)
    cell.addElement(P(text=str(value)))
    return cell
