"""Protocols of the provider and the ledger as the sending engine uses them, so that each can be replaced in a test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from omni.core.campaign import Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """The raw result of one POST, not yet interpreted.

    ``failure`` is None when an answer was read to its end; otherwise it is the code of the failure: ``not_sent``
    (certainly nothing reached the provider), ``timeout``, ``cut``, ``too_large`` or ``internal``. ``raw`` holds the
    bytes that arrived, all of them or those before the failure. ``received_at`` is in UTC epoch seconds,
    ``retry_after`` in seconds from then.
    """

    status: int | None
    raw: bytes
    failure: str | None
    retry_after: float | None
    received_at: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One request that this worker may post: it is claimed, and the claim is committed."""

    request_id: int
    campaign_id: int
    number: int
    attempt: int
    contacts: int
    practice: bool

    @property
    def identity(self) -> tuple[int, int]:
        """Request id and attempt: one worker may hold two attempts at the same request at the same time."""
        return self.request_id, self.attempt


class Judge(Protocol):
    """Judges the outcome of a request from its answer, the number of its contacts, and the bytes that were posted."""

    def __call__(self, answer: Answer, contacts: int, body: bytes) -> Outcome: ...


Finished = tuple[Claimed, Answer, Outcome]
Post = Callable[[Claimed, bytes], Answer]
LaterThan = Callable[[Mapping[int, int]], Mapping[int, int]]
"""Given attempts by request id, returns the requests of which a later attempt was handed to the network, with the last
such attempt."""


class Ledger(Protocol):
    """Stores claims of requests and their outcomes.

    Every method raises ``StoreError`` when it fails; in that case no claimed request may be posted, and the outcomes to
    be recorded may be recorded again.
    """

    def turn(self, owner: str, finished: Sequence[Finished], room: int) -> tuple[Sequence[Claimed], float]:
        """Record ``finished`` and claim up to ``room`` requests, in one durable transaction.

        Returns the claimed requests and the seconds until more may be due.
        """
        ...

    def bodies(self, claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
        """Return the bytes to post, by request id."""
        ...

    def join(self, owner: str, info: Mapping[str, object], predecessors: str) -> int:
        """Register a worker; requests that dead workers had in flight become unknown."""
        ...

    def heartbeat(
        self, owner: str, info: Mapping[str, object], held: Collection[tuple[int, int]], later_than: LaterThan
    ) -> int:
        """Record a sign of life of ``owner``, and release its claims that are not among ``held`` (request id, attempt).

        Released claims become pending; those that ``later_than`` knows to have been handed to the network become
        unknown. Returns the number of workers with requests in flight, always counting ``owner``.
        """
        ...

    def leave(self, owner: str) -> None:
        """Unregister a worker that has no request in flight."""
        ...

    def unanswered(self, attempts: Sequence[tuple[int, int]]) -> Sequence[Claimed]:
        """Return those of ``attempts`` (request id, attempt) at known requests that have no answer yet."""
        ...

    def open_attempts(self) -> Mapping[int, int]:
        """Return the last attempt at each request that may still be sent, by request id."""
        ...

    def is_missing(self, request_ids: Iterable[int]) -> bool:
        """Tell whether any of these requests belongs to a campaign that is not in this ledger."""
        ...

    def mark_restored(self, attempts: Mapping[int, int], is_lacking: bool = False) -> int:
        """Make requests unknown that were sent in a later attempt than the ledger knows of, as after a restore.

        If there are any, or if ``is_lacking`` says that the ledger lacks requests that were sent, every running
        campaign is paused.
        """
        ...

    def is_over(self, campaign_id: int) -> bool:
        """Tell whether no request of the campaign is in flight, and none will be unless an operator acts."""
        ...
