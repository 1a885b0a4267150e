"""Reader of text files with separated values (csv, tsv): one row of cells for each record, as a spreadsheet shows it.

The delimiter is detected from the first lines. Lines too long to be rows of a spreadsheet are found before the reader
takes them for millions of cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as arrow_csv

from omni.errors import SheetError
from omni.sheets.csv_injection import unescape_formulas
from omni.sheets.limits import Limits
from omni.sheets.reading.delimiter import CANDIDATES, NO_DELIMITER, find_delimiter
from omni.sheets.reading.encoding import Decoded, as_utf8
from omni.sheets.reading.listed_contacts import as_list
from omni.sheets.reading.malformed_csv import (
    Uneven,
    first_with_swallowed,
    ragged_cells,
    rows_with_swallowed,
    too_long,
)
from omni.sheets.reading.other_text import refuse_fixed_width, refuse_other_text, refuse_unseparated
from omni.sheets.reading.quoted_lines import unquoted_lines
from omni.sheets.reading.quoted_text import bare_text, bare_texts, without_apostrophe
from omni.sheets.reading.table_start import (
    SAMPLE_ROWS,
    SHOWN_COLUMNS,
    TableStart,
    first_rows,
    joined_titles,
    lines_above,
    spread_groups,
    start_notes,
    start_of_table,
)
from omni.sheets.sheet import Assumptions, Grid, Note, ReadOptions, column_letter

LONGEST: Final = 2**19
"""Bytes of a line. With a thousand columns that is about 500 for each cell."""
_WIDEST: Final = 16_384
"""The last column of Excel, whose files may be this wide although most of it is empty."""
_BLOCK: Final = 16 * 2**20
_ROWS_NAMED: Final = 10
"""Rows of another encoding that a note names."""
# A first line that sets the separator for Excel; Excel shows no row for it.
_SEP_LINE: Final = re.compile(rb'"?sep=([^\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of the table in a text file.

    ``header`` has the header's titles, or empty ones when there is no header. ``first_row`` is the number of the first
    row below the header, ``offset`` the place of its first byte. ``swallowed`` is the number of a row, up to the
    header, that seems to contain further rows; 0 for none. ``rows`` are the first rows of the file, in which the table
    begins at ``table``.
    """

    header: list[str]
    first_row: int
    offset: int
    swallowed: int
    rows: list[list[str]]
    table: TableStart

    @property
    def header_row(self) -> int:
        """Number of the header's last row, 0 when there is no header."""
        return self.table.place + self.table.height if self.table.height else 0


def read_csv(path: Path, options: ReadOptions, limits: Limits) -> Grid:
    """Read the file at ``path`` into a grid. Raises ``SheetError``."""
    decoded = as_utf8(path.read_bytes(), options.encoding)
    text = decoded.text
    named = _SEP_LINE.match(text)
    if named:
        text = text[named.end() :]
    check_lines(text, max(limits.columns, _WIDEST))
    head = _head(text)
    refuse_other_text(head)
    delimiter = options.delimiter or (named[1].decode() if named else find_delimiter(head))
    if delimiter and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'):
        raise SheetError("file.delimiter", delimiter=delimiter)
    unquoted = None if options.delimiter else unquoted_lines(text, head, delimiter)
    if unquoted:
        text, delimiter = unquoted
        head = _head(text)
    if delimiter is None:
        refuse_fixed_width(head)
        refuse_unseparated(head)
    start = _start(head, delimiter or NO_DELIMITER, options.header_row, limits)
    cells, uneven = _cells(text, start, delimiter or NO_DELIMITER, limits)
    # Before apostrophes come off: one before «="…"» is our own, and keeps that text.
    cells, bared = bare_texts(cells) if b'="' in text else (cells, 0)
    cells, marked = unescape_formulas(cells) if b"'" in text else (cells, False)
    swallowed = _rows_in_quotes(cells, start, delimiter) if b'"' in text else []
    listed, list_notes = (cells, []) if start.table.height else as_list(cells)
    notes = [
        *_encoding_notes(decoded, first_row=2 if named else 1),
        *start_notes(start.rows, start.table, start.table.height),
        *([Note("lines_unquoted")] if unquoted else []),
        *list_notes,
        *_uneven_notes(uneven, swallowed),
        *([Note("texts_bared", {"n": bared})] if bared else []),
        *([Note("apostrophes_removed")] if marked else []),
        *([Note("rows_in_quotes", {"n": len(swallowed), "row": swallowed[0]})] if swallowed else []),
    ]
    header = [] if listed is not cells else without_apostrophe(start.header)
    return Grid(
        cells=listed,
        header=header + [""] * (listed.num_columns - len(header)),
        positions=range(listed.num_columns),
        first_row=start.first_row,
        hidden=frozenset(),
        long_rows=[] if listed is not cells else uneven.long,
        assumptions=Assumptions(
            format="tsv" if delimiter == "\t" else "csv",
            header_row=start.header_row,
            encoding=decoded.encoding,
            delimiter=delimiter,
            notes=tuple(notes),
            header_height=start.table.height,
            header_is_guess=not start.table.is_certain,
            above=lines_above(start.rows, start.table.place),
            first_rows=first_rows(start.rows, start.table.place, start.table.place + start.table.height),
            letters=tuple(map(column_letter, range(min(cells.num_columns, SHOWN_COLUMNS)))),
        ),
    )


