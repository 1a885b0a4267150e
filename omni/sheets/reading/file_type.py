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

Content = Literal["text", "xlsx", "xls", "ods"]

_HEAD: Final = 4096

# First bytes of files that operators upload by mistake, with a name for each that is the same in every language.
_OTHERS: Final = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
    (b"SQLite format 3", "SQLite"), (b"PAR1", "Parquet"), (b"ARROW1", "Arrow"),
)  # fmt: skip
_MARKUP: Final = re.compile(
    rb"\s*<(?:(!doctype html|html|head|meta|body|table|tr|div|style|script|center)\b"
    rb"|(\?xml|!--|!doctype|[a-z]+:|workbook))",
    re.IGNORECASE,
)
_JSON: Final = re.compile(rb'\s*(?:\{\s*"|\[\s*[{\["])')


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
    if markup := _MARKUP.match(readable):
        raise SheetError("file.not_a_sheet", found="HTML" if markup[1] else "XML")
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
    if any(name.lower() == "xl/workbook.bin" for name in names):
        raise SheetError("file.not_a_sheet", found="XLSB")
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    for folder, name in (("word/", "DOCX"), ("ppt/", "PPTX"), ("Index/", "Numbers")):
        if any(entry.startswith(folder) for entry in names):
            raise SheetError("file.not_a_sheet", found=name)
    raise SheetError("file.not_a_sheet", found="ZIP")


def _compound(path: Path) -> Content:
    data = path.read_bytes()
    streams = {
        name: name.encode("utf-16-le") + b"\0\0" in data
        for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")
    }
    if streams["EncryptedPackage"]:
        raise SheetError("file.encrypted")
    if streams["Workbook"] or streams["Book"]:
        return "xls"
    if is_cut_off(data):
        raise SheetError("file.truncated")
    raise SheetError("file.not_a_sheet", found="DOC" if streams["WordDocument"] else "OLE")
