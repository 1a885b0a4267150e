"""The seams: what the engine needs of the world, as protocols, so that each side can be run without the other.

What the engine needs of a ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


Finished = tuple[Claimed, Answer, Outcome]
Post = Callable[[Claimed, bytes], Answer]
Expected = Callable[[Claimed, bytes], Sequence[str | None]]
"""The correlation ids that the contacts of a request were sent with, in order."""

LaterThan = Callable[[Mapping[int, int]], Mapping[int, int]]
"""Given attempts by request id: those requests that a later attempt at was handed to the network, and the last one."""


class Ledger(Protocol):
    """Keeps what was claimed and what came back.

    Every method raises ``StoreError`` when it cannot; then nothing was claimed that may be posted, and what
    was to be recorded may be recorded again.
    """

    def turn(self, owner: str, finished: Sequence[Finished], room: int) -> tuple[Sequence[Claimed], float]:
        """In one durable transaction, record ``finished`` and claim up to ``room`` requests.

        Also gives the seconds until more may be due.
        """
        ...

    def bodies(self, claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
        """The bytes to post, by request id."""
        ...

    def join(self, owner: str, info: Mapping[str, object], predecessors: str) -> int:
        """Begin to work; what dead workers had on its way becomes unknown."""
        ...

    def heartbeat(
        self, owner: str, info: Mapping[str, object], held: Collection[tuple[int, int]], later_than: LaterThan
    ) -> int:
        """A sign of life; claims of ``owner`` that are not among those ``held`` (request id, attempt) become pending.

        Those of them that ``later_than`` knows to have been handed to the network become unknown. Gives how many
        workers have something on its way, ``owner`` in any case among them.
        """
        ...

    def leave(self, owner: str) -> None:
        """End working, with nothing on its way."""
        ...

    def unanswered(self, attempts: Sequence[tuple[int, int]]) -> Sequence[Claimed]:
        """Those of ``attempts`` (request id, attempt) at known requests that have no answer yet."""
        ...

    def open_attempts(self) -> Mapping[int, int]:
        """The last attempt at each request that might yet be sent, by request id."""
        ...

    def is_missing(self, request_ids: Iterable[int]) -> bool:
        """Whether any of these requests is of a campaign that is not in this ledger."""
        ...

    def mark_restored(self, attempts: Mapping[int, int], is_lacking: bool = False) -> int:
        """Requests that went out in a later attempt than the ledger knows of become unknown.

        Then, and if the ledger is lacking requests that went out, all that runs is paused.
        """
        ...

    def is_over(self, campaign_id: int) -> bool:
        """Whether nothing of the campaign is on its way, and nothing will be unless a person acts."""
        ...
