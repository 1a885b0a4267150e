"""Opening the zip that an xlsx or ods is, without letting it grow past what a spreadsheet can be."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path
from typing import Final
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
