"""Styles and properties of an xlsx that decide what its cells show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from zipfile import BadZipFile, ZipFile

from omni.sheets.reading.archive import tags
from omni.sheets.reading.number_format import NumberFormat
from omni.sheets.reading.sheet_language import ENGLISH, Signs, built_in_format
from omni.sheets.reading.typed_cells import Format

_MOST_BYTES: Final = 16 * 2**20
"""Bytes of an entry that are read at most; the styles of a workbook have some thousands."""
_LOCALE: Final = re.compile(r"\[\$[^-\]]*-([^\],]*)")
_DOCUMENT_LANGUAGE: Final = re.compile(rb"<dc:language>([^<]+)</dc:language>")
_PART_NAME: Final = re.compile(rb"<(?:\w+:)?lpstr>([^<]*)</(?:\w+:)?lpstr>")
_TRUE: Final = ("1", "true", "on")


@dataclass(frozen=True, slots=True)
class XlsxStyles:
    """The number format of each style by its number, and what decides how all of them are shown.

    ``changing_texts`` are the styles whose format shows something else than the text of a cell. ``recalculates`` tells
    that programs calculate the workbook when they open it.
    """

    formats: list[Format]
    changing_texts: frozenset[int]
    is_1904: bool
    recalculates: bool
    signs: Signs


def xlsx_styles(archive: ZipFile, book: str, entry: str, sheet_names: list[str]) -> XlsxStyles:
    """Read the styles in ``entry`` of the workbook whose main entry is ``book``."""
    styles = _content(archive, entry)
    codes = {given.get("numFmtId", ""): given.get("formatCode", "") for given in tags(styles, "numFmt")}
    formats: list[Format] = []
    for given in tags(_element(styles, b"cellXfs"), "xf"):
        number = given.get("numFmtId", "0")
        formats.append(codes.get(number, int(number) if number.isdecimal() else 0))
    workbook = _content(archive, book)
    used = sorted({code for code in formats if isinstance(code, str)})
    return XlsxStyles(
        formats=formats,
        changing_texts=frozenset(at for at, code in enumerate(formats) if changes_texts(code)),
        # An extension may have a workbookPr of its own, which says nothing about dates.
        is_1904=any(given.get("date1904", "").lower() in _TRUE for given in tags(workbook, "workbookPr")),
        recalculates=any(given.get("fullCalcOnLoad", "").lower() in _TRUE for given in tags(workbook, "calcPr")),
        signs=_signs(archive, styles, used, sheet_names),
    )


def changes_texts(code: Format) -> bool:
    """Tell whether a cell in this format shows something else than its text."""
    shown = built_in_format(code, ENGLISH) if isinstance(code, int) else code
    return NumberFormat(shown, ENGLISH, ".").changes_text


def locales_in(codes: list[str]) -> tuple[str, ...]:
    """Return the locales that format codes name."""
    return tuple(sorted({found for code in codes for found in _LOCALE.findall(code)}))


def _signs(archive: ZipFile, styles: bytes, codes: list[str], sheet_names: list[str]) -> Signs:
    document = _DOCUMENT_LANGUAGE.search(_content(archive, "docProps/core.xml"))
    names = [given.get("name", "") for given in tags(styles, "cellStyle")]
    names += [found.decode("utf-8", "replace") for found in _PART_NAME.findall(_content(archive, "docProps/app.xml"))]
    return Signs(
        locales=locales_in(codes),
        document=document[1].decode("ascii", "replace") if document else "",
        codes=tuple(codes),
        words=(*sheet_names, *names),
    )


def _content(archive: ZipFile, entry: str) -> bytes:
    """Return an entry; nothing if it is missing, damaged or too large, because values can be read without it."""
    try:
        return archive.read(entry) if archive.getinfo(entry).file_size <= _MOST_BYTES else b""
    except (KeyError, BadZipFile):
        return b""


def _element(xml: bytes, name: bytes) -> bytes:
    """Return the content of the first element of a name."""
    opened, _, rest = xml.partition(name)
    return rest.partition(name)[0] if rest or opened != xml else b""
