"""The seams: what the engine needs of the world, as protocols, so that each side can be run without the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from omni.core.campaign import Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one POST, before anybody reads it.

    ``failure`` is None when an answer was read to its end; otherwise a code for how it broke off:
    ``not_sent`` (certainly nothing reached the provider), ``timeout``, ``cut``, ``too_large`` or ``internal``.
    ``raw`` holds the bytes that came, all of them or what came before the break. Times are UTC epoch seconds.
    """

    status: int | None
    raw: bytes
    failure: str | None
    retry_after: float | None
    received_at: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One request that is ours to post: claimed and committed. ``expected`` is what its contacts may be echoed by."""

    request_id: int
    campaign_id: int
    number: int
    attempt: int
    contacts: int
    practice: bool

    @property
    def identity(self) -> tuple[int, int]:
        """Request id and attempt: two attempts at one request may be in one worker's hands at the same time."""
        return self.request_id, self.attempt


class Poster(Protocol):
    """Posts one body, once. Never raises: whatever happens is an ``Answer``."""

    def post(self, body: bytes) -> Answer: ...


class Judge(Protocol):
    """Reads an answer: what became of the contacts, given the correlation ids they were sent with (or None)."""

    def __call__(self, answer: Answer, expected: Sequence[str | None]) -> Outcome: ...
