"""Access to the zip archive that an xlsx or ods is, and to the XML in its entries, with limits against hostile files.

The unpacked size is limited. Tags are found by searching and not by parsing, so that nothing is expanded, whatever the
file declares. Truncated or garbled XML is detected before a reader in native code gets it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from copy import copy
from html import unescape
from pathlib import Path
from typing import Final
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from omni.errors import SheetError
from omni.sheets.limits import MAX_RATIO, MAX_UNPACKED, SMALL_ENTRY

_CHUNK: Final = 2**20
_ATTRIBUTE: Final = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
ALPHABET: Final = 26
"""Letters of the names of columns: the number of columns from A to Z."""


def open_archive(path: Path) -> ZipFile:
    """Open the archive at ``path``, with slashes in the names of its entries, whatever wrote it.

    Raises ``SheetError`` when it is truncated, encrypted, or unpacks to too much.
    """
    try:
        archive = ZipFile(path)
    except BadZipFile as err:
        raise SheetError("file.truncated") from err
    for entry in archive.infolist():
        if "\\" in entry.filename:  # against the specification (APPNOTE 4.4.17.1), but some programs write it
            entry.filename = entry.filename.replace("\\", "/")
            archive.NameToInfo[entry.filename] = entry
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED or any(_unpacks_too_large(entry) for entry in archive.infolist()):
        archive.close()
        raise SheetError("file.unpacks_too_large", megabytes=unpacked // 2**20, limit=MAX_UNPACKED // 2**20)
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        archive.close()
        raise SheetError("file.encrypted")
    return archive


def _unpacks_too_large(entry: ZipInfo) -> bool:
    return entry.file_size > SMALL_ENTRY and entry.file_size > entry.compress_size * MAX_RATIO


def chunks(archive: ZipFile, name: str) -> Iterator[bytes]:
    """Yield the unpacked XML of one entry, about a megabyte at a time, cut only after a ``>``.

    Raises ``SheetError`` when the entry is damaged, larger than the archive declares, or has no tag for megabytes.
    """
    rest = b""
    for piece in _pieces(archive, name):
        whole, closed, rest = (rest + piece).rpartition(b">")
        if len(rest) > 8 * _CHUNK:
            raise SheetError("file.unreadable", detail=f"{name}: no tag for megabytes")
        yield whole + closed
    yield rest


def is_xml(name: str) -> bool:
    """Tell whether readers of workbooks parse an entry, by its name."""
    return name.lower().endswith((".xml", ".rels"))


def check_sizes(archive: ZipFile, names: Iterable[str]) -> None:
    """Unpack these entries without keeping them, because the reader relies on the sizes that the archive declares.

    Raises ``SheetError`` when an entry is damaged, or larger than declared.
    """
    for name in names:
        for _ in _pieces(archive, name):
            pass


def _pieces(archive: ZipFile, name: str) -> Iterator[bytes]:
    try:
        declared = archive.getinfo(name)
        # zipfile stops at the declared size of an entry, but readers in native code do not: ask for one byte more.
        wider = copy(declared)
        wider.file_size += 1
        size = 0
        with archive.open(wider) as entry:
            while piece := entry.read(_CHUNK):
                size += len(piece)
                if size > declared.file_size:
                    raise SheetError("file.truncated")
                yield piece
    except (BadZipFile, EOFError, zlib.error, KeyError) as err:
        raise SheetError("file.truncated") from err


def attributes(tag: bytes) -> dict[str, str]:
    """Parse the attributes in a tag, by their names without prefix."""
    return {
        name.rpartition(b":")[2].decode("ascii", "replace"): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def tags(xml: bytes, name: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of every tag with that name, with or without prefix, in the order of the text."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        xml = xml.decode("utf-16").encode("utf-8")
    for found in re.finditer(rb"<(?:[\w.-]+:)?%s((?:\s[^<]*)?)/?>" % name.encode("ascii"), xml):
        yield attributes(found[1])


def check_well_formed(chunks: Iterable[bytes], name: str) -> None:
    """Parse the XML to its end without keeping any of it.

    calamine 0.3x reads a cell of an ods up to its closing tag, and in a garbled file it searches for that tag for ever.
    Entities are never defined here: a document type is refused elsewhere, and expat limits their expansion. Raises
    ``SheetError("file.unreadable")``.
    """
    parser = expat.ParserCreate()
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as err:
        raise SheetError("file.unreadable", detail=f"{name}: {expat.ErrorString(err.code)}") from err


def place_of(letters: bytes) -> int:
    """Return the place of a column from its letters: 0 for ``A``, 27 for ``AB``."""
    place = 0
    for letter in letters.upper():
        place = place * ALPHABET + letter - ord("A") + 1
    return place - 1


def plain_chunks(archive: ZipFile, entry: str) -> Iterator[bytes]:
    """Yield a worksheet's XML without the prefix that some programs put before every tag.

    Raises ``SheetError`` for UTF-16 and for a DTD.
    """
    prefix = b""
    has_begun = False
    for place, chunk in enumerate(chunks(archive, entry)):
        if not place and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise SheetError("file.unreadable", detail=f"{entry}: UTF-16")
        if not has_begun:
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise SheetError("file.unreadable", detail=f"{entry}: DTD")
            found = re.search(rb"<([\w.-]+:)?worksheet\b", chunk)
            has_begun = bool(found)
            prefix = (found[1] or b"") if found else b""
        yield chunk.replace(b"<" + prefix, b"<") if prefix else chunk
