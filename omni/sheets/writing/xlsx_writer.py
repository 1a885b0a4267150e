"""Writing of xlsx files with text cells, a few thousand rows at a time, so that a million rows are never in memory.

xlsxwriter makes the workbook around the rows. The rows themselves, cell for cell as it would write them, are joined
column by column in an eighth of the time (docs/decisions/0018-what-is-written-by-hand.md).
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter  # type: ignore[import-untyped]  # it publishes no types
from xlsxwriter.utility import xl_col_to_name, xl_range  # type: ignore[import-untyped]

from omni.sheets.string_columns import SafeBytes, bytes_of, rewrite_unsafe
from omni.sheets.writing.output_file import Row, Target, opened

ROWS_A_SHEET: Final = 1_048_575
"""Rows that fit in a worksheet below its header."""

_ROWS_AT_A_TIME: Final = 2_000
_WIDTH_SAMPLE: Final = 200
_HEADER_STYLE, _CELL_STYLE = 1, 2
"""Numbers of the two styles in the workbook; 0 is the default style."""
_PLACEHOLDER: Final = re.compile(
    b'<sheetData><row [^>]*><c r="A1" s="%d"/><c r="B1" s="%d"/></row></sheetData>' % (_HEADER_STYLE, _CELL_STYLE)
)
"""The placeholder row of a worksheet that ``_frame`` makes: a cell in each style. A match proves the style numbers."""
_DIMENSION: Final = re.compile(rb'<dimension ref="[^"]*"/>')

LONGEST_CELL: Final = 32_767
"""Longest text of an xlsx cell, in UTF-16 code units."""

# EF is the first byte of U+FFFE and U+FFFF; ``_`` begins an escaped character such as ``_x0041_``.
_SAFE: Final = SafeBytes.all_but(inside=b"&<>_\xef", longest=LONGEST_CELL)
_ESCAPED: Final = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SPACE_AT_AN_END: Final = re.compile(r"^\s|\s$")
_END: Final = "</t></is></c>"


def write_xlsx(target: Target, header: Row, rows: Iterable[Row], *, sheet: str = "Omni") -> int:
    """Write ``header`` and ``rows`` as an xlsx of text cells; return the number of rows.

    A text cell is never run as a formula and keeps its leading zeros and all its digits. Rows that do not fit in a
    worksheet continue in further worksheets, each with the header. A cell longer than Excel allows is cut.
    """
    return write_xlsx_columns(target, header, _as_columns(rows), sheet=sheet)


def write_xlsx_columns(target: Target, header: Row, parts: Iterable[Sequence[pa.Array]], *, sheet: str = "Omni") -> int:
    """Write an xlsx like ``write_xlsx``, from parts that hold columns: arrays of strings, or dictionaries of them."""
    with opened(target) as file, ExitStack() as files:
        book = _Book(header, files)
        for columns in parts:
            book.add(columns)
        if not book.sheets:
            book.begin()
        _pack(file, sheet, book)
        return sum(each.count for each in book.sheets)


@dataclass(slots=True)
class _Sheet:
    """A worksheet being written: its rows as XML, the widths of its columns, and the number of rows."""

    xml: IO[bytes]
    widths: list[int]
    count: int = 0


@dataclass(slots=True)
class _Book:
    """The worksheets written so far, all with the same header; ``files`` holds their temporary files."""

    header: Row
    files: ExitStack
    sheets: list[_Sheet] = field(default_factory=list)

    def add(self, columns: Sequence[pa.Array]) -> None:
        rows = len(columns[0]) if columns else 0
        at = 0
        while at < rows:
            if not self.sheets or self.sheets[-1].count == ROWS_A_SHEET:
                self.begin()
            sheet = self.sheets[-1]
            some = [column.slice(at, ROWS_A_SHEET - sheet.count) for column in columns]
            if sheet.count < _WIDTH_SAMPLE:
                sample = (column.slice(0, _WIDTH_SAMPLE - sheet.count).to_pylist() for column in some)
                longest = [max(map(len, cells)) for cells in sample]
                sheet.widths = [max(pair) for pair in zip(sheet.widths, longest, strict=True)]
            sheet.xml.write(rows_xml(some, sheet.count + 2, _CELL_STYLE))
            sheet.count += len(some[0])
            at += len(some[0])

    def begin(self) -> None:
        xml = self.files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # closed with all the others
        sheet = _Sheet(xml, [len(title) for title in self.header])
        sheet.xml.write(rows_xml([pa.array([_writable(title)]) for title in self.header], 1, _HEADER_STYLE))
        self.sheets.append(sheet)


def _as_columns(rows: Iterable[Row]) -> Iterator[list[pa.StringArray]]:
    remaining = iter(rows)
    while some := list(islice(remaining, _ROWS_AT_A_TIME)):
        yield [pa.array(map(_writable, cells), pa.string()) for cells in zip(*some, strict=True)]


def _writable(cell: str) -> str:
    return cell.encode("utf-8", "replace").decode()


def _pack(file: IO[bytes], name: str, book: _Book) -> None:
    with ZipFile(_frame(name, book)) as frame, ZipFile(file, "w", ZIP_DEFLATED) as packed:
        sheets = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(book.sheets, start=1)}
        for info in frame.infolist():
            content = frame.read(info)
            if info.filename not in sheets:
                packed.writestr(info, content)
                continue
            sheet = sheets[info.filename]
            before, after = _PLACEHOLDER.split(content)
            # xlsxwriter saw only the placeholder's cells.
            area = xl_range(0, 0, sheet.count, max(0, len(book.header) - 1)).encode()
            before = _DIMENSION.sub(b'<dimension ref="%b"/>' % area, before)
            info.file_size = sheet.xml.tell() + len(content) + len(area)
            sheet.xml.seek(0)
            with packed.open(info, "w") as out:
                out.write(before + b"<sheetData>")
                shutil.copyfileobj(sheet.xml, out, 1 << 18)
                out.write(b"</sheetData>" + after)


def _frame(name: str, book: _Book) -> io.BytesIO:
    """Make the workbook without its rows: worksheets with names, column widths, filters and a placeholder row."""
    made = io.BytesIO()
    # In this mode xlsxwriter writes cells before columns, and numbers a style when it is first used.
    whole = xlsxwriter.Workbook(made, {"constant_memory": True})
    styles = [whole.add_format({"bold": True, "num_format": "@", "bottom": 1}), whole.add_format({"num_format": "@"})]
    for number, sheet in enumerate(book.sheets, start=1):
        page = whole.add_worksheet(name if number == 1 else f"{name} {number}")
        for place, style in enumerate(styles):
            page.write_blank(0, place, None, style)
        for place, width in enumerate(sheet.widths):
            page.set_column(place, place, min(60, 3 + width), styles[1])
        page.freeze_panes(1, 0)
        if book.header:
            page.autofilter(0, 0, sheet.count, len(book.header) - 1)
    whole.close()
    made.seek(0)
    return made


def rows_xml(columns: Sequence[pa.Array], first: int, style: int) -> memoryview:
    """Return the XML of the rows, numbered from ``first``, in that style. Empty cells and empty rows are left out."""
    if not columns or not len(columns[0]):
        return memoryview(b"")
    numbers = pa.array(range(first, first + len(columns[0]))).cast(pa.string())
    cells: list[pa.StringArray | str] = []
    are_filled = False
    for place, column in enumerate(columns):
        texts, any_changed = rewrite_unsafe(column, _SAFE, _in_xml)
        filled = pc.not_equal(texts, "")
        all_filled = pc.all(filled).as_py()
        begin = f'<c r="{xl_col_to_name(place)}'
        middle = f'" s="{style}" t="inlineStr"><is><t>'
        if any_changed:
            # A text with a space at one end already has its own <t>, which preserves the space.
            own = pc.starts_with(texts, "<")
            texts = pc.if_else(own, texts, pc.binary_join_element_wise("<t>", texts, ""))
            middle = middle.removesuffix("<t>")
        if all_filled:
            are_filled = True
            cells += [begin, numbers, middle, texts, _END]
        else:
            cells.append(pc.if_else(filled, pc.binary_join_element_wise(begin, numbers, middle, texts, _END, ""), ""))
    rows = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
    if not are_filled:
        rows = rows.filter(pc.invert(pc.ends_with(rows, '"></row>')))
    return bytes_of(rows)


def _in_xml(cells: pa.StringArray) -> pa.StringArray:
    return pa.array(map(_cell_in_xml, cells.to_pylist()), pa.string())


def _cell_in_xml(cell: str) -> str:
    if len(cell) > LONGEST_CELL // 2:
        cell = cell.encode("utf-16-le")[: LONGEST_CELL * 2].decode("utf-16-le", "ignore")
    cell = _NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", _ESCAPED.sub(r"_x005F\1", cell))
    written = escape(cell)
    return f'<t xml:space="preserve">{written}' if _SPACE_AT_AN_END.search(cell) else written