def _encoding_notes(decoded: Decoded, first_row: int) -> list[Note]:
    """Return a note about the rows in a second encoding; ``first_row`` is 2 if a line without a row comes first."""
    if decoded.other is None:
        return []
    rows = [row - first_row + 1 for row in decoded.odd_rows]
    named = ", ".join(map(str, rows[:_ROWS_NAMED])) + ("…" if len(rows) > _ROWS_NAMED else "")
    return [Note("mixed_encoding", {"n": decoded.odd_lines, "rows": named, "encoding": decoded.other})]


def _uneven_notes(uneven: Uneven, swallowed: Sequence[int]) -> list[Note]:
    """Return notes about rows with cells too few or too many, but for a row that has ``swallowed`` others."""
    found = {"ragged_rows": uneven.short, "rows_too_long": uneven.long, "amounts_joined": uneven.mended}
    rows = {code: [row for row in numbers if row not in swallowed] for code, numbers in found.items()}
    return [Note(code, {"n": len(numbers), "row": numbers[0]}) for code, numbers in rows.items() if numbers]


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
            rows.append([bare_text(cell) for cell in row])
            ends.append(consumed)
    except csv.Error as err:
        raise too_long(len(rows) + 1, '"' in head) from err
    table = start_of_table(rows, header_row)
    below = table.place + table.height
    titles = rows[table.place : max(below, table.place + 1)]
    width = max(map(len, titles)) if table.height else _usual_width(rows)
    if width > max(limits.columns, _WIDEST):
        raise SheetError("file.too_many_columns", columns=width, limit=limits.columns)
    holding = first_with_swallowed(rows[:below], delimiter)
    return _Start(
        header=joined_titles(spread_groups(titles)) if table.height else [""] * width,
        first_row=below + 1,
        offset=ends[below - 1] if below else 0,
        swallowed=0 if holding is None else holding + 1,
        rows=rows,
        table=table,
    )


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of cells that most rows have; the larger one of two."""
    return max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))[0]


def _cells(text: bytes, start: _Start, delimiter: str, limits: Limits) -> tuple[pa.Table, Uneven]:
    """Read the cells below the header; also tell which records have another length."""
    end = max(start.offset, _end(text))
    body = memoryview(text)[start.offset : end]
    header = start.header or [""]
    names = [str(place) for place in range(len(header))]
    quoted = b'"' in text
    if not quoted and text.count(b"\n", start.offset, end) >= limits.rows:
        raise SheetError("file.too_many_rows", limit=limits.rows)
    if not body:
        return pa.table({name: pa.array([], pa.string()) for name in names}), Uneven()
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
        return ragged_cells(bytes(body), delimiter, header, start.first_row, limits)
    if quoted and any("\n" in cell or "\r" in cell for cell in table.slice(table.num_rows - 1).to_pylist()[0].values()):
        # Arrow accepts the end of the file in place of a closing quote; the slower reader detects it.
        return ragged_cells(bytes(body), delimiter, header, start.first_row, limits)
    return table, Uneven()


def _end(text: bytes) -> int:
    """Return the place at which the empty lines at the end begin, without copying the text."""
    end = len(text)
    while end:
        last = text[max(0, end - LONGEST) : end]
        if filled := len(last.rstrip(b"\r\n")):
            return end - len(last) + filled
        end -= len(last)
    return 0


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
