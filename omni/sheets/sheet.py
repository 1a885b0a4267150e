"""A spreadsheet once it is read: text only, every row under the number its program shows, assumptions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import SheetError
from omni.sheets.blanks import blank_cells, blank_rows, is_blank
from omni.sheets.header import column_letter, column_names
from omni.sheets.limits import MAX_COLUMNS, MAX_ROWS

Format = Literal["csv", "tsv", "xlsx", "xls", "ods"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file; ``None`` means: find out.

    ``sheet`` is a sheet's name. ``header_row`` counts from 1 as the spreadsheet program does; 0 says that
    there is no header. ``decimal`` is the sign that numbers of a workbook are written with.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    decimal: str = ","
    include_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What was taken for granted. ``header_row`` 0: no header. ``notes`` are codes, sentences under ``sheet_note``."""

    format: Format
    header_row: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    decimal: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The filled rows of a spreadsheet.

    ``table`` holds one string column per header (never null; empty cells are ``""``), ``rows`` the number
    that the spreadsheet program shows beside each. ``blank`` and ``hidden`` count rows that were left out of
    the table: empty ones before the last filled row, and filled ones that the program does not show.
    """

    columns: tuple[str, ...]
    table: pa.Table
    rows: pa.Int64Array
    blank: int
    hidden: int
    assumptions: Assumptions


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What the reader of one format hands over: the cells below the header, and where they stood.

    ``positions`` are the columns' places in the file (0 is A), ``first_row`` the number of the first row in
    ``cells``, ``hidden`` the numbers of hidden rows.
    """

    cells: pa.Table
    header: Sequence[str]
    positions: Sequence[int]
    first_row: int
    hidden: frozenset[int]
    assumptions: Assumptions


def sheet_of(grid: Grid, *, include_hidden: bool) -> Sheet:
    """The grid without blank rows, hidden rows and nameless empty columns.

    Raises ``SheetError`` when no filled row is left, or when there is more than Omni takes.
    """
    cells = grid.cells
    if cells.num_rows > MAX_ROWS:
        raise SheetError("file.too_many_rows", limit=MAX_ROWS)
    numbers = np.arange(grid.first_row, grid.first_row + cells.num_rows, dtype=np.int64)
    filled = ~np.asarray(blank_rows(cells))
    unseen = np.isin(numbers, list(grid.hidden)) & filled
    keep = filled if include_hidden else filled & ~unseen
    if not keep.any():
        raise SheetError("file.no_rows", n=int(unseen.sum()))
    blank = int(np.flatnonzero(filled)[-1]) + 1 - int(filled.sum())
    if not keep.all():
        cells, numbers = cells.filter(pa.array(keep)), numbers[keep]
    places = [at for at in range(cells.num_columns)
              if not is_blank(grid.header[at]) or not pc.all(blank_cells(cells.column(at))).as_py()]  # fmt: skip
    if len(places) > MAX_COLUMNS:
        raise SheetError("file.too_many_columns", columns=len(places), limit=MAX_COLUMNS)
    names = column_names([grid.header[at] for at in places], [column_letter(grid.positions[at]) for at in places])
    return Sheet(
        columns=tuple(names),
        table=cells.select(places).rename_columns(names),
        rows=pa.array(numbers),
        blank=blank,
        hidden=0 if include_hidden else int(unseen.sum()),
        assumptions=grid.assumptions,
    )
