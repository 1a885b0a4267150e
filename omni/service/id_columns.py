"""Message ids of a campaign, read from the stored answers, for as many requests as are needed at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

import numpy as np

from omni.core.campaign import Campaign, Receipt
from omni.provider.response import judge, undisputed_ids
from omni.provider.sent_request import SentRequest
from omni.provider.taught_answer import taught_of
from omni.store.campaigns.campaign_rows import ContactChunk
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.recipients import AnsweredRequest
from omni.store.ledger.former_positions import REMOVED

_CONTACTS_KEPT: Final = 2_000_000
"""Contacts whose ids are kept in memory at most."""


@dataclass(slots=True)
class _RequestIds:
    """Ids of one request by position, ``""`` where there is none.

    ``others`` are ids that cannot be assigned to a contact with certainty. ``unread`` is the number of contacts whose
    ids were not returned yet. ``several`` holds all ids of the contacts that have more than one, each with its step.
    """

    ids: Sequence[str] = ()
    correlation_ids: Sequence[str] = ()
    others: Sequence[str] = ()
    unread: int = 0
    several: Mapping[int, Sequence[tuple[int, str]]] = field(default_factory=dict)

    def other(self, position: int) -> str:
        """Return the other id shown beside this contact; beside the last contact, all that are left."""
        is_last = position == len(self.ids) - 1
        return " ".join(self.others[position:] if is_last else self.others[position : position + 1])


def step_types_of(campaign: Campaign) -> Sequence[str]:
    """Return the type of each step of a campaign."""
    return _step_types(campaign.template_json)


@lru_cache(16)
def _step_types(template_json: str) -> tuple[str, ...]:
    return tuple(step["type"] for step in json.loads(template_json)["steps"])


def ids_in_words(several: Sequence[tuple[int, str]]) -> str:
    """Return all ids of a contact as ``step: id; step: id``, without the step where it is unknown."""
    return "; ".join(f"{step}: {text}" if step else text for step, text in several)


@dataclass(slots=True)
class IdColumns:
    """Ids and correlationIds of consecutive contacts, ``""`` where there is none.

    ``others`` has, at some indices, an id of the request that cannot be assigned to a contact with certainty, and
    ``several`` all ids of a contact that has more than one, each with the number of its step (0 if unknown).
    """

    ids: list[str] = field(default_factory=list)
    correlation_ids: list[str] = field(default_factory=list)
    others: dict[int, str] = field(default_factory=dict)
    several: dict[int, Sequence[tuple[int, str]]] = field(default_factory=dict)


class Receipts:
    """Reader of ids from the stored answers, request by request."""

    def __init__(self, campaigns: Campaigns, campaign_id: int) -> None:
        self._campaigns = campaigns
        self._campaign_id = campaign_id
        campaign = campaigns.get(campaign_id)
        self._echo = bool(json.loads(campaign.details).get("echo"))
        self._step_types = step_types_of(campaign)
        self._taught = taught_of(campaigns.taught_answer())
        self._known: dict[int, _RequestIds] = {}

    def load(self, numbers: Collection[int]) -> None:
        """Read the ids for the contacts of these requests."""
        wanted = set(numbers) - self._known.keys()
        answers = self._campaigns.answers(self._campaign_id, wanted) if wanted else ()
        for number, attempts in groupby(answers, attrgetter("number")):
            self._known[number] = self._ids_of(list(attempts))
        for number in wanted - self._known.keys():
            self._known[number] = _RequestIds()

    def of(self, number: int, position: int) -> tuple[str, str, str]:
        """Return a contact's id and correlationId, and an id of its request that cannot be assigned with certainty."""
        known = self._known[number]
        has_ids = position < len(known.ids)
        return (
            known.ids[position] if has_ids else "",
            known.correlation_ids[position] if has_ids else "",
            known.other(position),
        )

    def columns(self, contacts: ContactChunk) -> IdColumns:
        """Return the same for all these contacts.

        A request is forgotten once the ids of all its contacts were returned; to return them again, load it again.
        """
        found = IdColumns()
        request_index, positions = contacts.request_index.to_numpy(), contacts.positions.to_numpy()
        # Neighbours in the sheet are mostly neighbours in their request too.
        breaks = np.flatnonzero((np.diff(request_index) != 0) | (np.diff(positions) != 1)) + 1
        for start, end in pairwise([0, *breaks.tolist(), len(request_index)]):
            known = self._known[contacts.requests[request_index[start]].number]
            first = int(positions[start])
            past = first + end - start
            ids, own_ids = known.ids[first:past], known.correlation_ids[first:past]
            none = [""] * (end - start - len(ids))
            found.ids += [*ids, *none]
            found.correlation_ids += [*own_ids, *none]
            for position in range(first, min(past, len(known.others))):
                found.others[start + position - first] = known.other(position)
            for position, several in known.several.items():
                if first <= position < past:
                    found.several[start + position - first] = several
            known.unread -= end - start
        self._forget([each.number for each in contacts.requests])
        return found

    def _forget(self, numbers: Collection[int]) -> None:
        for number in numbers:
            if self._known[number].unread <= 0:
                del self._known[number]
        # Beyond this, reading ids more than once is better than keeping them all at the same time.
        if sum(len(known.ids) for known in self._known.values()) > _CONTACTS_KEPT:
            self._known = {}

    def _ids_of(self, attempts: Sequence[AnsweredRequest]) -> _RequestIds:
        only = attempts[0]
        if len(attempts) == 1 and not self._echo and REMOVED not in only.places:
            undisputed = undisputed_ids(only.answer, len(only.places), self._taught)
            if undisputed is not None:
                ids, own_ids = undisputed
                return _RequestIds(ids, [own or "" for own in own_ids], unread=len(ids))
        return self._ids_of_any(attempts)

    def _ids_of_any(self, attempts: Sequence[AnsweredRequest]) -> _RequestIds:
        """Return the ids of a request with any number of attempts, even if contacts were removed between them."""
        paired: dict[int, Receipt] = {}
        others: list[str] = []
        for attempt in attempts:
            outcome = judge(attempt.answer, self._sent(attempt), self._taught)
            for receipt in outcome.receipts:
                place = attempt.places[receipt.position]
                if place == REMOVED:
                    # Belongs to a contact removed before the next attempt: kept, but for none of the remaining
                    # contacts.
                    others += receipt.all_ids or [receipt.correlation_id or ""]
                    continue
                # A later attempt replaces an earlier one, whose ids are kept as well.
                former = paired.get(place)
                if former is not None:
                    others += former.all_ids
                paired[place] = receipt
            others += [one.message_id or one.correlation_id or "" for one in outcome.unpaired]
        contacts = len(attempts[0].places) - attempts[0].places.count(REMOVED)
        of = [paired.get(place) for place in range(contacts)]
        return _RequestIds(
            [(each.message_id or "") if each else "" for each in of],
            [(each.correlation_id or "") if each else "" for each in of],
            others,
            contacts,
            {place: each.ids for place, each in enumerate(of) if each and each.ids},
        )

    def _sent(self, attempt: AnsweredRequest) -> SentRequest:
        """Return the request as it was sent; contacts that were removed since cannot be recognised any more."""
        none = None if self._echo else [None] * len(attempt.places)
        return SentRequest(
            len(attempt.places),
            lambda: self._campaigns.body(self._campaign_id, attempt.number),
            none,
            attempt.places if REMOVED in attempt.places else None,
            self._step_types,
        )
