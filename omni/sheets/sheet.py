"""A spreadsheet once it is read: text only, every row under the number its program shows, assumptions beside it.

What was noticed while a spreadsheet was read: a code and its figures, a sentence under ``sheet_note``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import SheetError
from omni.sheets.blanks import blank_cells, blank_rows, is_blank
from omni.sheets.limits import Limits


def column_names(header: Sequence[str], letters: Sequence[str]) -> list[str]:
    """Unique names: blanks within become one space, an empty header its letter, a repeated one gets `` (2)``.

    The first column of a name keeps it, and real headers come before letters.
    """
    plain = [
        " ".join("".join(char for char in title if char.isprintable() or char.isspace()).split()) for title in header
    ]
    names = [""] * len(plain)
    taken: set[str] = set()
    for at in sorted(range(len(plain)), key=lambda at: not plain[at]):
        name, count = plain[at] or letters[at], 1
        while name in taken:
            count += 1
            name = f"{plain[at] or letters[at]} ({count})"
        taken.add(name)
        names[at] = name
    return names


def column_letter(position: int) -> str:
    """``0`` as ``A``, ``27`` as ``AB``."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Note:
    """``lines_above_header`` with ``{"n": 2}``."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


CONTACTS_MAY_BE_LOST: Final = frozenset({"rows_in_quotes"})
"""The codes after which rows may be missing from those that were read; the others say how the rest was taken."""


Format = Literal["csv", "tsv", "xlsx", "xls", "ods"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file; ``None`` means: find out.

    ``sheet`` is a sheet's name. ``header_row`` counts from 1 as the spreadsheet program does; 0 says that
    there is no header. ``decimal`` is the sign that numbers of a workbook are written with. What is hidden is left
    out, rows and columns each, unless it is to be included.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    decimal: str = ","
    include_hidden: bool = False
    include_hidden_columns: bool = False


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What was taken for granted, and noticed. ``header_row`` 0: no header."""

    format: Format
    header_row: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    decimal: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The filled rows of a spreadsheet.

    ``table`` holds one string column per header (never null; empty cells are ``""``), ``rows`` the number
    that the spreadsheet program shows beside each. ``blank`` and ``hidden`` count rows that were left out of
    the table: empty ones before the last filled row, and filled ones that the program does not show; the latter
    stand in ``unseen``, a table of the same columns, with their numbers in ``unseen_rows``, and those of the former in
    ``blank_rows``. ``hidden_columns`` names filled columns that were left out because the program does not show them.
    """

    columns: tuple[str, ...]
    table: pa.Table
    rows: pa.Int64Array
    blank: int
    hidden: int
    assumptions: Assumptions
    unseen: pa.Table | None = None
    unseen_rows: pa.Int64Array | None = None
    blank_rows: pa.Int64Array | None = None
    hidden_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What the reader of one format hands over: the cells below the header, and where they stood.

    ``positions`` are the columns' places in the file (0 is A), ``first_row`` the number of the first row in
    ``cells``, ``hidden`` the numbers of hidden rows, ``hidden_columns`` the indices of hidden columns in ``cells``.
    """

    cells: pa.Table
    header: Sequence[str]
    positions: Sequence[int]
    first_row: int
    hidden: frozenset[int]
    assumptions: Assumptions
    hidden_columns: frozenset[int] = frozenset()


def sheet_of(grid: Grid, options: ReadOptions, limits: Limits) -> Sheet:
    """The grid without blank rows, hidden rows and columns, and nameless empty columns.

    Raises ``SheetError`` when no filled row is left, or when there is more than is taken.
    """
    cells = grid.cells
    if cells.num_rows > limits.rows:
        raise SheetError("file.too_many_rows", limit=limits.rows)
    numbers = np.arange(grid.first_row, grid.first_row + cells.num_rows, dtype=np.int64)
    filled = ~np.asarray(blank_rows(cells))
    unseen = np.isin(numbers, list(grid.hidden)) & filled
    keep = filled if options.include_hidden else filled & ~unseen
    if not keep.any():
        raise SheetError("file.no_rows", n=int(unseen.sum())) if unseen.any() else SheetError("file.no_contacts")
    last = int(np.flatnonzero(filled)[-1])
    blank = np.flatnonzero(~filled[: last + 1])
    places = [
        at
        for at in range(cells.num_columns)
        if not is_blank(grid.header[at]) or not pc.all(blank_cells(cells.column(at))).as_py()
    ]
    if len(places) > limits.columns:
        raise SheetError("file.too_many_columns", columns=len(places), limit=limits.columns)
    names = column_names([grid.header[at] for at in places], [column_letter(grid.positions[at]) for at in places])
    is_left_out = [at in grid.hidden_columns and not options.include_hidden_columns for at in places]
    shown = [at for at, left_out in zip(places, is_left_out, strict=True) if not left_out]
    if not shown:
        raise SheetError("file.no_columns", n=len(places))
    columns = [name for name, left_out in zip(names, is_left_out, strict=True) if not left_out]
    table = cells.select(shown).rename_columns(columns)
    hidden = unseen & ~keep
    return Sheet(
        columns=tuple(columns),
        table=table if keep.all() else table.filter(pa.array(keep)),
        rows=pa.array(numbers[keep]),
        blank=len(blank),
        hidden=int(hidden.sum()),
        assumptions=grid.assumptions,
        unseen=table.filter(pa.array(hidden)) if hidden.any() else table.slice(0, 0),
        unseen_rows=pa.array(numbers[hidden]),
        blank_rows=pa.array(numbers[blank]),
        hidden_columns=tuple(name for name, left_out in zip(names, is_left_out, strict=True) if left_out),
    )
