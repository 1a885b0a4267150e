"""Rows and columns of an xlsx that the program does not show, its merged cells, and how far a worksheet reaches.

The XML is searched as a stream of tags, not parsed: nothing is expanded, a hundred megabytes take half a second,
and text cannot be mistaken for a tag because XML escapes ``<``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from zipfile import ZipFile

from omni.errors import SheetError
from omni.sheets.archive import chunks
from omni.sheets.merged import Area
from omni.sheets.survey import MOST_MERGES, Survey
from omni.sheets.xml_tags import attributes

_ALPHABET: Final = 26
_ROW_TAG: Final = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER: Final = re.compile(rb"""\br=["'](\d+)["']""")
_IS_HIDDEN: Final = re.compile(rb"""\b(?:hidden=["'](?:1|true)|(?:ht|width)=["']0(?:\.0+)?)["']""")
_COLUMN_TAG: Final = re.compile(rb"<col\b[^>]*>")
_MERGE_TAG: Final = re.compile(rb"<mergeCell\b[^>]*>")
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
# A cell with something in it: an empty one (``<c …/>``) carries a format and nothing else.
_CELL: Final = re.compile(rb"""<c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*[^/]>""")
# Signs of a cell beyond column Z or row 999,999, or of a hand that hides one. Only then does it matter where every
# single cell says it is.
_FAR: Final = re.compile(rb""" r=["'][A-Za-z](?:[A-Za-z]|\d{7})""")
# Each behind something rare that it holds, and that is found in a fraction of the time.
_ODD: Final = ((b"\n", b"\nr="), (b"\r", b"\rr="), (b"\t", b"\tr="), (b"r =", b" r ="))


def survey_xlsx(archive: ZipFile, entry: str) -> Survey:
    """One worksheet (ECMA-376 part 1, 18.3.1.73: row, 18.3.1.4: c, 18.3.1.13: col, 18.3.1.55: mergeCell).

    Raises ``SheetError``.
    """
    hidden: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    merged: list[Area] = []
    far = False
    number = rows = 0
    for chunk in _plain_chunks(archive, entry):
        if not rows:  # columns stand in front of the rows
            hidden_columns += _hidden_columns(chunk)
        if b"<mergeCell" in chunk and len(merged) < MOST_MERGES:
            merged += _merged(chunk)
        last = _ROW_NUMBER.search(chunk, at, chunk.find(b">", at)) if (at := chunk.rfind(b"<row ")) >= 0 else None
        if last is not None and b"hidden=" not in chunk and (b" ht=" not in chunk or not _has_no_height(chunk)):
            number = int(last[1])
        else:
            for tag in _ROW_TAG.findall(chunk):
                given = _ROW_NUMBER.search(tag)
                number = int(given[1]) if given else number + 1
                if _IS_HIDDEN.search(tag):
                    hidden.add(number)
        rows = max(rows, number)
        far = far or bool(_FAR.search(chunk)) or any(rare in chunk and sign in chunk for rare, sign in _ODD)
    columns = _ALPHABET
    if far:
        for chunk in _plain_chunks(archive, entry):
            for letters, row in _CELL.findall(chunk):
                rows, columns = max(rows, int(row)), max(columns, _place(letters))
    return Survey(frozenset(hidden), rows, columns, tuple(hidden_columns), tuple(merged[:MOST_MERGES]))


def _has_no_height(chunk: bytes) -> bool:
    return b'ht="0' in chunk or b"ht='0" in chunk


def _hidden_columns(chunk: bytes) -> Iterator[tuple[int, int]]:
    for tag in _COLUMN_TAG.findall(chunk):
        given = attributes(tag)
        if _IS_HIDDEN.search(tag) and given.get("min", "").isdecimal() and given.get("max", "").isdecimal():
            yield int(given["min"]) - 1, int(given["max"]) - 1


def _merged(chunk: bytes) -> Iterator[Area]:
    for tag in _MERGE_TAG.findall(chunk):
        if found := _AREA.fullmatch(attributes(tag).get("ref", "")):
            left, right = (_place(letters.encode()) - 1 for letters in (found[1], found[3]))
            yield Area(int(found[2]), left, int(found[4]), right)


def _place(letters: bytes) -> int:
    """``A`` as 1, ``AB`` as 28."""
    place = 0
    for letter in letters.upper():
        place = place * _ALPHABET + letter - ord("A") + 1
    return place


def _plain_chunks(archive: ZipFile, entry: str) -> Iterator[bytes]:
    """The worksheet without the prefix that some programs put before every tag."""
    prefix = b""
    for place, chunk in enumerate(chunks(archive, entry)):
        if b"<!" in chunk and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
            raise SheetError("file.unreadable", detail=f"{entry}: DTD")
        if not place:
            if chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise SheetError("file.unreadable", detail=f"{entry}: UTF-16")
            found = re.search(rb"<([\w.-]+:)worksheet\b", chunk)
            prefix = found[1] if found else b""
        yield chunk.replace(b"<" + prefix, b"<") if prefix else chunk
