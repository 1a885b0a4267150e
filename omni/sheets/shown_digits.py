"""Numbers of an ods that are shown with zeros in front: here each cell says besides its value what it shows."""

from __future__ import annotations

import re
from array import array
from typing import Final

from omni.errors import SheetError
from omni.sheets.limits import MAX_CELLS
from omni.sheets.number_formats import ZeroCells

_VALUE: Final = re.compile(rb'\boffice:value="(\d+)"')


class ShownDigits:
    """Whole numbers that are shown with other signs than their own, by the format that makes that of them."""

    def __init__(self) -> None:
        # Four bytes a row: one tag may stand for a million of them.
        self._cells: dict[int, dict[str, array[int]]] = {}
        self._count = 0
        self._with_zeros: set[tuple[int, str]] = set()

    def take(self, attributes: bytes, shown: bytes, column: int, columns: int, row: int, rows: int) -> None:
        """A cell that shows digits and signs, and stands for so many columns and rows. Raises ``SheetError``."""
        value = _VALUE.search(attributes)
        digits = re.sub(rb"\D", b"", shown)
        if not value or shown == value[1] or digits.lstrip(b"0") != value[1].lstrip(b"0"):
            return
        self._count += columns * rows
        if self._count > MAX_CELLS:
            raise SheetError("file.too_many_cells", rows=row + rows - 1, columns=column + columns - 1, limit=MAX_CELLS)
        code = re.sub(r"\d", "0", shown.decode("ascii"))
        for place in range(column, column + columns):
            self._cells.setdefault(place, {}).setdefault(code, array("i")).extend(range(row, row + rows))
            if digits.startswith(b"0"):
                self._with_zeros.add((place, code))

    def with_zeros_in_front(self) -> ZeroCells:
        """Those of the formats that put zeros in front of some number: ``1.234`` alone is a thousand."""
        found = {
            place: {code: rows for code, rows in codes.items() if (place, code) in self._with_zeros}
            for place, codes in self._cells.items()
        }
        return {place: codes for place, codes in found.items() if codes}
