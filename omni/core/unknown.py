"""Requests with an unknown outcome: an operator's choice among them, its extent, and the decision taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Resolution = Literal["keep", "resend"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice among the unknown requests of a campaign; the fields narrow it down, each when it is set.

    ``numbers`` are request numbers, ``reason`` a code. ``search`` matches requests with a contact whose row number it
    is or whose destination contains it.
    """

    numbers: frozenset[int] | None = None
    reason: str | None = None
    search: str = ""


EVERYTHING: Final = Choice()


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of a choice: its requests, and their contacts without an id.

    ``numbers`` and ``attempts`` are sums over the requests and ``latest`` is the last moment at which one became
    unknown (UTC epoch seconds). They identify the set: two equal extents are the same requests in the same attempts.
    """

    requests: int
    contacts: int
    numbers: int
    attempts: int
    latest: float | None

    def __add__(self, other: Extent) -> Extent:
        """Add up two extents that have no request in common."""
        known = [moment for moment in (self.latest, other.latest) if moment is not None]
        return Extent(
            self.requests + other.requests,
            self.contacts + other.contacts,
            self.numbers + other.numbers,
            self.attempts + other.attempts,
            max(known, default=None),
        )


NOTHING: Final = Extent(0, 0, 0, 0, None)


@dataclass(frozen=True, slots=True)
class UnknownRequest:
    """One request with an unknown outcome.

    ``contacts`` counts the contacts without an id, ``with_ids`` the others. ``destination`` is that of the first
    contact; rows are those of the sheet. Times are UTC epoch seconds: ``claimed_at`` of the last claim, ``finished_at``
    of the moment it became unknown. ``attempt`` is 0 where the contacts were taken out of another request before its
    next attempt.
    """

    number: int
    contacts: int
    with_ids: int
    attempt: int
    claimed_at: float | None
    finished_at: float | None
    status: int | None
    reason: str
    params: Mapping[str, object]
    first_row: int
    last_row: int
    destination: str

    @property
    def may_resend(self) -> bool:
        """Tell whether the request may be sent again, which is not so once any of its contacts has an id."""
        return not self.with_ids


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of an operator about unknown requests.

    ``reason`` and ``search`` are the filters of the list at that moment, ``numbers`` the requests if they were chosen
    one by one. ``at`` is in UTC epoch seconds.
    """

    at: float
    who: str
    what: Resolution
    requests: int
    contacts: int
    reason: str | None
    search: str
    numbers: tuple[int, ...]
