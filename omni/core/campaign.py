"""Records of a campaign that is ready to be sent: its requests, their outcomes and its progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its parameters, such as ``halt.refused_access`` and ``{"status": 401}``.

    The catalogs hold the sentence for each code.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


ContactState = Literal["pending", "sending", "accepted", "refused", "unknown", "cancelled"]
CONTACT_STATES: tuple[ContactState, ...] = get_args(ContactState)
CampaignState = Literal["preparing", "running", "paused", "cancelled", "done"]

DEFAULT_BATCH = 1000
"""Contacts per request: the limit of the provider's bulk SMS API; the Fallback API page states none."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The ids that the provider returned for one contact.

    ``position`` is the contact's place in its request, from 0. ``ids`` are all of them if there are several, each with
    the number of its step, 0 if that is unknown; ``message_id`` is the first.
    """

    position: int
    message_id: str | None
    correlation_id: str | None
    ids: tuple[tuple[int, str], ...] = ()

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Every message id, in the order of the steps as far as it is known."""
        if self.ids:
            return tuple(text for _, text in self.ids)
        return (self.message_id,) if self.message_id else ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one POST, for the request and for its contacts.

    ``state`` is the final state of the whole request; a contact with a receipt is accepted even when the request is
    unknown. ``pending`` means that the provider certainly accepted nothing, so the request may be tried again after
    ``retry_after`` seconds. ``detail`` is a code (``timeout``) whose sentence in the catalogs is ``answer.<code>``,
    filled with ``params``. ``unpaired`` are ids that cannot be assigned to a contact with certainty; their position
    is -1. ``pauses`` asks to pause the whole campaign, because every other request would end the same way (401, 403).
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


def shown_state(state: CampaignState, start_at: float | None) -> CampaignState | Literal["scheduled"]:
    """Return the state for people: a paused campaign with a start time is scheduled."""
    return "scheduled" if state == "paused" and start_at is not None else state


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it was frozen, with its present state.

    Times are UTC epoch seconds. ``start_at`` is the moment of a scheduled start. After ``canary`` requests the
    campaign is held.
    """

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
    """The figures of a campaign at one moment.

    ``counts`` has every contact state and adds up to ``contacts``. ``rate`` is in contacts per second over the last
    ten seconds. ``seconds_left`` is estimated from a span that is as long as the time it predicts, a minute at most.
    ``next_attempt_at`` is set while all remaining requests wait for a later moment. ``start_at`` is the scheduled
    start of a paused campaign and ``start_zone`` the time zone it was chosen in. Times are UTC epoch seconds.
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
    """One line of the campaign history.

    ``counts`` has every contact state and adds up to ``contacts``.
    """

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
class IdsApart:
    """Ids of a campaign that belong to no contact with certainty.

    ``requests`` is the number of answers with any, ``first`` the number of the first such request, 0 without any.
    """

    requests: int
    ids: int
    first: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """One contact of a campaign, with its state.

    ``position`` is its place in its request, from 0; ``detail`` is a code.
    """

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
