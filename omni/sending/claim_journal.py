"""Claim journal: a file beside the database with a line for each request that was handed to the network.

A restored database lacks what was sent since the backup; the journal does not. It is only ever appended to, and it is
read when a worker starts: a request with a later attempt in the journal than in the database becomes unknown and is not
sent again. For requests that the database does not contain at all, the journal shows that they existed.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Self

from omni.ports import Claimed

_ENTRY: Final = struct.Struct("<qII")
"""Request id, attempt, checksum of the two."""
_CHECKPOINT: Final = (-1, 0)
"""Entry in place of a claim: the database was found to lack requests noted before this entry, and the operator was
warned."""
_CHUNK: Final = _ENTRY.size * 65536


class ClaimJournal:
    """Journal of one data folder. Only one process may write to it at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it. Raises ``OSError``."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        size = os.fstat(self._file).st_size
        self._end = size - size % _ENTRY.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def append(self, claimed: Sequence[Claimed]) -> None:
        """Note these claims; only then may they be posted. Raises ``OSError``, and then none of them is noted."""
        self._write([each.identity for each in claimed])

    def request_ids(self) -> Iterator[int]:
        """Yield the ids of the requests handed to the network since the last checkpoint, some of them several times."""
        since = 0
        for place, each in enumerate(self._entries()):
            if each == _CHECKPOINT:
                since = place
        for request_id, _ in islice(self._entries(), since, None):
            if request_id >= 0:
                yield request_id

    def checkpoint(self) -> None:
        """Write a checkpoint: ``request_ids`` starts from here. Raises ``OSError``."""
        self._write([_CHECKPOINT])

    def later_than(self, known: Mapping[int, int]) -> dict[int, int]:
        """Return those requests of ``known`` (attempt by id) that were noted with a later attempt, and that attempt."""
        later: dict[int, int] = {}
        for request_id, attempt in self._entries():
            seen = later.get(request_id, known.get(request_id))
            if seen is not None and attempt > seen:
                later[request_id] = attempt
        return later

    def _write(self, noted: Sequence[tuple[int, int]]) -> None:
        left = memoryview(b"".join(_entry(*each) for each in noted))
        size = len(left)
        os.lseek(self._file, self._end, os.SEEK_SET)
        while left:
            left = left[os.write(self._file, left) :]
        self._end += size

    def _entries(self) -> Iterator[tuple[int, int]]:
        place = 0
        os.lseek(self._file, 0, os.SEEK_SET)
        while place < self._end and (chunk := os.read(self._file, min(_CHUNK, self._end - place))):
            whole = len(chunk) - len(chunk) % _ENTRY.size
            for request_id, attempt, checksum in _ENTRY.iter_unpack(chunk[:whole]):
                if checksum == _checksum(request_id, attempt):
                    yield request_id, attempt
            place += whole
            os.lseek(self._file, place, os.SEEK_SET)


def _entry(request_id: int, attempt: int) -> bytes:
    return _ENTRY.pack(request_id, attempt, _checksum(request_id, attempt))


def _checksum(request_id: int, attempt: int) -> int:
    return zlib.crc32(struct.pack("<qI", request_id, attempt))
