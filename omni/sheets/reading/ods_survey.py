"""Survey of an ods: hidden rows and columns, merged cells, the extent of each table, and the texts that cells show.

In an ods each cell stores the text it shows besides its value, so no number format is needed. Libraries write the value
itself in place of that text; it is then shown as a number or date without a format.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import chain
from typing import Final
from zipfile import ZipFile

import numpy as np

from omni.errors import SheetError
from omni.sheets.limits import MAX_CELLS
from omni.sheets.reading.archive import chunks
from omni.sheets.reading.merged_cells import Area
from omni.sheets.reading.sheet_language import Signs
from omni.sheets.reading.survey import MOST_MERGES, Survey
from omni.sheets.reading.typed_cells import CellCollector, CellKind, Format, Placed, TypedCells, number_of

_TYPED: Final = re.compile(rb'\boffice:value-type="(float|percentage|currency|date|time|boolean)"')
_VALUE: Final = re.compile(rb'\boffice:(?:boolean-|date-|time-)?value="([^"]*)"')
_ERROR: Final = re.compile(rb'\bcalcext:value-type="error"')
# A tag, with the first paragraph of text in a cell.
_TAG: Final = re.compile(
    rb"<(/?)table:(table-row|table-column|table-cell|covered-table-cell|table)\b(?!-)([^>]*)>"
    rb"(?:<text:p\b[^>]*>((?:[^<]|<text:s\b[^>]*/>|</?text:span\b[^>]*>)*)</text:p>)?"
)
# A format fills the width of a cell with blanks between a currency and its amount; the stored text has none of them.
_FILLED: Final = b"<number:fill-character"
_CURRENCY_AND_AMOUNT: Final = re.compile(r"^(-?\(?[^\s\d.,()+-]+)(?=[\d-])")
_IN_TEXT: Final = re.compile(rb"<text:s\b[^>]*/>|</?text:span\b[^>]*>")
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?")
_DURATION: Final = re.compile(r"-?PT(\d+)H(\d+)M([\d.,]+)S")
_EPOCH: Final = np.datetime64("1899-12-30")
_FORMATS: Final[tuple[Format, ...]] = (0, "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "dd/mm/yyyy hh:mm:ss", "hh:mm", "hh:mm:ss")
_DOCUMENT_LANGUAGE: Final = re.compile(
    rb'<style:default-style\b[^>]*style:family="table-cell".*?</style:default-style>', re.DOTALL
)
_LANGUAGE: Final = re.compile(rb'\bfo:language="(\w+)"')
_COUNTRY: Final = re.compile(rb'\bfo:country="(\w+)"')
_MOST_STYLES: Final = 16 * 2**20
_REPEATED: Final = re.compile(rb'\btable:number-(?:rows|columns)-repeated="(\d+)"')
_SPANNED: Final = re.compile(rb'\btable:number-(rows|columns)-spanned="(\d+)"')
_UNSEEN: Final = re.compile(rb'\btable:visibility="(?:collapse|filter)"')
_CELL: Final = b"<table:table-cell"
_LONGEST_CELL: Final = 2**20
_KEPT_DIGITS: Final = 15


def survey_ods(archive: ZipFile) -> list[Survey]:
    """Survey every table, in order (OpenDocument 1.3 part 3, 9.1: visibility and repetition). Raises ``SheetError``."""
    tables: list[_Table] = []
    has_fills = _FILLED in _styles(archive)
    for chunk in _whole_cells(chunks(archive, "content.xml")):
        has_fills = has_fills or (not tables and _FILLED in chunk)
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise SheetError("file.unreadable", detail="content.xml: DTD")
        for closing, kind, attributes, shown in _TAG.findall(chunk):
            if closing:
                continue
            if kind == b"table":
                tables.append(_Table(has_fills=has_fills))
            elif tables:
                repeated = _REPEATED.search(attributes)
                tables[-1].take(kind, attributes, int(repeated[1]) if repeated else 1, shown)
    return [table.survey() for table in tables]


def _whole_cells(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Divide the text into pieces of which none ends between a cell's tag and the text it shows."""
    rest = b""
    for piece in pieces:
        whole, cell, rest = (rest + piece).rpartition(_CELL)
        if len(rest) > _LONGEST_CELL:
            yield whole + cell + rest
            rest = b""
        else:
            yield whole
            rest = cell + rest
    yield rest


class _Table:
    """The rows and cells of one table, collected tag by tag; one tag may be repeated for many of them."""

    def __init__(self, *, has_fills: bool) -> None:
        self._unseen: list[tuple[int, int]] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._merged: list[Area] = []
        self._row, self._repeat, self._column = 0, 1, 0
        self._declared = 0
        self._rows = self._columns = self._cells = 0
        self._typed = _TypedTexts(has_fills=has_fills)

    def take(self, kind: bytes, attributes: bytes, repeat: int, shown: bytes) -> None:
        if kind == b"table-row":
            self._row, self._repeat, self._column = self._row + self._repeat, repeat, 0
            if _UNSEEN.search(attributes):
                self._unseen.append((self._row, self._row + repeat))
            return
        if kind == b"table-column":
            if _UNSEEN.search(attributes):
                self._hidden_columns.append((self._declared, self._declared + repeat - 1))
            self._declared += repeat
            return
        if b"-spanned=" in attributes and len(self._merged) < MOST_MERGES:
            spans = {name: int(count) for name, count in _SPANNED.findall(attributes)}
            bottom = self._row + spans.get(b"rows", 1) - 1
            self._merged.append(Area(self._row, self._column, bottom, self._column + spans.get(b"columns", 1) - 1))
        if b"value-type=" in attributes or b"table:formula=" in attributes:
            self._typed.take(attributes, shown, self._column, repeat, self._row, self._repeat)
        self._column += repeat
        if b"value-type=" in attributes:
            self._cells += 1
            self._rows = max(self._rows, self._row + self._repeat - 1)
            self._columns = max(self._columns, self._column)

    def survey(self) -> Survey:
        filled = (range(start, min(end, self._rows + 1)) for start, end in self._unseen)
        hidden = frozenset(chain.from_iterable(filled))
        return Survey(
            hidden,
            self._rows,
            self._columns,
            self._cells,
            tuple(self._hidden_columns),
            tuple(self._merged),
            typed=self._typed.cells(),
        )


