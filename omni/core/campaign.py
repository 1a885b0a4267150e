"""What a campaign is made of once it is ready to go: requests, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from omni.core.field_kind import Contact
from omni.core.steps import Step

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
