"""Rows of an xlsx that the spreadsheet program does not show, and how far a worksheet reaches.

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
from omni.sheets.survey import Survey

_ALPHABET: Final = 26
_ROW_TAG: Final = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER: Final = re.compile(rb"""\br=["'](\d+)["']""")
_IS_HIDDEN: Final = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
# A cell with something in it: an empty one (``<c …/>``) carries a format and nothing else.
_CELL: Final = re.compile(rb"""<c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*[^/]>""")
# Signs of a cell beyond column Z or row 999,999, or of a hand that hides one. Only then does it matter where every
# single cell says it is.
_FAR: Final = (re.compile(rb""" r=["'][A-Za-z]{2}"""), re.compile(rb""" r=["'][A-Za-z]\d{7}"""))
_ODD: Final = (b"\nr=", b"\rr=", b"\tr=", b" r =")


def survey_xlsx(archive: ZipFile, entry: str) -> Survey:
    """One worksheet (ECMA-376 part 1, 18.3.1.73: row, 18.3.1.4: c). Raises ``SheetError``."""
    hidden: set[int] = set()
    far = False
    number = rows = 0
    for chunk in _plain_chunks(archive, entry):
        tags = _ROW_TAG.findall(chunk)
        if b"hidden=" not in chunk and tags and (last := _ROW_NUMBER.search(tags[-1])):
            number = int(last[1])
        else:
            for tag in tags:
                given = _ROW_NUMBER.search(tag)
                number = int(given[1]) if given else number + 1
                if _IS_HIDDEN.search(tag):
                    hidden.add(number)
        rows = max(rows, number)
        far = far or any(sign.search(chunk) for sign in _FAR) or any(sign in chunk for sign in _ODD)
    columns = _ALPHABET
    if far:
        for chunk in _plain_chunks(archive, entry):
            for letters, row in _CELL.findall(chunk):
                rows, columns = max(rows, int(row)), max(columns, _place(letters))
    return Survey(frozenset(hidden), rows, columns)


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
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise SheetError("file.unreadable", detail=f"{entry}: DTD")
        if not place:
            if chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise SheetError("file.unreadable", detail=f"{entry}: UTF-16")
            found = re.search(rb"<([\w.-]+:)worksheet\b", chunk)
            prefix = found[1] if found else b""
        yield chunk.replace(b"<" + prefix, b"<") if prefix else chunk
