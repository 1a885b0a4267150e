"""Columns of a workbook as its program shows them: typed cells formatted, digits kept where formats hide them.

fastexcel returns the columns as text, in which numbers and dates have no format. The cells that the survey found to be
typed are replaced, format by format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.number_format import NumberFormat, number_format
from omni.sheets.reading.sheet_language import SheetLanguage, built_in_format
from omni.sheets.reading.typed_cells import Format, Placed, Rows, TypedCells

_SIGNS: Final = r'[-() ]|\\.|"[-./() ]*"'
# At least two leading zeros, with signs that are used between the digits of codes, postcodes and phones. A bare point
# or slash is not among them, since it formats decimals or a fraction. A language may precede the code; a second part is
# the format of negative numbers.
_MASK: Final = re.compile(rf"(?:\[\$[^\]]*\])?((?:{_SIGNS})*00(?:0|{_SIGNS})*)(?:;.*)?")
_MASKED: Final = r"^0|[-()/]"
"""Text of a number with leading zeros, or with signs between its digits that are not those of thousands."""
_WHOLE: Final = r"^\d+$"


@dataclass(frozen=True, slots=True)
class ShownCells:
    """Columns by their places.

    ``shown`` are the texts as the program shows them. ``stored`` are those of the columns in which a format shows a
    whole number without all of its digits or with further signs: such a cell has its digits there. ``counts`` are
    numbers of cells by the codes of notes, ``errors`` and ``uncalculated`` the rows of such cells by column.
    """

    shown: dict[int, pa.Array]
    stored: dict[int, pa.Array]
    counts: Mapping[str, int]
    errors: Mapping[int, Rows] = field(default_factory=dict)
    uncalculated: Mapping[int, Rows] = field(default_factory=dict)


def shown_cells(
    columns: Mapping[int, pa.Array], positions: list[int], typed: TypedCells, language: SheetLanguage, decimal: str
) -> ShownCells:
    """Replace the typed cells of ``columns``, which begin in row 1 and are at ``positions`` in the worksheet."""
    shown, stored = dict(columns), {}
    counts: Counter[str] = Counter()
    for at, column in columns.items():
        cells = _Replacements(column)
        position = positions[at]
        for code, numbers in typed.numbers.get(position, {}).items():
            made = number_format(_code(code, language), language, decimal, typed.is_1904)
            cells.add_numbers(numbers, made, counts)
        if truths := typed.truths.get(position):
            cells.add(truths.rows, _texts(truths.values, lambda value: language.truth(bool(value))))
        if errors := typed.errors.get(position):
            cells.add(errors.rows, _texts(errors.values, language.error))
        if texts := typed.shown.get(position):
            cells.add_shown(texts, counts)
        for code, rows in typed.texts.get(position, {}).items():
            cells.add_texts(rows, number_format(_code(code, language), language, decimal, typed.is_1904))
        shown[at], kept = cells.replaced()
        if kept is not None:
            stored[at] = kept
    digits_lost = sum(len(rows) for position, rows in typed.long.items() if position in positions)
    counts["digits_lost"] += digits_lost
    places = {position: at for at, position in enumerate(positions) if at in columns}
    return ShownCells(
        shown,
        stored,
        +counts,
        {places[position]: placed.rows for position, placed in typed.errors.items() if position in places},
        {places[position]: rows for position, rows in typed.uncalculated.items() if position in places},
    )


def _code(code: Format, language: SheetLanguage) -> str:
    return built_in_format(code, language) if isinstance(code, int) else code


def _texts(values: Any, text_of: Any) -> pa.StringArray:
    distinct = {value: text_of(value) for value in set(values)}
    return pa.array([distinct[value] for value in values], pa.string())


class _Replacements:
    """Cells of one column that show another text than the one that was read."""

    def __init__(self, column: pa.Array) -> None:
        self._column = column
        self._rows: list[Rows] = []
        self._texts: list[pa.StringArray] = []
        self._keeps_digits: list[npt.NDArray[np.bool_]] = []

    def add(self, rows: Rows, texts: pa.StringArray, keeps_digits: npt.NDArray[np.bool_] | None = None) -> None:
        """Add cells; ``keeps_digits`` marks those whose digits are stored besides the text."""
        inside = (rows > 0) & (rows <= len(self._column))
        self._rows.append(rows[inside])
        self._texts.append(texts if inside.all() else texts.filter(pa.array(inside)))
        none = np.zeros(len(rows), np.bool_) if keeps_digits is None else keeps_digits
        self._keeps_digits.append(none[inside])

    def add_numbers(self, numbers: Placed[float], made: NumberFormat, counts: Counter[str]) -> None:
        values = np.asarray(numbers.values, np.float64)
        texts = made.texts(values)
        if made.kind == "date":
            counts["dates_as_text"] += len(values)
            self.add(numbers.rows, texts)
            return
        is_whole = values == np.floor(values)
        if _MASK.fullmatch(made.code):
            self.add(numbers.rows, texts)
            stored = pa.array(np.where(is_whole, values, 0).astype(np.int64)).cast(pa.string())
            is_changed = np.asarray(pc.not_equal(stored, texts))
            counts["zeros_shown"] += int((is_whole & is_changed).sum())
            counts["numbers_as_text"] += int((~is_whole).sum())
            return
        counts["numbers_as_text"] += len(values)
        self.add(numbers.rows, texts, is_whole & (values >= _SHORTEST_KEY))

    def add_shown(self, texts: Placed[str], counts: Counter[str]) -> None:
        """Add texts that the file stores; a cell whose text has other digits than its value keeps these too."""
        shown = pa.array(texts.values, pa.string())
        inside = (texts.rows > 0) & (texts.rows <= len(self._column))
        values = self._column.take(pa.array(np.where(inside, texts.rows - 1, 0)))
        is_whole = np.asarray(pc.match_substring_regex(values, _WHOLE))
        has_same_digits = np.asarray(pc.equal(_significant(shown), _significant(values)))
        is_mask = is_whole & has_same_digits & np.asarray(pc.match_substring_regex(shown, _MASKED))
        is_other = np.asarray(pc.not_equal(values, shown))
        is_long = np.asarray(pc.greater_equal(pc.utf8_length(values), len(str(_SHORTEST_KEY))))
        counts["zeros_shown"] += int((is_mask & is_other).sum())
        counts["numbers_as_text"] += int((is_other & ~is_mask).sum())
        self.add(texts.rows, shown, is_whole & ~is_mask & is_other & is_long)

    def add_texts(self, rows: Rows, made: NumberFormat) -> None:
        rows = rows[(rows > 0) & (rows <= len(self._column))]
        self.add(rows, made.of_texts(self._column.take(pa.array(rows - 1))))

    def replaced(self) -> tuple[pa.Array, pa.Array | None]:
        """Return the column as shown, and with digits kept if any are."""
        if not self._rows:
            return self._column, None
        rows = np.concatenate(self._rows)
        texts = pa.concat_arrays(self._texts)
        keeps = np.concatenate(self._keeps_digits)
        rows, last = np.unique(rows[::-1], return_index=True)  # a damaged file may have a cell twice
        places = pa.array(len(keeps) - 1 - last)
        shown = _replaced(self._column, rows, texts.take(places))
        keeps = keeps[np.asarray(places)]
        if not keeps.any():
            return shown, None
        digits = self._column.take(pa.array(rows[keeps] - 1))
        if digits.equals(texts.take(places).filter(pa.array(keeps))):
            return shown, None
        return shown, _replaced(shown, rows[keeps], digits)


def _significant(texts: pa.StringArray) -> pa.StringArray:
    """Return the digits of each text, without leading zeros."""
    return pc.replace_substring_regex(pc.replace_substring_regex(texts, r"\D", ""), "^0+", "")


def _replaced(column: pa.Array, rows: Rows, texts: pa.StringArray) -> pa.Array:
    mask = np.zeros(len(column), np.bool_)
    mask[rows - 1] = True
    return pc.replace_with_mask(column, pa.array(mask), texts)


_SHORTEST_KEY: Final = 100_000
"""The least number whose digits are kept besides the text shown: phones and other codes have at least six digits."""
