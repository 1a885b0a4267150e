"""Number formats that show leading zeros: the 1234 in a column of codes that an operator sees as 01234.

The stored number has lost the zeros, but its format tells how many there are. The cells of an xlsx are searched for
such formats only if its styles contain one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.archive import attributes, place_of, plain_chunks, tags

ZeroCells = Mapping[int, Mapping[str, Sequence[int]]]
"""Column (from 0) to format code to the row numbers of the cells that are shown in that format."""

_STYLES: Final = "xl/styles.xml"
_MOST_STYLES: Final = 16 * 2**20
"""Bytes of styles that are read at most; a workbook has some thousands."""
_SIGNS: Final = r'[-() ]|\\.|"[-./() ]*"'
# At least two leading zeros, with signs that are used between the digits of codes, postcodes and phones. A bare point
# or slash is not among them, since it formats decimals or a fraction. A language may precede the code; a second part is
# the format of negative numbers.
_ZEROS: Final = re.compile(rf"(?:\[\$[^\]]*\])?((?:{_SIGNS})*00(?:0|{_SIGNS})*)(?:;.*)?")
_ROW_OR_CELL: Final = re.compile(rb"<(?:row|c)\b[^>]*>")
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def zero_formats(archive: ZipFile) -> dict[int, str]:
    """Map cell styles that show leading zeros to their format code, such as ``00000-000``.

    A style is its place in cellXfs (ECMA-376 part 1, 18.8.10).
    """
    if _STYLES not in archive.namelist() or archive.getinfo(_STYLES).file_size > _MOST_STYLES:
        return {}
    styles = archive.read(_STYLES)
    codes = ((given.get("numFmtId"), _ZEROS.fullmatch(given.get("formatCode", ""))) for given in tags(styles, "numFmt"))
    wanted = {name: re.sub(r"\\(.)", r"\1", found[1].replace('"', "")) for name, found in codes if name and found}
    if not wanted:
        return {}
    opened, _, rest = styles.partition(b"cellXfs")
    within = rest.partition(b"cellXfs")[0] if opened else b""
    return {
        place: wanted[given["numFmtId"]]
        for place, given in enumerate(tags(within, "xf"))
        if given.get("numFmtId") in wanted
    }


def shown_with_zeros(archive: ZipFile, entry: str) -> ZeroCells:
    """Find the cells of one worksheet that are shown with leading zeros; nearly all worksheets quickly have none."""
    styles = zero_formats(archive)
    found: dict[int, dict[str, list[int]]] = {}
    for column, row, style in _cells(archive, entry, styles) if styles else ():
        found.setdefault(column, {}).setdefault(styles[style], []).append(row)
    return found


def _cells(archive: ZipFile, entry: str, styles: Mapping[int, str]) -> Iterator[tuple[int, int, int]]:
    """Yield column, row and style of the numbers with one of ``styles``."""
    wanted = b"|".join(b"%d" % style for style in styles)
    usual = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*? s="(%s)"[^>]*)>' % wanted)
    for chunk in plain_chunks(archive, entry):
        if chunk.count(b"<c ") != chunk.count(b'<c r="') or b" s='" in chunk:
            yield from _cells_one_by_one(archive, entry, styles)
            return
    for chunk in plain_chunks(archive, entry):
        for letters, row, rest, style in usual.findall(chunk):
            if b' t="' not in rest or b' t="n"' in rest:
                yield place_of(letters), int(row), int(style)


def _cells_one_by_one(archive: ZipFile, entry: str, styles: Mapping[int, str]) -> Iterator[tuple[int, int, int]]:
    """Yield the same for rows and cells without a reference, which follow the one before them."""
    row, column = 0, -1
    for chunk in plain_chunks(archive, entry):
        for tag in _ROW_OR_CELL.findall(chunk):
            given = attributes(tag)
            if tag.startswith(b"<row"):
                row, column = int(given["r"]) if given.get("r", "").isdecimal() else row + 1, -1
                continue
            place = _PLACE.fullmatch(given.get("r", ""))
            column = place_of(place[1].encode()) if place else column + 1
            style = given.get("s", "")
            if style.isdecimal() and int(style) in styles and given.get("t", "n") == "n":
                yield column, int(place[2]) if place else row, int(style)


def with_zeros(column: pa.Array, cells: Mapping[str, Sequence[int]]) -> tuple[pa.Array, int]:
    """Replace whole numbers in ``column``, which begins in row 1, by the text shown; also count the changed cells."""
    count = 0
    for code, rows in cells.items():
        places = np.unique(np.asarray(rows, dtype=np.int64)) - 1
        places = pa.array(places[(places >= 0) & (places < len(column))])
        stored = column.take(places)
        shown = pc.if_else(pc.match_substring_regex(stored, r"^\d+$"), as_shown(stored, code), stored)
        count += pc.sum(pc.not_equal(shown, stored)).as_py() or 0
        changed = np.zeros(len(column), dtype=bool)
        changed[np.asarray(places)] = True
        column = pc.replace_with_mask(column, pa.array(changed), shown)
    return column, count


def as_shown(digits: pa.Array, code: str) -> pa.Array:
    """Format digits: ``1234`` as ``01234`` in the format ``00000``, and as ``00001-234`` in ``00000-000``."""
    padded = pc.utf8_lpad(digits, code.count("0"), "0")
    pieces: list[pa.Array | str] = []
    behind = 0
    for part in reversed(re.findall("0+|[^0]+", code)):
        if part[0] != "0":
            pieces.insert(0, part)
            continue
        # Digits beyond the number of zeros are placed before the first one.
        start = 0 if behind + len(part) == code.count("0") else -behind - len(part)
        pieces.insert(0, pc.utf8_slice_codeunits(padded, start, -behind or None))
        behind += len(part)
    return pc.binary_join_element_wise(*pieces, "")