class _TypedTexts:
    """Collects the texts that numbers, dates and truth values show, and the values of those that show no other text.

    ``has_fills`` tells that a format puts blanks between a currency and its amount.
    """

    def __init__(self, *, has_fills: bool) -> None:
        self._has_fills = has_fills
        # An array takes four bytes per row: one tag may be repeated for a million rows.
        self._shown: dict[int, tuple[array[int], array[int]]] = {}
        self._errors: dict[int, tuple[array[int], array[int]]] = {}
        self._places: dict[str, int] = {}
        self._found = CellCollector(_FORMATS)
        self._count = 0

    def take(self, attributes: bytes, shown: bytes, column: int, columns: int, row: int, rows: int) -> None:
        """Add a cell, repeated for this many columns and rows. Raises ``SheetError``."""
        typed = _TYPED.search(attributes)
        is_error = bool(_ERROR.search(attributes))
        is_uncalculated = b"value-type=" not in attributes and not shown
        if not typed and not is_error and not is_uncalculated:
            return
        self._count += columns * rows
        if self._count > MAX_CELLS:
            raise SheetError("file.too_many_cells", rows=row + rows - 1, columns=column + columns - 1, limit=MAX_CELLS)
        given = _VALUE.search(attributes)
        value = given[1].decode("utf-8", "replace") if given else ""
        text = unescape(_IN_TEXT.sub(b" ", shown).decode("utf-8", "replace")).strip()
        if self._has_fills and typed and typed[1] in (b"float", b"currency"):
            text = _CURRENCY_AND_AMOUNT.sub(r"\1 ", text)
        if is_error or (typed and not _is_value_itself(typed[1], value, text)):
            placed = self._errors if is_error else self._shown
            at = self._places.setdefault(text, len(self._places))
            for place in range(column, column + columns):
                numbers, texts = placed.setdefault(place, (array("i"), array("i")))
                numbers.extend(range(row, row + rows))
                texts.extend([at] * rows)
            return
        kind, format_index, number = CellKind.UNCALCULATED, 0, 0.0
        if typed:
            found = _without_text(typed[1], value)
            if found is None:
                return
            kind, format_index, number = found
        for place in range(column, column + columns):
            for at in range(row, row + rows):
                self._found.add_one(place, at, kind, format_index, number)

    def cells(self) -> TypedCells:
        """Return everything that was added."""
        texts = list(self._places)

        def placed(found: dict[int, tuple[array[int], array[int]]]) -> dict[int, Placed[str]]:
            return {
                column: Placed(np.array(rows, np.int32), [texts[at] for at in places])
                for column, (rows, places) in found.items()
            }

        return replace(self._found.cells(), shown=placed(self._shown), errors=placed(self._errors))


def _is_value_itself(kind: bytes, value: str, text: str) -> bool:
    """Tell whether the text of a cell is its value as a library writes it, and not what a program shows."""
    if not text or text == value:
        return True
    if kind in (b"float", b"percentage", b"currency"):
        number = number_of(value)
        return text in (repr(number), f"{number:.0f}" if number == int(number) else "")
    if kind == b"date":
        return bool(_DATE.fullmatch(text))
    return kind == b"boolean" and text.lower() in ("true", "false")


def _without_text(kind: bytes, value: str) -> tuple[CellKind, int, float] | None:
    """Return kind, place in ``_FORMATS`` and value of a cell without a text of its own; None to leave it as read."""
    if kind == b"boolean":
        return CellKind.TRUTH, 0, float(value == "true")
    if kind == b"date":
        found = _DATE.match(value)
        if not found:
            return None
        day = float((np.datetime64(found[1]) - _EPOCH).astype(np.int64))
        hours, minutes, rest = (int(part or 0) for part in found.groups()[1:])
        shows = 3 if rest else 2 if hours or minutes else 1
        return CellKind.NUMBER, shows, day + (hours * 3600 + minutes * 60 + rest) / 86_400
    if kind == b"time":
        lasting = _DURATION.fullmatch(value)
        if not lasting:
            return None
        seconds = int(lasting[1]) * 3600 + int(lasting[2]) * 60 + float(lasting[3].replace(",", "."))
        return CellKind.NUMBER, 5 if seconds % 60 else 4, seconds / 86_400
    if value.isdecimal():
        return (CellKind.LONG, 0, 0.0) if len(value) > _KEPT_DIGITS else None
    return CellKind.NUMBER, 0, number_of(value)


def _styles(archive: ZipFile) -> bytes:
    """Return the XML of the named styles; nothing if there are none, or too many to read."""
    name = "styles.xml"
    if name not in archive.namelist() or archive.getinfo(name).file_size > _MOST_STYLES:
        return b""
    return archive.read(name)


def signs_of_ods(archive: ZipFile) -> Signs:
    """Return the signs of the language of an ods: the locale of its default style."""
    style = _DOCUMENT_LANGUAGE.search(_styles(archive))
    language, country = (pattern.search(style[0]) if style else None for pattern in (_LANGUAGE, _COUNTRY))
    if not language:
        return Signs()
    return Signs(document="-".join(part[1].decode() for part in (language, country) if part))
