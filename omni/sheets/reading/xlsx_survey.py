"""Survey of an xlsx: its worksheets, and hidden rows and columns, merged cells and extent of each.

The XML is searched as a stream of tags, not parsed: nothing is expanded, a hundred megabytes take half a second, and
text cannot be mistaken for a tag because XML escapes ``<``. The extent of the filled cells is known before a reader
allocates memory for everything between them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from zipfile import BadZipFile, ZipFile

from omni.errors import SheetError
from omni.sheets.limits import LAST_ROW, MAX_CELLS, MAX_SPARSE_CELLS, most_cells
from omni.sheets.reading.archive import ALPHABET, attributes, place_of, plain_chunks, tags
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.survey import MOST_MERGES, Survey
from omni.sheets.reading.xlsx_cells import XlsxCells
from omni.sheets.reading.xlsx_styles import XlsxStyles, xlsx_styles

_ROW_TAG: Final = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER: Final = re.compile(rb"""\br=["'](\d+)["']""")
_IS_HIDDEN: Final = re.compile(rb"""\b(?:hidden=["'](?:1|true)|(?:ht|width)=["']0(?:\.0+)?)["']""")
# Signs of a row that is hidden, has no height, or has no number: only then is each row of a chunk examined.
_HIDING: Final = (b"hidden=", b'ht="0', b"ht='0", b"<row>")
_COLUMN_TAG: Final = re.compile(rb"<col\b[^>]*>")
_MERGE_TAG: Final = re.compile(rb"<mergeCell\b[^>]*>")
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
# Signs of a cell beyond column Z or row 999,999.
_FAR: Final = re.compile(rb""" r=["'][A-Za-z](?:[A-Za-z]|\d{7})""")
# Signs of an unusual spelling that could hide such a cell, each after a rare byte that is found faster.
_ODD: Final = ((b"\n", b"\nr="), (b"\r", b"\rr="), (b"\t", b"\tr="))
_ANY_CELL: Final = re.compile(rb""" r=["']([A-Za-z]+)(\d+)""")
# A filled cell: an empty one (``<c …/>``) has only a format.
_CELL: Final = re.compile(rb"""<c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'](?:[^>]*[^/])?>""")


@dataclass(frozen=True, slots=True)
class Part:
    """One worksheet: its name, the archive entry it is written in, and whether the program shows it."""

    name: str
    entry: str
    visible: bool


def worksheets(archive: ZipFile) -> list[Part]:
    """List the worksheets in the workbook's order; sheets that are charts or macros are left out.

    Source: ECMA-376 part 1, 18.2.20 (sheet), and part 2, 9.3 (relationships). Raises ``SheetError``.
    """
    book = main_entry(archive)
    folder, file = posixpath.split(book)
    targets = _relations(archive, posixpath.join(folder, "_rels", f"{file}.rels"), folder)
    parts = []
    for sheet in tags(_content(archive, book), "sheet"):
        kind, entry = targets.get(sheet.get("id", ""), ("", ""))
        if kind == "worksheet":
            stored = _stored_name(archive, entry)
            parts.append(Part(sheet.get("name", ""), stored, sheet.get("state", "visible") == "visible"))
    return parts


def main_entry(archive: ZipFile) -> str:
    """Return the archive entry of the workbook itself. Raises ``SheetError``."""
    root = _relations(archive, "_rels/.rels", "")
    return next((entry for kind, entry in root.values() if kind == "officeDocument"), "xl/workbook.xml")


def styles_of(archive: ZipFile, parts: list[Part]) -> XlsxStyles:
    """Read the styles of a workbook with these worksheets. Raises ``SheetError``."""
    book = main_entry(archive)
    folder, file = posixpath.split(book)
    targets = _relations(archive, posixpath.join(folder, "_rels", f"{file}.rels"), folder)
    beside = posixpath.join(folder, "styles.xml")
    styles = next((entry for kind, entry in targets.values() if kind == "styles"), beside)
    return xlsx_styles(archive, book, styles, [part.name for part in parts])


def book_entry(archive: ZipFile) -> str:
    """Return the name of the entry with the workbook, from the relationships of the package. Raises ``SheetError``."""
    root = _relations(archive, "_rels/.rels", "")
    return next((entry for kind, entry in root.values() if kind == "officeDocument"), "xl/workbook.xml")


def _relations(archive: ZipFile, entry: str, folder: str) -> dict[str, tuple[str, str]]:
    """Read the relationships of an entry: id to (kind, entry it refers to)."""
    return {
        relation.get("Id", ""): (
            relation.get("Type", "").rpartition("/")[2],
            _joined(folder, relation.get("Target", "")),
        )
        for relation in tags(_content(archive, entry), "Relationship")
    }


def _joined(folder: str, target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))


