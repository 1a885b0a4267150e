"""Opening the zip that an xlsx or ods is, without letting it grow past what a spreadsheet can be.

Single tags of XML that others wrote, found without parsing: nothing is expanded, whatever the file declares.

XML that ends as it began: what is broken off or garbled is found before a reader in native code meets it.
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


def open_archive(path: Path) -> ZipFile:
    """The archive at ``path``. Raises ``SheetError`` when it is cut off, encrypted, or unpacks to too much."""
    try:
        archive = ZipFile(path)
    except BadZipFile as err:
        raise SheetError("file.truncated") from err
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED or any(_is_blown_up(entry) for entry in archive.infolist()):
        archive.close()
        raise SheetError("file.unpacks_too_large", megabytes=unpacked // 2**20, limit=MAX_UNPACKED // 2**20)
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        archive.close()
        raise SheetError("file.encrypted")
    return archive


def _is_blown_up(entry: ZipInfo) -> bool:
    return entry.file_size > SMALL_ENTRY and entry.file_size > entry.compress_size * MAX_RATIO


def chunks(archive: ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked XML of one entry, about a megabyte at a time, cut only behind a ``>``.

    Raises ``SheetError`` when the entry is damaged, larger than the archive says, or goes on for megabytes without
    a tag.
    """
    rest = b""
    for piece in _pieces(archive, name):
        whole, closed, rest = (rest + piece).rpartition(b">")
        if len(rest) > 8 * _CHUNK:
            raise SheetError("file.unreadable", detail=f"{name}: no tag for megabytes")
        yield whole + closed
    yield rest


def is_xml(name: str) -> bool:
    """Whether an entry is one that readers of workbooks look into."""
    return name.lower().endswith((".xml", ".rels"))


def check_sizes(archive: ZipFile, names: Iterable[str]) -> None:
    """Unpack these entries without keeping them: what follows believes the sizes that the archive gives.

    Raises ``SheetError`` when one is damaged, or larger than that.
    """
    for name in names:
        for _ in _pieces(archive, name):
            pass


def _pieces(archive: ZipFile, name: str) -> Iterator[bytes]:
    try:
        declared = archive.getinfo(name)
        # zipfile stops at the size that an entry gives itself, and readers in native code do not: so one byte more.
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


_ATTRIBUTE: Final = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes written in a tag, by their names without prefix."""
    return {
        name.rpartition(b":")[2].decode("ascii", "replace"): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def tags(xml: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of every tag of that name, with or without prefix, in the order of the text."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        xml = xml.decode("utf-16").encode("utf-8")
    for found in re.finditer(rb"<(?:[\w.-]+:)?%s((?:\s[^<]*)?)/?>" % name.encode("ascii"), xml):
        yield attributes(found[1])


def check_well_formed(chunks: Iterable[bytes], name: str) -> None:
    """Read the XML to its end without keeping any of it.

    calamine 0.3x reads a cell of an ods until its closing tag; in a garbled one it looks for that tag for ever.
    Entities are never defined here: a document type is refused elsewhere, and expat bounds what they may unfold to.
    Raises ``SheetError("file.unreadable")``.
    """
    parser = expat.ParserCreate()
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as err:
        raise SheetError("file.unreadable", detail=f"{name}: {expat.ErrorString(err.code)}") from err


_ALPHABET: Final = 26


def place_of(letters: bytes) -> int:
    """``A`` as 0, ``AB`` as 27."""
    place = 0
    for letter in letters.upper():
        place = place * _ALPHABET + letter - ord("A") + 1
    return place - 1


def plain_chunks(archive: ZipFile, entry: str) -> Iterator[bytes]:
    """The worksheet without the prefix that some programs put before every tag. Raises ``SheetError`` for a DTD."""
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
