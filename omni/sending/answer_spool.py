"""Spool file that keeps each answer as soon as it arrives, before it is read, so that a kill loses no message id.

Its space is reserved before anything is sent, so that a full disk loses no answer either. The file is divided into
segments; a segment is used again once every answer in it is recorded in the ledger. Answers found in the file when a
worker starts are recorded first. Recording an answer twice changes nothing.
"""

from __future__ import annotations

import math
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from omni.ports import Answer, Claimed

SEGMENTS: Final = 3
SEGMENT_BYTES: Final = 9 << 20
"""Larger than the largest possible answer: the client reads at most 8 MiB."""
_DECAY: Final = 0.98
"""Factor by which the assumed largest answer shrinks with each smaller answer."""
_MAGIC: Final = 0x4F4D4E31
_HEAD: Final = struct.Struct("<IIQqIi16sddI")
"""Header of an answer: magic, checksum of all that follows, use number of the segment, request id, attempt, status (-1:
none), failure, time received, retry after (-1: none), size of the raw answer in bytes."""
_SUMMED: Final = 8
"""Offset of the first byte that the checksum covers."""


class AnswerSpool:
    """File of the answers that are not recorded yet. Threads that post may use it at the same time."""

    def __init__(self, path: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Open the file, or create it, and reserve its space. Raises ``OSError``."""
        self._size = segment_bytes
        self._guard = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        _reserve(self._file, SEGMENTS * segment_bytes)
        self._uses = [time.time_ns()] * SEGMENTS
        self._current = 0
        self._filled = [0] * SEGMENTS
        self._waiting: list[set[tuple[int, int]]] = [set() for _ in range(SEGMENTS)]
        self._largest = segment_bytes / 8

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; its content stays."""
        os.close(self._file)

    def left_behind(self) -> Iterator[tuple[int, int, Answer]]:
        """Yield the answers of a previous process: request id, attempt, answer. To be read before the first ``put``."""
        for segment in range(SEGMENTS):
            content = _read(self._file, segment * self._size, self._size)
            yield from _answers(content)

    def clear(self) -> None:
        """Forget the answers of a previous process, once they are recorded."""
        with self._guard:
            for segment in range(SEGMENTS):
                _write(self._file, segment * self._size, bytes(_HEAD.size))

    def put(self, claimed: Claimed, answer: Answer) -> None:
        """Store an answer. Raises ``OSError`` if the disk refuses it or no segment has room for it."""
        size = _HEAD.size + len(answer.raw)
        with self._guard:
            segment = self._segment_for(size)
            content = _record(self._uses[segment], claimed, answer)
            _write(self._file, segment * self._size + self._filled[segment], content)
            self._filled[segment] += size
            self._largest = max(size, self._largest * _DECAY)
            self._waiting[segment].add(claimed.identity)

    def done(self, claimed: Claimed) -> None:
        """Release the space of the answer to this claim, once it is recorded."""
        with self._guard:
            for waiting in self._waiting:
                waiting.discard(claimed.identity)

    def room(self) -> int:
        """Return how many more answers fit, each assumed to be as large as the largest of the recent ones."""
        with self._guard:
            each = math.ceil(self._largest)
            left = (self._size - self._filled[self._current]) // each
            return left + len(self._free_segments()) * (self._size // each)

    def _segment_for(self, size: int) -> int:
        if self._filled[self._current] + size > self._size:
            free = self._free_segments()
            if not free or size > self._size:
                raise OSError("no room in the spool")
            self._current = free[0]
            self._filled[free[0]] = 0
            self._uses[free[0]] += 1
        return self._current

    def _free_segments(self) -> list[int]:
        return [at for at in range(SEGMENTS) if at != self._current and not self._waiting[at]]


def _record(use: int, claimed: Claimed, answer: Answer) -> bytes:
    content = (
        _HEAD.pack(
            _MAGIC,
            0,
            use,
            claimed.request_id,
            claimed.attempt,
            -1 if answer.status is None else answer.status,
            (answer.failure or "").encode()[:16],
            answer.received_at,
            -1.0 if answer.retry_after is None else answer.retry_after,
            len(answer.raw),
        )
        + answer.raw
    )
    return struct.pack("<II", _MAGIC, zlib.crc32(content[_SUMMED:])) + content[_SUMMED:]


def _answers(content: bytes) -> Iterator[tuple[int, int, Answer]]:
    place, first_use = 0, None
    while place + _HEAD.size <= len(content):
        magic, checksum, use, request_id, attempt, status, failure, received_at, retry_after, size = _HEAD.unpack_from(
            content, place
        )
        end = place + _HEAD.size + size
        # Behind the last answer lie remains of an earlier use of the segment.
        if magic != _MAGIC or end > len(content) or first_use not in (None, use):
            return
        if zlib.crc32(content[place + _SUMMED : end]) != checksum:
            return
        first_use = use
        yield (
            request_id,
            attempt,
            Answer(
                status=None if status < 0 else status,
                raw=content[place + _HEAD.size : end],
                failure=failure.rstrip(b"\0").decode() or None,
                retry_after=None if retry_after < 0 else retry_after,
                received_at=received_at,
            ),
        )
        place = end


def _reserve(file: int, size: int) -> None:
    missing = size - os.fstat(file).st_size
    if missing <= 0:
        return
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        _write(file, size - missing, bytes(missing))
    os.fsync(file)


def _write(file: int, place: int, content: bytes) -> None:
    os.lseek(file, place, os.SEEK_SET)
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


def _read(file: int, place: int, size: int) -> bytes:
    os.lseek(file, place, os.SEEK_SET)
    parts: list[bytes] = []
    while size and (part := os.read(file, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