def _stored_name(archive: ZipFile, entry: str) -> str:
    """Return the name of an entry as the archive has it: names of parts do not depend on letter case."""
    if entry in archive.NameToInfo:
        return entry
    return next((name for name in archive.namelist() if name.lower() == entry.lower()), entry)


def _content(archive: ZipFile, entry: str) -> bytes:
    try:
        return archive.read(_stored_name(archive, entry))
    except KeyError as err:
        raise SheetError("file.unreadable", detail=f"{entry} is missing") from err
    except BadZipFile as err:
        raise SheetError("file.truncated") from err


def survey_xlsx(archive: ZipFile, entry: str, styles: XlsxStyles) -> Survey:
    """Survey one worksheet (ECMA-376 part 1, 18.3.1.73: row, 18.3.1.13: col, 18.3.1.55: mergeCell).

    Raises ``SheetError``.
    """
    typed = XlsxCells(styles.formats, styles.changing_texts, is_1904=styles.is_1904)
    hidden: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    merged: list[Area] = []
    cells = _Cells()
    number = 0
    for chunk in plain_chunks(archive, entry):
        if not number:  # columns are declared before the rows
            hidden_columns += _hidden_columns(chunk)
        if b"<mergeCell" in chunk and len(merged) < MOST_MERGES:
            merged += _merged(chunk)
        tags = _ROW_TAG.findall(chunk)
        together = b"".join(tags)
        if tags and not any(sign in together for sign in _HIDING) and (last := _ROW_NUMBER.search(tags[-1])):
            number = int(last[1])
        else:
            for tag in tags:
                given = _ROW_NUMBER.search(tag)
                number = int(given[1]) if given else number + 1
                if _IS_HIDDEN.search(tag):
                    hidden.add(number)
        cells.take(chunk, together, number)
        if cells.count <= MAX_CELLS:
            typed.take(chunk)
    rows, columns = cells.extent(lambda: plain_chunks(archive, entry))
    return Survey(
        frozenset(hidden),
        rows,
        columns,
        cells.count,
        tuple(hidden_columns),
        tuple(merged[:MOST_MERGES]),
        typed.cells(lambda: plain_chunks(archive, entry), recalculates=styles.recalculates),
    )


def _hidden_columns(chunk: bytes) -> Iterator[tuple[int, int]]:
    for tag in _COLUMN_TAG.findall(chunk):
        given = attributes(tag)
        if _IS_HIDDEN.search(tag) and given.get("min", "").isdecimal() and given.get("max", "").isdecimal():
            yield int(given["min"]) - 1, int(given["max"]) - 1


def _merged(chunk: bytes) -> Iterator[Area]:
    for tag in _MERGE_TAG.findall(chunk):
        if found := _AREA.fullmatch(attributes(tag).get("ref", "")):
            left, right = (place_of(letters.encode()) for letters in (found[1], found[3]))
            yield Area(int(found[2]), left, int(found[4]), right)


class _Cells:
    """Count and extent of a worksheet's cells (ECMA-376 part 1, 18.3.1.4: c) without examining each of them."""

    def __init__(self) -> None:
        self.count = 0
        self._rows = 0
        self._is_far = self._is_odd = False

    def take(self, chunk: bytes, row_tags: bytes, number: int) -> None:
        """Add a chunk, with its rows' tags and the number of the last row.

        Raises ``SheetError`` for a row number beyond that of any program.
        """
        if number > LAST_ROW:
            raise SheetError("file.too_many_cells", rows=number, columns=ALPHABET, limit=MAX_SPARSE_CELLS)
        self._rows = max(self._rows, number)
        self.count += chunk.count(b"<c ")
        self._is_far = self._is_far or bool(_FAR.search(chunk))
        self._is_odd = self._is_odd or b"r =" in row_tags or any(rare in chunk and sign in chunk for rare, sign in _ODD)

    def extent(self, chunks_again: Callable[[], Iterator[bytes]]) -> tuple[int, int]:
        """Return rows and columns that contain all filled cells.

        They are exact only where an upper bound would exceed the limit, or where a cell is beyond column Z.
        """
        rows, columns = self._rows, ALPHABET
        if self._is_far and not self._is_odd:
            rows, columns = _extent(chunks_again(), _ANY_CELL)
        if self._is_odd or rows * columns > most_cells(self.count):
            rows, columns = _extent(chunks_again(), _CELL)
        return rows, columns


def _extent(chunks: Iterator[bytes], cell: re.Pattern[bytes]) -> tuple[int, int]:
    """Return the last row and the number of columns of all cells that the pattern finds."""
    row, column = 0, -1
    for chunk in chunks:
        if found := cell.findall(chunk):
            row = max(row, *map(int, {number for _, number in found}))
            column = max(column, *map(place_of, {letters for letters, _ in found}))
    return row, column + 1
