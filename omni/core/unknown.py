"""Requests with an unknown outcome: which ones an operator means, how many they are, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Resolution = Literal["keep", "resend"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which unknown requests are meant: those of ``numbers``, or all; of them those with ``reason``, a code, and with a
    contact whose row number is ``search`` or whose destination holds it."""

    numbers: frozenset[int] | None = None
    reason: str | None = None
    search: str = ""


EVERYTHING: Final = Choice()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a choice holds: requests, and their contacts without an id.

    The sums of the requests' numbers and attempts and the last moment one became unknown tell one such set from
    another: two that are equal are the same requests in the same attempts.
    """

    requests: int
    contacts: int
    numbers: int
    attempts: int
    latest: float | None

    def __add__(self, other: Extent) -> Extent:
        """Both together, where they have no request in common."""
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
    """``contacts`` are those without an id, ``with_ids`` the others. ``destination`` is the first contact's; rows are
    those of the sheet. Times are UTC epoch seconds: when it was last claimed, and when it became unknown. ``attempt``
    is 0 where the contacts were taken out of another request before its next attempt."""

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
        """Whether it may go out again: not once any of its contacts has an id."""
        return not self.with_ids


@dataclass(frozen=True, slots=True)
class Decision:
    """One act of a person: ``reason`` and ``search`` are what the list was narrowed to, ``numbers`` the requests if
    they were chosen one by one. ``at`` is in UTC epoch seconds."""

    at: float
    who: str
    what: Resolution
    requests: int
    contacts: int
    reason: str | None
    search: str
    numbers: tuple[int, ...]
