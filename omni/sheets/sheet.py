"""A spreadsheet after reading: its cells as text, the row numbers that its program shows, and the assumptions made."""

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

Format = Literal["csv", "tsv", "xlsx", "xls", "ods", "vcf"]
CONTACTS_MAY_BE_LOST: Final = frozenset(
    {
        "rows_in_quotes",
        "contacts_above_header",
        "contacts_in_other_sheets",
        "contacts_in_a_row",
        "errors_shown",
        "formulas_uncalculated",
        "merged_hidden",
    }
)
"""Codes of notes that mean rows or values may be missing; all others describe the interpretation of the file."""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about reading a file: a code with figures, such as ``lines_above_header`` with ``{"n": 2}``.

    Its sentence in the catalogs is ``sheet_note.<code>``.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Instructions for reading a file; a value of ``None`` is detected from the file.

    ``sheet`` is a sheet's name. ``header_row`` counts from 1 as the spreadsheet program does; 0 means that there is no
    header. ``language`` (``pt``, ``es`` or ``en``) is that in which a workbook shows numbers and dates, ``decimal`` its
    decimal sign if that is another one. Hidden rows and hidden columns are left out unless ``include_hidden`` and
    ``include_hidden_columns`` are set.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    decimal: str | None = None
    include_hidden: bool = False
    include_hidden_columns: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One of the first rows of a file, as read: its number in the spreadsheet program, and its cells."""

    row: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The filled cells in one line."""
        return " · ".join(" ".join(cell.split()) for cell in self.cells if not is_blank(cell))


@dataclass(frozen=True, slots=True)
class UnreadSheet:
    """A sheet of the workbook that was not read: its name, its rows with a phone or an e-mail, whether it is hidden.

    ``contacts`` is None when the sheet is too large to be looked at as well.
    """

    name: str
    contacts: int | None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The assumptions under which a file was read, and the notes about it.

    ``header_row`` is the last of the ``header_height`` rows of the header; both are 0 when there is no header.
    ``header_is_guess`` is true when the words of the file do not show whether and where there is one. ``above`` are the
    filled lines above the header, which are left out; ``first_rows`` the first rows of the file and those around the
    header, with the ``letters`` of their columns. ``unread_sheets`` are the other sheets of the workbook.
    """

    format: Format
    header_row: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    decimal: str | None = None
    notes: tuple[Note, ...] = ()
    header_height: int = 1
    header_is_guess: bool = False
    above: tuple[Line, ...] = ()
    first_rows: tuple[Line, ...] = ()
    letters: tuple[str, ...] = ()
    unread_sheets: tuple[UnreadSheet, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The filled rows of a spreadsheet.

    ``table`` holds one string column per header (never null; empty cells are ``""``), ``rows`` the number that the
    spreadsheet program shows beside each row. Two kinds of rows are left out of the table. ``blank`` counts empty rows
    before the last filled one; ``blank_rows`` holds their numbers. ``hidden`` counts filled rows that the program does
    not show; ``unseen`` is a table of them with the same columns and ``unseen_rows`` holds their numbers.
    ``hidden_columns`` names filled columns that were left out because the program does not show them.

    The cells are texts as the program shows them. ``stored`` is a table of those columns in which a number's format
    hides digits that it has, such as ``5,51E+12``, with the digits in place of the text; None if there are none.
    ``uncalculated`` has, by column, the numbers of the rows whose cell is a formula that no program has calculated.
    ``joined`` names the columns that are not in the file, whole phones made of a code and a number, with their parts.
    ``long_rows`` are the numbers of rows with more cells than the header: their values may be in the wrong columns.
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
    stored: pa.Table | None = None
    uncalculated: Mapping[str, Sequence[int]] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    long_rows: Sequence[int] = ()

    @property
    def titles(self) -> dict[str, str]:
        """The columns without the parts of joined ones, by the header that tells what they hold.

        For a joined column that is the header of the number, for all others their own.
        """
        parts = {part for parts in self.joined.values() for part in parts}
        numbers = {name: parts[-1] for name, parts in self.joined.items()}
        return {numbers.get(name, name): name for name in self.columns if name not in parts}

    def digits_of(self, column: str) -> pa.ChunkedArray:
        """Return a column with the digits of its numbers, to read phones, addresses and other keys from."""
        if self.stored is not None and column in self.stored.column_names:
            return self.stored.column(column)
        return self.table.column(column)

    def with_digits(self) -> pa.Table:
        """Return the table with the columns of ``stored`` in place of those that show other texts."""
        table = self.table
        for name in self.stored.column_names if self.stored is not None else ():
            table = table.set_column(self.columns.index(name), name, self.stored.column(name))  # type: ignore[union-attr]
        return table

    def with_rows_in_place(self) -> pa.Table:
        """Return the table of ``with_digits`` without the rows of ``long_rows``, unless there are no others."""
        table = self.with_digits()
        in_place = ~np.isin(np.asarray(self.rows), self.long_rows)
        return table if in_place.all() or not in_place.any() else table.filter(pa.array(in_place))


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The result of reading one file format: the cells below the header, and their places in the file.

    ``positions`` are the columns' places in the file (0 is A), ``first_row`` the number of the first row in
    ``cells``, ``hidden`` the numbers of hidden rows, ``hidden_columns`` the indices of hidden columns in ``cells``.
    ``long_rows`` are the numbers of rows with more cells than the header.
    By index, ``stored`` has the columns with digits that their formats hide, and ``uncalculated`` the rows of formulas
    that were never calculated.
    """

    cells: pa.Table
    header: Sequence[str]
    positions: Sequence[int]
    first_row: int
    hidden: frozenset[int]
    assumptions: Assumptions
    hidden_columns: frozenset[int] = frozenset()
    stored: Mapping[int, pa.ChunkedArray] = field(default_factory=dict)
    uncalculated: Mapping[int, Sequence[int]] = field(default_factory=dict)
    long_rows: Sequence[int] = ()


def sheet_of(grid: Grid, options: ReadOptions, limits: Limits) -> Sheet:
    """Make a sheet of a grid: without blank rows, hidden rows and columns, and empty columns without a name.

    Raises ``SheetError`` when no filled row is left, or when there are more rows or columns than ``limits`` allow.
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
    stored = {name: grid.stored[at] for name, at in zip(columns, shown, strict=True) if at in grid.stored}
    digits = pa.table(stored) if stored else None
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
        stored=digits if digits is None or keep.all() else digits.filter(pa.array(keep)),
        uncalculated={
            name: grid.uncalculated[at] for name, at in zip(columns, shown, strict=True) if at in grid.uncalculated
        },
        long_rows=grid.long_rows,
    )


def column_names(header: Sequence[str], letters: Sequence[str]) -> list[str]:
    """Make unique column names of a header.

    Blanks within a title become one space, an empty title becomes its column's letter, and a title that occurs again
    gets `` (2)``. The first column with a title keeps it unchanged, and titles take precedence over letters.
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
    """Return the letters of a column: ``A`` for 0, ``AB`` for 27."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
