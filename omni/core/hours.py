"""Sending hours: the days and hours in which messages may be sent, in one named time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(
    r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2})(?::([0-5]\d))?\s*-\s*(\d{1,2})(?::([0-5]\d))?", re.ASCII
)
_MIDNIGHT: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Sending hours of a week.

    ``spans`` are (weekday from Monday 0, first minute of the day, minute after the last); ``zone`` is an IANA name such
    as ``America/Sao_Paulo``.
    """

    spans: tuple[tuple[int, int, int], ...]
    zone: str

    def is_open(self, epoch: float) -> bool:
        """Tell whether messages may be sent at ``epoch`` (UTC seconds)."""
        now = datetime.fromtimestamp(epoch, ZoneInfo(self.zone))
        minute = now.hour * 60 + now.minute
        return any(day == now.weekday() and start <= minute < end for day, start, end in self.spans)

    def next_open(self, epoch: float) -> float:
        """Return the first moment, from ``epoch`` on, at which messages may be sent (UTC seconds)."""
        if self.is_open(epoch):
            return epoch
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(epoch, zone).date()
        moments = []
        for ahead in range(8):
            date = today + timedelta(days=ahead)
            for day, start, _ in self.spans:
                if day == date.weekday():
                    local = datetime.combine(date, time(start // 60, start % 60), zone)
                    # Through UTC: an hour skipped when the clocks go forward becomes the hour after it.
                    moments.append(local.astimezone(UTC).timestamp())
        return min(moment for moment in moments if moment > epoch)


def read_hours(text: str, zone: str) -> Hours:
    """Parse hours such as ``mon-fri 8-20, sat 9:00-14:00`` in ``zone``.

    Raises ``ValueError`` with the part that cannot be read, or with an unknown zone.
    """
    spans = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text.lower()))):
        found = _SPAN.fullmatch(part)
        if not found or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
            raise ValueError(part)
        start, end = (int(found[at]) * 60 + int(found[at + 1] or 0) for at in (3, 5))
        if not start < end <= _MIDNIGHT:
            raise ValueError(part)
        first = DAYS.index(found[1])
        last = DAYS.index(found[2] or found[1])
        days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
        spans += [(day, start, end) for day in days]
    if not spans:
        raise ValueError(text)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as err:
        raise ValueError(zone) from err
    return Hours(tuple(spans), zone)


def iso(epoch: float) -> str:
    """Write a moment (UTC epoch seconds) as ISO 8601 in UTC, to the second: ``2026-11-30T12:00:00+00:00``."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")
