"""What a campaign is made of once it is ready to go: requests, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from omni.core.field_kind import Contact
from omni.core.steps import Step


@dataclass(frozen=True, slots=True)
class Reason:
    """``halt.refused_access`` with ``{"status": 401}``: its sentence stands in the catalogs."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


ContactState = Literal["pending", "sending", "accepted", "refused", "unknown", "cancelled"]
CONTACT_STATES: tuple[ContactState, ...] = get_args(ContactState)
CampaignState = Literal["preparing", "running", "paused", "cancelled", "done"]

DEFAULT_BATCH = 1000
"""Contacts a request: the limit of the sibling bulk SMS API; the Fallback page states none."""


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: contacts that share the same rendered steps. ``number`` counts from 1 within the campaign."""

    number: int
    contacts: tuple[Contact, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider gave for one contact. ``position`` is the contact's place in its request, from 0."""

    position: int
    message_id: str | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one POST.

    ``state`` is what the whole request ends in; a contact with a receipt is accepted even when the request is
    unknown. ``pending`` says that certainly nothing was accepted, so it may be tried again after
    ``retry_after`` seconds. ``detail`` is a code (``timeout``) whose sentence is ``answer.<code>``, with
    ``params``. ``unpaired`` are ids that came back without a contact they certainly belong to; their position
    is -1. ``pauses`` asks to stop the whole campaign, because every other request would fare the same (401,
    403).
    """

    state: Literal["pending", "accepted", "refused", "unknown"]
    detail: str
    batch_id: str | None = None
    receipts: tuple[Receipt, ...] = ()
    unpaired: tuple[Receipt, ...] = ()
    status: int | None = None
    retry_after: float = 0.0
    pauses: bool = False
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it was frozen, and its state now. Times are UTC epoch seconds; ``start_at`` is when it starts by
    itself, ``canary`` how many of its first requests it is held after."""

    id: int
    key: str
    name: str
    state: CampaignState
    reason: Reason | None
    practice: bool
    account: str
    endpoint: str
    template_json: str
    details: str
    contacts: int
    requests: int
    created_by: str
    created_at: float
    started_at: float | None
    finished_at: float | None
    start_at: float | None
    start_zone: str | None
    canary: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign at one moment. ``counts`` has every contact state and adds up to ``contacts``.

    ``rate`` is in contacts a second over the last ten seconds, ``seconds_left`` looks back as far as ahead, up to a
    minute; ``next_attempt_at`` is set while everything that is left waits for a moment to come. ``start_at`` is when a
    paused campaign starts by itself, meant in ``start_zone``.
    """

    state: CampaignState
    reason: Reason | None
    contacts: int
    counts: Mapping[ContactState, int]
    requests: int
    requests_finished: int
    rate: float
    seconds_left: float | None
    started_at: float | None
    finished_at: float | None
    next_attempt_at: float | None
    practice: bool
    start_at: float | None
    start_zone: str | None

    @property
    def finished(self) -> int:
        """Contacts that are neither pending nor sending any more."""
        return self.contacts - self.counts["pending"] - self.counts["sending"]


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A line of the history: ``counts`` has every contact state and adds up to ``contacts``."""

    id: int
    name: str
    state: CampaignState
    reason: Reason | None
    practice: bool
    account: str
    contacts: int
    requests: int
    created_by: str
    created_at: float
    started_at: float | None
    finished_at: float | None
    start_at: float | None
    start_zone: str | None
    counts: Mapping[ContactState, int]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One contact of a campaign. ``position`` is its place in its request, from 0; ``detail`` is a code."""

    row: int
    destination: str
    plan: int
    request_number: int
    position: int
    state: ContactState
    batch_id: str | None
    detail: str | None
    params: Mapping[str, object]
    finished_at: float | None
