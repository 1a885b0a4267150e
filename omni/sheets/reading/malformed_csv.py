"""Malformed text files: records of different lengths, and rows swallowed into one cell by a stray quote.

Short records are padded. Long ones keep every cell: a separator within a value has moved the rest to the right, and
only where the value is an amount is it certain how to undo that.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import SheetError
from omni.sheets.blanks import is_blank
from omni.sheets.limits import Limits
from omni.sheets.reading.broken_amounts import has_money, with_whole_amounts

_AT_A_TIME: Final = 20_000
_MOST_CELLS: Final = 64_000_000
_SPARSE: Final = 8
"""One long record widens all others. Above ``_MOST_CELLS``, one cell in this many must be written in the file."""
_END: Final = "\x1e"
"""A line appended after the last one. It becomes a record of its own unless a quote is still open."""
_BREAK: Final = r"[\r\n]"
_MOST: Final = 100
"""Separators that are counted at most, so that the regular expression stays small."""


@dataclass(slots=True)
class Uneven:
    """The numbers of rows whose records are ``short`` of cells or too ``long``, or were ``mended``."""

    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    mended: list[int] = field(default_factory=list)


def ragged_cells(
    body: bytes, delimiter: str, header: Sequence[str], first_row: int, limits: Limits
) -> tuple[pa.Table, Uneven]:
    """Read ``body`` into at least as many columns as the ``header`` has; also tell which records are uneven.

    A record is short when it has fewer cells than the header, and long when it has more filled ones. In a file with
    commas, a record is mended when amounts that a decimal comma cut in two explain its length. ``first_row`` is the
    number of the first record's row. Raises ``SheetError``: for a quote that is opened and never closed, with the
    number of its row, for a cell over 128 KiB, and for too many rows, columns or cells.
    """
    records = _records(body, delimiter, first_row)
    width, is_money = len(header), has_money(header)
    tables: list[pa.Table] = []
    uneven = Uneven()
    row, filled = first_row, 0
    while some := list(islice(records, _AT_A_TIME)):
        for at, record in enumerate(some):
            if len(record) == width or not record:
                continue
            if len(record) < width:
                uneven.short.append(row + at)
            elif delimiter == "," and (whole := with_whole_amounts(record, is_money)):
                some[at] = whole
                uneven.mended.append(row + at)
            elif any(cell and not is_blank(cell) for cell in record[width:]):
                uneven.long.append(row + at)
        row += len(some)
        filled += sum(map(len, some))
        tables.append(_table(some, width, limits))
        if len(tables) * _AT_A_TIME > limits.rows + _AT_A_TIME:
            raise SheetError("file.too_many_rows", limit=limits.rows)
    widest = max((table.num_columns for table in tables), default=width)
    rows = sum(table.num_rows for table in tables)
    if rows * widest > max(_MOST_CELLS, filled * _SPARSE):
        raise SheetError("file.too_many_cells", rows=rows, columns=widest, limit=max(_MOST_CELLS, filled * _SPARSE))
    return pa.concat_tables([_widened(table, widest) for table in tables]), uneven


def _records(body: bytes, delimiter: str, first_row: int) -> Iterator[list[str]]:
    lines = io.TextIOWrapper(io.BytesIO(body), "utf-8", newline="")
    row, held = first_row - 1, None
    try:
        for record in csv.reader(chain(lines, [_END]), delimiter=delimiter):
            if held is not None:
                yield held
            row, held = row + 1, record
    except csv.Error as err:
        raise too_long(row + 1, b'"' in body) from err
    if held is None or held == [_END]:
        return
    last = held[-1].rstrip(f"\r\n{_END}")
    if "\n" in last or "\r" in last:
        raise SheetError("file.unclosed_quote", row=row)
    yield [*held[:-1], last]


def too_long(row: int, has_quotes: bool) -> SheetError:
    """Make the error for a cell over 128 KiB: in a file with quotes it is the rest of the file after an open quote."""
    return SheetError("file.unclosed_quote" if has_quotes else "file.row_too_long", row=row)


def _table(records: list[list[str]], width: int, limits: Limits) -> pa.Table:
    for record in records:
        while len(record) > width and not record[-1]:
            record.pop()
    widest = max(width, *map(len, records))
    if widest > max(width, limits.columns):
        raise SheetError("file.too_many_columns", columns=widest, limit=limits.columns)
    padded = [record + [""] * (widest - len(record)) for record in records]
    columns = zip(*padded, strict=True)
    return pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns)})


def _widened(table: pa.Table, width: int) -> pa.Table:
    for place in range(table.num_columns, width):
        table = table.append_column(str(place), pa.repeat(pa.scalar(""), table.num_rows))
    return table


def rows_with_swallowed(cells: pa.Table, width: int, delimiter: str | None) -> list[int]:
    """List the places of rows with a cell that seems to contain further rows; ``width`` is the header's columns.

    Such a cell has a line break, and the separators that the cut rows lack: either those of a whole row after the
    break, or, when the quotes open and close in the same column, those of the columns to its right before the break and
    those of the columns to its left after it.
    """
    if delimiter is None or width < 2:
        return []
    too_long = _filled_beyond(cells, width)
    found: set[int] = set()
    for place, column in enumerate(cells.columns):
        broken = pc.indices_nonzero(pc.match_substring_regex(column, _BREAK))
        if not len(broken):
            continue
        holds = pc.match_substring_regex(column.take(broken), _pattern(min(place, width - 1), width, delimiter))
        # Quotes that open and close in different columns leave a row that is too long.
        found.update(broken.filter(pc.or_(holds, too_long.take(broken))).to_pylist())
    return sorted(found)


def first_with_swallowed(rows: Iterable[Sequence[str]], delimiter: str | None) -> int | None:
    """Return the place of the first of ``rows`` (titles and header) with a cell that seems to contain further rows."""
    if delimiter is None:
        return None
    # A separator followed by a blank is prose: «Telefone⏎(fixo, celular)».
    holds = re.compile(rf"{_BREAK}[^{re.escape(delimiter)}]*{re.escape(delimiter)}(?! )")
    return next((at for at, row in enumerate(rows) if any(holds.search(cell) for cell in row)), None)


def _pattern(place: int, width: int, delimiter: str) -> str:
    sign = re.escape(delimiter)

    def times(count: int) -> str:
        return rf"(?:[^{sign}]*{sign}){{{min(count, _MOST)}}}"

    return rf"(?s){_BREAK}{times(width - 1)}|^{times(width - 1 - place)}.*{_BREAK}{times(place)}"


def _filled_beyond(cells: pa.Table, width: int) -> pa.Array:
    """Mark the rows with a filled cell after the last column of the header."""
    beyond = np.zeros(cells.num_rows, dtype=bool)
    for column in cells.columns[width:]:
        beyond |= np.asarray(pc.not_equal(column, ""))
    return pa.array(beyond)
