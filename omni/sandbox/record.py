"""The record of the POSTs that reached the sandbox: one JSON line each, written before the answer, and counts.

A line holds ``time`` (ISO 8601, UTC), ``mode`` ("ok", a fault's name, "invalid", "rate_limited" or
"redirect_followed"), ``accepted``, ``status`` (null for no answer), ``user_name``, ``batch_id``, ``count`` of
contacts, ``contacts`` (each one's contactInfo), ``ids`` and ``correlation_ids`` (those of the answer, or of the
one that the fault withheld), and ``sha256`` of the body's exact bytes. It has no field for the token.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from omni.sandbox.answer import Receipts
from omni.sandbox.contract import ContactInfo

NO_RECEIPTS = Receipts(None, (), ())


@dataclass(frozen=True, slots=True)
class Entry:
    """One POST and the decision on it; ``contacts`` is empty for a body that was not read as contacts."""

    mode: str
    accepted: bool
    status: int | None
    user_name: str
    body: bytes
    contacts: Sequence[ContactInfo] = ()
    receipts: Receipts = NO_RECEIPTS


class Record:
    """Counts entries and appends them to a file, if there is one."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, readable only by its owner since it holds personal data. Raises OSError if that fails."""
        self._file = None if path is None else os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._torn = False
        self._requests = 0
        self._accepted_requests = 0
        self._accepted_contacts = 0
        self._by_mode: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Write and count the entry; when this returns, the operating system has the line.

        Raises OSError if it could not be written whole; then it is not counted, and the request must not be accepted.
        """
        if self._file is not None:
            self._write(self._file, _line(entry))
        self._requests += 1
        self._by_mode[entry.mode] += 1
        if entry.accepted:
            self._accepted_requests += 1
            self._accepted_contacts += len(entry.contacts)

    def counts(self) -> dict[str, object]:
        """Return the counts since the start, as ``GET /stats`` shows them."""
        return {
            "requests": self._requests,
            "accepted_requests": self._accepted_requests,
            "accepted_contacts": self._accepted_contacts,
            "by_mode": dict(self._by_mode),
        }

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, file: int, line: bytes) -> None:
        # A line cut short by a full disk must not run into the next one.
        left = memoryview(b"\n" + line if self._torn else line)
        self._torn = True
        while left:
            left = left[os.write(file, left) :]
        self._torn = False


def _line(entry: Entry) -> bytes:
    fields = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "mode": entry.mode,
        "accepted": entry.accepted,
        "status": entry.status,
        "user_name": entry.user_name,
        "batch_id": entry.receipts.batch_id,
        "count": len(entry.contacts),
        "contacts": entry.contacts,
        "ids": entry.receipts.ids,
        "correlation_ids": entry.receipts.correlation_ids,
        "sha256": hashlib.sha256(entry.body).hexdigest(),
    }
    return json.dumps(fields).encode("ascii") + b"\n"
