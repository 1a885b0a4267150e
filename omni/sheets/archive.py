"""Opening the zip that an xlsx or ods is, without letting it grow past what a spreadsheet can be."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from omni.errors import SheetError
from omni.sheets.limits import MAX_RATIO, MAX_UNPACKED, SMALL_ARCHIVE

_CHUNK: Final = 2**20


def open_archive(path: Path) -> ZipFile:
    """The archive at ``path``. Raises ``SheetError`` when it is cut off, encrypted, or unpacks to too much."""
    try:
        archive = ZipFile(path)
    except BadZipFile as err:
        raise SheetError("file.truncated") from err
    unpacked = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED or (unpacked > SMALL_ARCHIVE and unpacked > packed * MAX_RATIO):
        archive.close()
        raise SheetError("file.unpacks_too_large", megabytes=unpacked // 2**20, limit=MAX_UNPACKED // 2**20)
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        archive.close()
        raise SheetError("file.encrypted")
    return archive


def chunks(archive: ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked XML of one entry, about a megabyte at a time, cut only behind a ``>``.

    Raises ``SheetError`` when the entry is damaged, or goes on for megabytes without a tag.
    """
    rest = b""
    try:
        with archive.open(name) as entry:
            while piece := entry.read(_CHUNK):
                whole, closed, rest = (rest + piece).rpartition(b">")
                if len(rest) > 8 * _CHUNK:
                    raise SheetError("file.unreadable", detail=f"{name}: no tag for megabytes")
                yield whole + closed
    except (BadZipFile, EOFError, zlib.error, KeyError) as err:
        raise SheetError("file.truncated") from err
    yield rest
