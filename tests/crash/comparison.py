"""Comparison of what the operator's reports show with what the stand-in provider received."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from omni.store.campaigns.campaigns import Campaigns
from tests.store.building import all_recipients

ACCEPTS_CLEARLY: Final = ("ok", "slow")
"""Modes of the stand-in whose answers contain every id."""
LEADS_TO_UNKNOWN: Final = frozenset({
    "hang", "cut_before", "cut_after", "cut_middle", "error_500", "error_503", "error_504", "malformed", "html",
    "fewer_ids", "redirect",
})  # fmt: skip
_RECEIVED_OR_PERHAPS: Final = ("accepted", "unknown")
_ENDED: Final = ("accepted", "refused", "unknown")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A contact as shown in its row of the report."""

    phone: str
    state: str
    id: str
    request: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of contacts; ``unknown`` and ``at_most`` count requests. All from ``twice`` to ``astray`` have to be 0.

    ``arrived`` counts answers that reached us, ``astray`` ids reported for a different contact than the provider's.
    """

    contacts: int
    received: int
    arrived: int
    twice: int
    lost: int
    denied: int
    invented: int
    unfinished: int
    astray: int
    unknown: int
    at_most: int

    @property
    def is_kept(self) -> bool:
        """Whether the promise is kept: no error, and no more unknown requests than expected."""
        wrong = self.twice + self.lost + self.denied + self.invented + self.unfinished + self.astray
        return wrong == 0 and self.unknown <= self.at_most


def compare(
    rows: Iterable[ReportRow],
    records: Sequence[Mapping[str, Any]],
    arrived: Sequence[tuple[int | None, bytes]],
    open_at_kills: int,
) -> Tally:
    """Compare the reports of all campaigns with the provider's record; no phone may be in two campaigns.

    ``arrived`` has the status and bytes of each answer that reached us; ``open_at_kills`` counts the requests that
    were in flight when one of our processes died.
    """
    ours = {each.phone: each for each in rows}
    taken = [each for each in records if each["accepted"]]
    received = Counter(contact["phone1"] for each in taken for contact in each["contacts"])
    given = {
        contact["phone1"]: message_id
        for each in taken
        if each["count"] == len(each["ids"])
        for contact, message_id in zip(each["contacts"], each["ids"], strict=True)
    }
    had_come = {_batch_of(raw) for status, raw in arrived if status == 200} - {None}
    must_be_reported = [
        contact["phone1"]
        for each in taken
        if each["mode"] in ACCEPTS_CLEARLY and each["batch_id"] in had_come
        for contact in each["contacts"]
    ]
    faults = sum(each["mode"] in LEADS_TO_UNKNOWN for each in records)
    return Tally(
        contacts=len(ours),
        received=len(received),
        arrived=len(arrived),
        twice=sum(times > 1 for times in received.values()),
        lost=sum(ours[phone].state != "accepted" or ours[phone].id != given[phone] for phone in must_be_reported),
        denied=sum(phone not in ours or ours[phone].state not in _RECEIVED_OR_PERHAPS for phone in received),
        invented=sum(each.state == "accepted" and phone not in received for phone, each in ours.items()),
        unfinished=sum(each.state not in _ENDED for each in ours.values()),
        astray=sum(bool(each.id) and given.get(phone, each.id) != each.id for phone, each in ours.items()),
        unknown=len({each.request for each in ours.values() if each.state == "unknown"}),
        at_most=open_at_kills + faults,
    )


def requests_of(campaigns: Campaigns, campaign_id: int) -> dict[str, int]:
    """Map each destination to a number that identifies its request across all campaigns."""
    return {
        each.destination: campaign_id << 32 | each.request_number for each in all_recipients(campaigns, campaign_id)
    }


def _batch_of(raw: bytes) -> str | None:
    try:
        batch = json.loads(raw).get("id")
    except (ValueError, AttributeError):
        return None
    return batch if isinstance(batch, str) else None
