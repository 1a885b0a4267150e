"""Reader of text files with separated values (csv, tsv): one row of cells for each record, as a spreadsheet shows it.

The delimiter is detected from the first lines. Lines too long to be rows of a spreadsheet are found before the reader
takes them for millions of cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as arrow_csv

from omni.errors import SheetError
from omni.sheets.csv_injection import unescape_formula, unescape_formulas
from omni.sheets.limits import Limits
from omni.sheets.reading.encoding import as_utf8
from omni.sheets.reading.header import SAMPLE_ROWS, start_of_table
from omni.sheets.reading.malformed_csv import first_with_swallowed, ragged_cells, rows_with_swallowed, too_long
from omni.sheets.sheet import Assumptions, Grid, Note, ReadOptions

CANDIDATES: Final = (";", "\t", "|", ",")
"""Delimiters, in the order that decides between equally likely ones: Excel's here first, the comma of prose last."""
NO_DELIMITER: Final = "\x1f"
"""Delimiter for a file of one column: a character that occurs in no spreadsheet."""
_RECORDS: Final = 200
LONGEST: Final = 2**19
"""Bytes of a line. With a thousand columns that is about 500 for each cell."""
_WIDEST: Final = 16_384
"""The last column of Excel, whose files may be this wide although most of it is empty."""
_BLOCK: Final = 16 * 2**20
# A first line that sets the separator for Excel; Excel shows no row for it.
_SEP_LINE: Final = re.compile(rb'"?sep=([^\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of the table in a text file.

    ``header`` has the header's cells, or empty ones when there is no header, in which case ``header_row`` is 0.
    ``first_row`` is the number of the first row below the header, ``offset`` the place of its first byte. ``swallowed``
    is the number of a row, up to the header, that seems to contain further rows; 0 for none.
    """

    header: list[str]
    header_row: int
    first_row: int
    offset: int
    swallowed: int


def read_csv(path: Path, options: ReadOptions, limits: Limits) -> Grid:
    """Read the file at ``path`` into a grid. Raises ``SheetError``."""
    text, encoding = as_utf8(path.read_bytes(), options.encoding)
    named = _SEP_LINE.match(text)
    if named:
        text = text[named.end() :]
    check_lines(text, max(limits.columns, _WIDEST))
    head = _head(text)
    delimiter = options.delimiter or (named[1].decode() if named else find_delimiter(head))
    if delimiter and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'):
        raise SheetError("file.delimiter", delimiter=delimiter)
    start = _start(head, delimiter or NO_DELIMITER, options.header_row, limits)
    cells, (uneven, first_uneven) = _cells(text, start, delimiter or NO_DELIMITER, limits)
    cells, marked = unescape_formulas(cells) if b"'" in text else (cells, False)
    swallowed = _rows_in_quotes(cells, start, delimiter) if b'"' in text else []
    # The note about uneven rows says that nothing is lost, which may be false for a row that has swallowed others.
    is_reported = uneven > 1 or (uneven == 1 and first_uneven not in swallowed)
    notes = [
        *([] if start.header_row else [Note("no_header")]),
        *([Note("lines_above_header", {"n": start.header_row - 1})] if start.header_row > 1 else []),
        *([Note("ragged_rows", {"n": uneven, "row": first_uneven})] if is_reported else []),
        *([Note("apostrophes_removed")] if marked else []),
        *([Note("rows_in_quotes", {"n": len(swallowed), "row": swallowed[0]})] if swallowed else []),
    ]
    return Grid(
        cells=cells,
        header=[unescape_formula(title) for title in start.header] + [""] * (cells.num_columns - len(start.header)),
        positions=range(cells.num_columns),
        first_row=start.first_row,
        hidden=frozenset(),
        assumptions=Assumptions(
            format="tsv" if delimiter == "\t" else "csv",
            header_row=start.header_row,
            encoding=encoding,
            delimiter=delimiter,
            notes=tuple(notes),
        ),
    )


def _rows_in_quotes(cells: pa.Table, start: _Start, delimiter: str | None) -> list[int]:
    """List the numbers of the rows that seem to have swallowed others, including the header and titles above it."""
    below = rows_with_swallowed(cells, len(start.header), delimiter)
    return [*([start.swallowed] if start.swallowed else []), *(start.first_row + place for place in below)]


def _head(text: bytes) -> str:
    """Decode the first lines, up to ``LONGEST`` bytes."""
    if len(text) <= LONGEST:
        return text.decode("utf-8")
    return text[: max(text.rfind(b"\n", 0, LONGEST), text.rfind(b"\r", 0, LONGEST)) + 1].decode("utf-8")


def _start(head: str, delimiter: str, header_row: int | None, limits: Limits) -> _Start:
    rows: list[list[str]] = []
    ends: list[int] = []
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        for line in io.StringIO(head, newline=""):
            consumed += len(line.encode("utf-8"))
            yield line

    try:
        for row in islice(csv.reader(lines(), delimiter=delimiter), max(SAMPLE_ROWS, header_row or 0)):
            rows.append(row)
            ends.append(consumed)
    except csv.Error as err:
        raise too_long(len(rows) + 1, '"' in head) from err
    place, titled = start_of_table(rows, header_row)
    if len(rows[place]) > max(limits.columns, _WIDEST):
        raise SheetError("file.too_many_columns", columns=len(rows[place]), limit=limits.columns)
    holding = first_with_swallowed(rows[: place + titled], delimiter)
    swallowed = 0 if holding is None else holding + 1
    if titled:
        return _Start(rows[place], place + 1, place + 2, ends[place], swallowed)
    return _Start([""] * len(rows[place]), 0, place + 1, ends[place - 1] if place else 0, swallowed)


def _cells(text: bytes, start: _Start, delimiter: str, limits: Limits) -> tuple[pa.Table, tuple[int, int]]:
    """Read the cells below the header; also count the records of another length, and return the first one's row."""
    end = max(start.offset, _end(text))
    body = memoryview(text)[start.offset : end]
    names = [str(place) for place in range(max(1, len(start.header)))]
    quoted = b'"' in text
    if not quoted and text.count(b"\n", start.offset, end) >= limits.rows:
        raise SheetError("file.too_many_rows", limit=limits.rows)
    if not body:
        return pa.table({name: pa.array([], pa.string()) for name in names}), (0, 0)
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:  # mostly because records differ in length
        return ragged_cells(bytes(body), delimiter, len(names), start.first_row, limits)
    if quoted and any("\n" in cell or "\r" in cell for cell in table.slice(table.num_rows - 1).to_pylist()[0].values()):
        # Arrow accepts the end of the file in place of a closing quote; the slower reader detects it.
        return ragged_cells(bytes(body), delimiter, len(names), start.first_row, limits)
    return table, (0, 0)


def _end(text: bytes) -> int:
    """Return the place at which the empty lines at the end begin, without copying the text."""
    end = len(text)
    while end:
        last = text[max(0, end - LONGEST) : end]
        if filled := len(last.rstrip(b"\r\n")):
            return end - len(last) + filled
        end -= len(last)
    return 0


def find_delimiter(head: str) -> str | None:
    """Detect the delimiter of a file that begins with ``head`` (whole lines); None when it has one column.

    Delimiters in quoted text do not count. The right one splits most records into the same number of fields; a larger
    number is preferred.
    """
    ratings = {sign: _rating(head, sign) for sign in CANDIDATES}
    best = max(CANDIDATES, key=ratings.__getitem__)
    return best if ratings[best] else None


def _rating(head: str, sign: str) -> float:
    """Rate the likelihood that ``head`` is separated by ``sign``; 0 when it is not."""
    sizes: list[int] = []
    try:
        sizes.extend(len(record) for record in islice(records(head, sign), _RECORDS) if record)
    except csv.Error:  # a quote that is never closed still opens a field, so the sign before it separates
        if not sizes:
            return 0.01
    if not sizes:
        return 0.0
    several = Counter(size for size in sizes if size > 1)
    if several.total() < len(sizes) / 2:
        return 0.0
    if sizes[0] == 1 and sign == "," and head.count(", ") > 0.8 * head.count(","):
        return 0.0  # prose under a single header: «Silva, Ana»
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    begins_with_header = 0.5 if sizes[0] == width else 0.0
    return count / len(sizes) + begins_with_header + min(width, 100) / 1000


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Parse ``text`` into records; an empty line is an empty record. Raises ``csv.Error`` for a field over 128 KiB."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def check_lines(text: bytes, most_columns: int) -> None:
    """Raise ``SheetError`` for a line longer than ``LONGEST``; only about one line per half megabyte is examined."""
    start = 0
    while len(text) - start > LONGEST:
        end = max(text.rfind(b"\n", start, start + LONGEST), text.rfind(b"\r", start, start + LONGEST))
        if end < 0:
            columns = 1 + max(text.count(sign.encode(), start, start + LONGEST) for sign in CANDIDATES)
            if columns > most_columns:
                raise SheetError("file.too_many_columns", columns=columns, limit=most_columns)
            raise SheetError("file.row_too_long", row=text.count(b"\n", 0, start) + 1)
        start = end + 1
