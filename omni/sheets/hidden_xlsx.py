"""Rows and columns of an xlsx that the program does not show, its merged cells, and how far a worksheet reaches.

The XML is searched as a stream of tags, not parsed: nothing is expanded, a hundred megabytes take half a second,
and text cannot be mistaken for a tag because XML escapes ``<``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from zipfile import ZipFile

from omni.sheets.extent import Cells, place_of, plain_chunks
from omni.sheets.merged import Area
from omni.sheets.survey import MOST_MERGES, Survey
from omni.sheets.xml_tags import attributes

_ROW_TAG: Final = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER: Final = re.compile(rb"""\br=["'](\d+)["']""")
_IS_HIDDEN: Final = re.compile(rb"""\b(?:hidden=["'](?:1|true)|(?:ht|width)=["']0(?:\.0+)?)["']""")
# Signs of a row that is hidden, has no height, or has no number: only then is every row of a chunk looked at.
_HIDING: Final = (b"hidden=", b'ht="0', b"ht='0", b"<row>")
_COLUMN_TAG: Final = re.compile(rb"<col\b[^>]*>")
_MERGE_TAG: Final = re.compile(rb"<mergeCell\b[^>]*>")
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


def survey_xlsx(archive: ZipFile, entry: str) -> Survey:
    """One worksheet (ECMA-376 part 1, 18.3.1.73: row, 18.3.1.13: col, 18.3.1.55: mergeCell).

    Raises ``SheetError``.
    """
    hidden: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    merged: list[Area] = []
    cells = Cells()
    number = 0
    for chunk in plain_chunks(archive, entry):
        if not number:  # columns stand in front of the rows
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
    rows, columns = cells.extent(lambda: plain_chunks(archive, entry))
    return Survey(frozenset(hidden), rows, columns, cells.count, tuple(hidden_columns), tuple(merged[:MOST_MERGES]))


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
