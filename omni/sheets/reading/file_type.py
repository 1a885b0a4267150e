"""Detection of a file's type from its bytes, not from its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal
from zipfile import ZipFile

from omni.errors import SheetError
from omni.sheets.limits import Limits
from omni.sheets.reading.archive import open_archive
from omni.sheets.reading.compound_file import SIGNATURE, is_cut_off

Content = Literal["text", "vcard", "xlsx", "xls", "ods"]

_HEAD: Final = 4096
_TYPES: Final = "[content_types].xml"

# First bytes of files that operators upload by mistake, with a name for each that is the same in every language.
_OTHERS: Final = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
    (b"SQLite format 3", "SQLite"), (b"PAR1", "Parquet"), (b"ARROW1", "Arrow"), (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"), (b"\0\1\0\0Standard ", "Access"), (b"!BDN", "Outlook (.pst)"), (b"\0\0\2\0", "Lotus 1-2-3"),
    (b"\x09\x00\x04\x00", "Excel 2"), (b"\x09\x02\x06\x00", "Excel 3"), (b"\x09\x04\x06\x00", "Excel 4"),
)  # fmt: skip
_MARKUP: Final = re.compile(
    rb"\s*<(?:(!doctype html|html|head|meta|body|table|tr|div|style|script|center)\b"
    rb"|(\?xml|!--|!doctype|[a-z]+:|workbook))",
    re.IGNORECASE,
)
_JSON: Final = re.compile(rb'\s*(?:\{\s*"|\[\s*[{\["])')
_VCARD: Final = re.compile(rb"\s*BEGIN\s*:\s*VCARD\b", re.IGNORECASE)


def content_of(path: Path, limits: Limits) -> Content:
    """Return the kind of spreadsheet at ``path``, by its bytes. Raises ``SheetError`` for every other file."""
    size = path.stat().st_size
    if size > limits.bytes:
        raise SheetError("file.too_large", megabytes=-(-size // 2**20), limit=limits.bytes // 2**20)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise SheetError("file.empty")
    if head.startswith(b"PK\x03\x04"):
        with open_archive(path) as archive:
            return _archived(archive)
    if head.startswith(SIGNATURE):
        return _compound(path)
    for start, name in _OTHERS:
        if head.startswith(start):
            raise SheetError("file.not_a_sheet", found=name)
    readable = _as_ascii(head)
    if _VCARD.match(readable):
        return "vcard"
    if markup := _MARKUP.match(readable):
        raise SheetError("file.html") if markup[1] else SheetError("file.not_a_sheet", found="XML")
    if _JSON.match(readable):
        raise SheetError("file.not_a_sheet", found="JSON")
    return "text"


def _as_ascii(head: bytes) -> bytes:
    """Remove the byte-order mark and the zero bytes of UTF-16 from the head of a file."""
    return head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")


def _archived(archive: ZipFile) -> Content:
    names = set(archive.namelist())
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        kind = archive.read("mimetype").decode("ascii", "replace").strip()
        if kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise SheetError("file.encrypted")
            return "ods"
        raise SheetError("file.not_a_sheet", found="OpenDocument" if "opendocument" in kind else "ZIP")
    lowered = {name.lower(): name for name in names}
    types = archive.read(lowered[_TYPES]) if _TYPES in lowered else b""
    if "xl/workbook.bin" in lowered or b"ms-excel.sheet.binary" in types:
        raise SheetError("file.not_a_sheet", found="XLSB")
    if any(name.startswith("xl/") for name in lowered) or b"spreadsheetml." in types:
        return "xlsx"
    for folder, name in (("word/", "DOCX"), ("ppt/", "PPTX"), ("index/", "Numbers")):
        if any(entry.startswith(folder) for entry in lowered):
            raise SheetError("file.not_a_sheet", found=name)
    raise SheetError("file.not_a_sheet", found="ZIP")


def _compound(path: Path) -> Content:
    data = path.read_bytes()
    # Names of streams do not depend on letter case ([MS-CFB] 2.6.4).
    letters = data.upper()
    streams = {
        name: name.upper().encode("utf-16-le") + b"\0\0" in letters
        for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")
    }
    if streams["EncryptedPackage"]:
        raise SheetError("file.encrypted")
    if streams["Workbook"] or streams["Book"]:
        return "xls"
    if is_cut_off(data):
        raise SheetError("file.truncated")
    raise SheetError("file.not_a_sheet", found="DOC" if streams["WordDocument"] else "OLE")
