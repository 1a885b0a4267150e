"""The ids of a campaign, read again out of the kept answers, for as many requests as are asked about at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from omni.core.campaign import Receipt
from omni.provider.echo import correlation_ids
from omni.provider.response import judge
from omni.store.campaigns import GONE, Campaigns, Recipient

REQUESTS_KEPT: Final = 5_000


@dataclass(slots=True)
class _RequestIds:
    """The ids of one request by position; ``others`` are ids that belong to no contact for certain."""

    left: int
    paired: dict[int, Receipt] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


class Receipts:
    """Reads ids out of the kept answers, request by request."""

    def __init__(self, campaigns: Campaigns, campaign_id: int) -> None:
        self._campaigns = campaigns
        self._campaign_id = campaign_id
        self._echo = bool(json.loads(campaigns.get(campaign_id).details).get("echo"))
        self._known: dict[int, _RequestIds] = {}

    def load(self, chunk: Sequence[Recipient]) -> None:
        """Have the ids ready for these contacts."""
        wanted = {each.request_number for each in chunk} - self._known.keys()
        for came in self._campaigns.answers(self._campaign_id, wanted) if wanted else ():
            expected: Sequence[str | None] = [None] * len(came.places)
            if self._echo:
                own = correlation_ids(self._campaigns.body(self._campaign_id, came.number))
                expected = [own[place] if place != GONE else None for place in came.places]
            outcome = judge(came.answer, expected)
            known = self._known.setdefault(came.number, _RequestIds(len(came.places) - came.places.count(GONE)))
            for receipt in outcome.receipts:
                place = came.places[receipt.position]
                if place == GONE:
                    # Of somebody who was taken out before the next attempt: kept, but with nobody who is left.
                    known.others.append(receipt.message_id or receipt.correlation_id or "")
                    continue
                # A later attempt takes the place of an earlier one, whose ids are not thrown away.
                former = known.paired.get(place)
                if former is not None and former.message_id:
                    known.others.append(former.message_id)
                known.paired[place] = receipt
            known.others += [one.message_id or one.correlation_id or "" for one in outcome.unpaired]
        for number in wanted - self._known.keys():
            self._known[number] = _RequestIds(0)

    def of(self, contact: Recipient) -> tuple[Receipt | None, str]:
        """The contact's receipt, and an id of its request that belongs to nobody for certain."""
        known = self._known[contact.request_number]
        other = ""
        if contact.position < len(known.others):
            is_last = contact.position == known.left - 1
            others = known.others[contact.position :] if is_last else known.others[contact.position :][:1]
            other = " ".join(others)
        return known.paired.get(contact.position), other

    def trim(self) -> None:
        """Forget what was read, if it is much: a request that goes on is read again."""
        if len(self._known) > REQUESTS_KEPT:
            self._known = {}
