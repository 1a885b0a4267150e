"""Text files whose records are not all equally long: short ones are padded, long ones keep every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

import pyarrow as pa

from omni.errors import SheetError
from omni.sheets.limits import Limits

_AT_A_TIME: Final = 20_000
_MOST_CELLS: Final = 64_000_000
_SPARSE: Final = 8
"""One long row makes every other as long: past so many cells, one in so many has to be written in the file."""
_END: Final = "\x1e"
"""A line put behind the last one. It comes out alone unless a quote is still open."""


def ragged_cells(
    body: bytes, delimiter: str, width: int, first_row: int, limits: Limits
) -> tuple[pa.Table, tuple[int, int]]:
    """The cells of ``body`` in at least ``width`` columns; how many records had fewer cells, or more filled ones, and
    the row of the first of them (0 for none).

    Raises ``SheetError`` for a quote that is opened and never closed, by the number of its row, where
    ``first_row`` is that of the first record.
    """
    records = _records(body, delimiter, first_row)
    tables: list[pa.Table] = []
    uneven = first = filled = 0
    while some := list(islice(records, _AT_A_TIME)):
        odd = [at for at, record in enumerate(some) if record and (len(record) < width or any(record[width:]))]
        if odd and not uneven:
            first = first_row + len(tables) * _AT_A_TIME + odd[0]
        uneven += len(odd)
        filled += sum(map(len, some))
        tables.append(_table(some, width, limits))
        if len(tables) * _AT_A_TIME > limits.rows + _AT_A_TIME:
            raise SheetError("file.too_many_rows", limit=limits.rows)
    widest = max((table.num_columns for table in tables), default=width)
    rows = sum(table.num_rows for table in tables)
    if rows * widest > max(_MOST_CELLS, filled * _SPARSE):
        raise SheetError("file.too_many_cells", rows=rows, columns=widest, limit=max(_MOST_CELLS, filled * _SPARSE))
    return pa.concat_tables([_widened(table, widest) for table in tables]), (uneven, first)


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
    """What to say of a cell past 128 KiB: where there are quotes, it is the rest of the file, swallowed by one."""
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
