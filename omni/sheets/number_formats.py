"""Number formats of an xlsx that show zeros in front: the 1234 in a column of codes that people read as 01234.

The stored number has lost the zeros; its format has kept how many there are. Read only where a workbook has such a
format at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from zipfile import ZipFile

import pyarrow as pa

from omni.sheets.archive import chunks
from omni.sheets.xml_tags import attributes, tags

# Zeros, at least two in front, with signs people put between the digits of codes, postcodes and phones.
_ZEROS: Final = re.compile(r'(?:[-./() ]|\\.|"[-./() ]*")*00(?:0|[-./() ]|\\.|"[-./() ]*")*')
_CELL_TAG: Final = re.compile(rb"<c\b[^>]*>")
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DIGITS: Final = re.compile(r"\d+")


def zero_formats(archive: ZipFile) -> dict[int, str]:
    """Cell styles (places in cellXfs, ECMA-376 part 1, 18.8.10) that show zeros in front, with the format code."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = archive.read("xl/styles.xml")
    codes = {given.get("numFmtId", ""): given.get("formatCode", "") for given in tags(styles, "numFmt")}
    wanted = {name: code for name, code in codes.items() if _ZEROS.fullmatch(code)}
    if not wanted:
        return {}
    start = styles.find(b"<cellXfs")
    cell_styles = tags(styles[start : styles.find(b"</cellXfs>", start)], "xf") if start >= 0 else ()
    return {place: wanted[given["numFmtId"]] for place, given in enumerate(cell_styles)
            if given.get("numFmtId") in wanted}  # fmt: skip


def shown_with_zeros(archive: ZipFile, entry: str) -> dict[int, dict[int, str]]:
    """Of one worksheet: column (from 0) to row number to format code; empty, and quick, for nearly all."""
    styles = zero_formats(archive)
    found: dict[int, dict[int, str]] = {}
    if not styles:
        return found
    marks = tuple(b's="%d"' % style for style in styles)
    for chunk in chunks(archive, entry):
        if not any(mark in chunk for mark in marks):
            continue
        for tag in _CELL_TAG.findall(chunk):
            given = attributes(tag)
            style = given.get("s", "")
            if not style.isdecimal() or int(style) not in styles or given.get("t", "n") != "n":
                continue
            if place := _PLACE.fullmatch(given.get("r", "")):
                found.setdefault(_column(place[1]), {})[int(place[2])] = styles[int(style)]
    return found


def with_zeros(column: pa.Array, first_row: int, formats: Mapping[int, str]) -> tuple[pa.Array, int]:
    """``column`` with whole numbers as they are shown, and how many cells that changed."""
    cells = column.to_pylist()
    count = 0
    for row, code in formats.items():
        at = row - first_row
        if 0 <= at < len(cells) and _DIGITS.fullmatch(cells[at] or ""):
            shown = as_shown(cells[at], code)
            count += shown != cells[at]
            cells[at] = shown
    return pa.array(cells, pa.string()), count


def as_shown(digits: str, code: str) -> str:
    """``1234`` in the format ``00000`` as ``01234``, and in ``00000-000`` as ``00001-234``."""
    plain = re.sub(r"\\(.)", r"\1", code.replace('"', ""))
    left = digits.rjust(plain.count("0"), "0")
    shown: list[str] = []
    for sign in reversed(plain):
        if sign == "0":
            shown.append(left[-1])
            left = left[:-1]
        else:
            shown.append(sign)
        if not left:
            break
    rest = plain[: len(plain) - len(shown)]
    return rest + left + "".join(reversed(shown)) if "0" not in rest else "".join(reversed(shown))


def _column(letters: Iterable[str]) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
