"""Cells of a worksheet that do not hold a text: numbers with their formats, truth values, errors and formulas.

fastexcel returns the text of every cell, but neither formats nor errors, so the surveys of the three kinds of workbooks
collect these cells. Rows are numbered as the spreadsheet program shows them, columns from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Format = str | int
"""A format code, or the id of a built-in format, whose code depends on the language."""
Rows = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
_Value = TypeVar("_Value")
_SINGLE_CELLS: Final = 50_000
"""Single cells that are kept as Python objects at a time."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[_Value]):
    """Rows of one column, and a value for each."""

    rows: Rows
    values: Sequence[_Value] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class TypedCells:
    """The cells by column (from 0).

    ``numbers`` and ``texts`` are by format; ``numbers`` leaves out whole numbers whose format shows all of their digits
    and nothing else, ``texts`` has the rows of texts that a format changes. ``shown`` are texts that the file stores
    for numbers. ``errors`` are English names. ``uncalculated`` are the rows of formulas without a result, ``long`` the
    rows of numbers of more digits than a program keeps.
    """

    numbers: Mapping[int, Mapping[Format, Placed[float]]] = field(default_factory=dict)
    texts: Mapping[int, Mapping[Format, Rows]] = field(default_factory=dict)
    truths: Mapping[int, Placed[bool]] = field(default_factory=dict)
    errors: Mapping[int, Placed[str]] = field(default_factory=dict)
    shown: Mapping[int, Placed[str]] = field(default_factory=dict)
    uncalculated: Mapping[int, Rows] = field(default_factory=dict)
    long: Mapping[int, Rows] = field(default_factory=dict)
    is_1904: bool = False


class CellKind(IntEnum):
    """Kind of a collected cell."""

    NUMBER = 0
    TRUTH = 1
    ERROR = 2
    TEXT = 3
    UNCALCULATED = 4
    LONG = 5


class CellCollector:
    """Collects cells part by part: columns, rows, kinds, indices of ``formats``, and values.

    A number's value is itself, a truth value's 0 or 1, an error's the place that ``error_place`` returned.
    """

    def __init__(self, formats: Sequence[Format]) -> None:
        self.formats = formats
        self._error_names: list[str] = []
        self._found: dict[tuple[CellKind, int, int], list[tuple[Rows, Floats]]] = {}
        self._single: list[tuple[int, int, CellKind, int, float]] = []

    def add(self, columns: Rows, rows: Rows, kinds: Rows, formats: Rows, values: Floats) -> None:
        """Add cells; the arrays have the same length."""
        values = np.where(np.isfinite(values), values, 0.0)  # others occur in damaged files only
        key = (columns.astype(np.int64) * len(CellKind) + kinds) * (len(self.formats) + 1) + formats
        for number in np.unique(key).tolist():
            here = key == number
            rest, format_index = divmod(number, len(self.formats) + 1)
            column, kind = divmod(rest, len(CellKind))
            self._found.setdefault((CellKind(kind), column, format_index), []).append((rows[here], values[here]))

    def add_one(self, column: int, row: int, kind: CellKind, format_index: int = 0, value: float = 0.0) -> None:
        """Add a single cell."""
        self._single.append((column, row, kind, format_index, value))
        if len(self._single) >= _SINGLE_CELLS:
            self._add_single()

    def _add_single(self) -> None:
        columns, rows, kinds, formats, values = zip(*self._single, strict=True)
        as_rows = [np.array(part, np.int32) for part in (columns, rows, kinds, formats)]
        self.add(as_rows[0], as_rows[1], as_rows[2], as_rows[3], np.array(values, np.float64))
        self._single = []

    def error_place(self, name: str) -> int:
        """Return the value that stands for an error of this name."""
        if name not in self._error_names:
            self._error_names.append(name)
        return self._error_names.index(name)

    def cells(self, *, is_1904: bool = False) -> TypedCells:
        """Return everything that was added."""
        if self._single:
            self._add_single()
        # Several styles may have the same format.
        parts_of: dict[tuple[CellKind, int, Format], list[tuple[Rows, Floats]]] = {}
        for (kind, column, format_index), parts in self._found.items():
            parts_of.setdefault((kind, column, self.formats[format_index]), []).extend(parts)
        numbers: dict[int, dict[Format, Placed[float]]] = {}
        texts: dict[int, dict[Format, Rows]] = {}
        truths: dict[int, Placed[bool]] = {}
        errors: dict[int, Placed[str]] = {}
        others: dict[CellKind, dict[int, Rows]] = {CellKind.UNCALCULATED: {}, CellKind.LONG: {}}
        for (kind, column, code), parts in parts_of.items():
            rows, values = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
            if kind is CellKind.NUMBER:
                numbers.setdefault(column, {})[code] = Placed(rows, values)
            elif kind is CellKind.TEXT:
                texts.setdefault(column, {})[code] = rows
            elif kind is CellKind.TRUTH:
                truths[column] = Placed(rows, values.astype(np.bool_))
            elif kind is CellKind.ERROR:
                errors[column] = Placed(rows, [self._error_names[int(value)] for value in values])
            else:
                others[kind][column] = rows
        return TypedCells(
            numbers, texts, truths, errors, {}, others[CellKind.UNCALCULATED], others[CellKind.LONG], is_1904
        )


def number_of(text: str) -> float:
    """Return the number in a cell; 0 where a damaged file has none, as other readers do."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if np.isfinite(number) else 0.0
