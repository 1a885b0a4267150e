"""How far the filled cells of an xlsx reach, known before a reader makes room for all that lies between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from zipfile import ZipFile

from omni.errors import SheetError
from omni.sheets.archive import chunks
from omni.sheets.limits import LAST_ROW, MAX_SPARSE_CELLS, most_cells

_ALPHABET: Final = 26
# Signs of a cell beyond column Z or row 999,999, or of a hand that hides one.
_FAR: Final = re.compile(rb""" r=["'][A-Za-z](?:[A-Za-z]|\d{7})""")
# Each behind something rare that it holds, and that is found in a fraction of the time.
_ODD: Final = ((b"\n", b"\nr="), (b"\r", b"\rr="), (b"\t", b"\tr="))
_ANY_CELL: Final = re.compile(rb""" r=["']([A-Za-z]+)(\d+)""")
# A cell with something in it: an empty one (``<c …/>``) carries a format and nothing else.
_CELL: Final = re.compile(rb"""<c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'](?:[^>]*[^/])?>""")


class Cells:
    """What is known of a worksheet's cells (ECMA-376 part 1, 18.3.1.4: c) without looking at each of them."""

    def __init__(self) -> None:
        self.count = 0
        self._rows = 0
        self._is_far = self._is_odd = False

    def take(self, chunk: bytes, row_tags: bytes, number: int) -> None:
        """A chunk, its rows' tags, and the number of the last. Raises ``SheetError`` for a row that no program has."""
        if number > LAST_ROW:
            raise SheetError("file.too_many_cells", rows=number, columns=_ALPHABET, limit=MAX_SPARSE_CELLS)
        self._rows = max(self._rows, number)
        self.count += chunk.count(b"<c ")
        self._is_far = self._is_far or bool(_FAR.search(chunk))
        self._is_odd = self._is_odd or b"r =" in row_tags or any(rare in chunk and sign in chunk for rare, sign in _ODD)

    def extent(self, chunks_again: Callable[[], Iterator[bytes]]) -> tuple[int, int]:
        """Rows and columns that hold all filled cells: exact only where a bound would be more than is taken."""
        rows, columns = self._rows, _ALPHABET
        if self._is_far and not self._is_odd:
            rows, columns = _reach(chunks_again(), _ANY_CELL)
        if self._is_odd or rows * columns > most_cells(self.count):
            rows, columns = _reach(chunks_again(), _CELL)
        return rows, columns


def _reach(chunks: Iterator[bytes], cell: re.Pattern[bytes]) -> tuple[int, int]:
    """The last row and the number of columns of all cells that the pattern finds."""
    row, column = 0, -1
    for chunk in chunks:
        if found := cell.findall(chunk):
            row = max(row, *map(int, {number for _, number in found}))
            column = max(column, *map(place_of, {letters for letters, _ in found}))
    return row, column + 1


def place_of(letters: bytes) -> int:
    """``A`` as 0, ``AB`` as 27."""
    place = 0
    for letter in letters.upper():
        place = place * _ALPHABET + letter - ord("A") + 1
    return place - 1


def plain_chunks(archive: ZipFile, entry: str) -> Iterator[bytes]:
    """The worksheet without the prefix that some programs put before every tag. Raises ``SheetError`` for a DTD."""
    prefix = b""
    has_begun = False
    for place, chunk in enumerate(chunks(archive, entry)):
        if not place and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise SheetError("file.unreadable", detail=f"{entry}: UTF-16")
        if not has_begun:
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise SheetError("file.unreadable", detail=f"{entry}: DTD")
            found = re.search(rb"<([\w.-]+:)?worksheet\b", chunk)
            has_begun = bool(found)
            prefix = (found[1] or b"") if found else b""
        yield chunk.replace(b"<" + prefix, b"<") if prefix else chunk
