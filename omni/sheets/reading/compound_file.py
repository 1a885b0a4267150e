"""Streams of a compound file, the container format of xls ([MS-CFB]), read with strict checks against damaged files."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from omni.errors import SheetError

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR: Final = 0xFFFFFFFA  # larger numbers are marks, such as the end of a chain
_ENTRY_SIZE: Final = 128
_STREAM: Final = 2
_ROOT: Final = 5


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


def streams(data: bytes) -> dict[str, bytes]:
    """Read every stream, by its name. Raises ``SheetError`` for a file that is truncated or inconsistent."""
    try:
        return _streams(data)
    except (struct.error, IndexError, ValueError) as err:
        raise SheetError("file.truncated") from err


def with_usual_names(data: bytes, names: Sequence[str]) -> bytes | None:
    """Return a copy in which the streams have these names, where only letter case differs; None when none does."""
    copy = bytearray(data)
    for name in names:
        usual = name.encode("utf-16-le")
        letters, at = data.upper(), -1
        while (at := letters.find(usual.upper() + b"\0\0", at + 1)) >= 0:
            # A name is at the start of an entry of the directory, which holds its length in bytes at place 64.
            if at % _ENTRY_SIZE == 0 and data[at + 64 : at + 66] == struct.pack("<H", len(usual) + 2):
                copy[at : at + len(usual)] = usual
    return bytes(copy) if copy != data else None


def is_cut_off(data: bytes) -> bool:
    """Tell whether the directory, which names the streams, begins beyond the end of the file."""
    if len(data) < 80:
        return True
    (sector_bits,), (directory,) = struct.unpack_from("<H", data, 30), struct.unpack_from("<I", data, 48)
    return sector_bits in (9, 12) and (directory + 1) << sector_bits >= len(data)


def _streams(data: bytes) -> dict[str, bytes]:
    sector_bits, mini_bits = struct.unpack_from("<HH", data, 30)
    if sector_bits not in (9, 12) or mini_bits != 6:
        raise ValueError("sector size")
    size = 1 << sector_bits
    directory, cutoff, mini_table, difat, difat_count = struct.unpack_from("<I4xIIxxxxII", data, 48)
    sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(difat_count, len(data) // size)):
        more = struct.unpack_from(f"<{size // 4}I", data, (difat + 1) << sector_bits)
        sectors += more[:-1]
        difat = more[-1]
    table = [link for sector in sectors if sector <= _LAST_SECTOR for link in _links(_sector(data, sector, size))]

    def chained(start: int) -> bytes:
        return b"".join(_sector(data, sector, size) for sector in _chain(table, start))

    entries = _entries(chained(directory))
    root = next(entry for entry in entries if entry.kind == _ROOT)
    mini_links = _links(chained(mini_table))
    mini = chained(root.start)

    def content(entry: _Entry) -> bytes:
        if entry.size >= cutoff:
            return chained(entry.start)[: entry.size]
        return b"".join(_sector(mini, sector, 64, 0) for sector in _chain(mini_links, entry.start))[: entry.size]

    return {entry.name: content(entry) for entry in entries if entry.kind == _STREAM}


def _sector(data: bytes, number: int, size: int, ahead: int = 1) -> bytes:
    sector = data[(number + ahead) * size : (number + ahead + 1) * size]
    if not sector:
        raise IndexError(number)
    return sector


def _links(table: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(table: Sequence[int], start: int) -> list[int]:
    """Follow a chain of sectors from ``start`` to its end. Raises ``ValueError`` for a cycle."""
    chain: list[int] = []
    while start <= _LAST_SECTOR:
        chain.append(start)
        if len(chain) > len(table):
            raise ValueError("a chain of sectors goes in circles")
        start = table[start]
    return chain


def _entries(directory: bytes) -> list[_Entry]:
    found = []
    for at in range(0, len(directory) - _ENTRY_SIZE + 1, _ENTRY_SIZE):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        found.append(_Entry(name, kind, start, size))
    return found
