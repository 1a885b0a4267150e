"""Nobody is sent to again within some days unless a person says so: who that would be, and what was decided.

People are recognised by destination, whatever spreadsheet they stood in. A decision is about one finding; once that is
another one, because a campaign was made in between or the spreadsheet was changed, it has to be made again.

Contacts against one earlier campaign: who of them was sent to there, by any of their destinations.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.template import Template
from omni.errors import CampaignError
from omni.provider.payload import template_to_json
from omni.service.checked_contacts import CheckedContacts, FewerContacts, whole_of
from omni.service.destination_keys import KeysPerChunk, keys_in, keys_of_destinations, keys_of_ready, sent_to
from omni.service.preparation import Preparation, RecentSendsChoice, Whom
from omni.service.workspace import Workspace, fingerprint
from omni.sheets.arrow_files import ROWS_A_CHUNK, open_table, write_table
from omni.sheets.string_columns import Keys, Mask
from omni.store.launch_guard import RecentSendsSeen
from omni.store.recent_sends import RecentCampaign, RecentSends

EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A contact that was sent to before: its row, and the first destination that was."""

    row: int
    destination: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """``mask`` has one value for each contact that could be sent to; ``examples`` are the first few it holds for."""

    mask: Mask
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class CampaignInCommon:
    """A campaign that sent to ``count`` of the contacts, perhaps with the very same steps."""

    campaign: RecentCampaign
    count: int
    same_steps: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class RecentContacts:
    """Who of the contacts was sent to in the last ``days`` days. ``mask`` has one value for each that could be sent to.

    ``earlier`` has the newest campaign first; ``looked_at`` are all that were looked through.
    """

    whole: CheckedContacts
    practice: bool
    days: int
    mask: Mask
    earlier: tuple[CampaignInCommon, ...]
    looked_at: Collection[int]

    @property
    def contacts(self) -> int:
        """How many could be sent to."""
        return len(self.mask)

    @cached_property
    def count(self) -> int:
        """How many of them were sent to."""
        return int(self.mask.sum())

    @property
    def others(self) -> int:
        """How many were not."""
        return self.contacts - self.count

    @property
    def identical(self) -> CampaignInCommon | None:
        """The newest campaign that sent these very steps to all of them."""
        return next((each for each in self.earlier if each.same_steps and each.count == self.contacts), None)

    @cached_property
    def digest(self) -> str:
        """What this finding is known by; empty when nobody was found."""
        if not self.count:
            return ""
        who = blake2b(np.packbits(self.mask).tobytes(), digest_size=16).hexdigest()
        where = [(each.campaign.id, each.campaign.created_at, each.count, each.same_steps) for each in self.earlier]
        return fingerprint("repeats 1", self.whole.key, self.practice, who, where)

    def decide(self, whom: Whom) -> RecentSendsChoice:
        """The decision about this finding."""
        return RecentSendsChoice(whom, self.digest)

    def is_decided_by(self, choice: RecentSendsChoice | None) -> bool:
        """Whether ``choice`` was made about exactly this finding."""
        return choice is not None and bool(self.count) and choice == self.decide(choice.whom)


class RecentSendsGuard:
    """The guard of one installation. ``days`` is how far it looks back; with 0 it lets everything pass."""

    def __init__(self, sends: RecentSends, days: int) -> None:
        self._sends = sends
        self.days = days

    def find(self, checked: CheckedContacts, template: Template, *, practice: bool) -> RecentContacts:
        """Who was sent to before, by campaigns of the same kind: practice, or for real."""
        whole = whole_of(checked)
        if not self.days:
            mask = np.zeros(len(whole.ready_places()), dtype=bool)
            return RecentContacts(whole, practice, 0, mask, (), ())
        window = self._sends.window(practice=practice, days=self.days)
        overlaps = Overlaps(self._sends, whole, window.since)
        mask = np.zeros(len(whole.ready_places()), dtype=bool)
        steps = template_to_json(template)["steps"]
        earlier = []
        for campaign in window.campaigns:
            if campaign.not_counted >= campaign.contacts:
                continue
            overlap = overlaps.of(campaign)
            if overlap.count:
                mask |= overlap.mask
                is_same = json.loads(campaign.template_json)["steps"] == steps
                earlier.append(CampaignInCommon(campaign, overlap.count, is_same, overlap.examples))
        looked_at = [campaign.id for campaign in window.campaigns]
        return RecentContacts(whole, practice, self.days, mask, tuple(earlier), looked_at)

    def applied(self, checked: CheckedContacts, preparation: Preparation, *, practice: bool) -> CheckedContacts:
        """The contacts without those whom the operator decided to leave out, as long as that decision holds."""
        choice = preparation.recent_sends
        if not self.days or choice is None or choice.whom != "others":
            return checked
        found = self.find(checked, preparation.template, practice=practice)
        return without_recent(found) if found.others and choice == found.decide("others") else checked

    def allow(self, checked: CheckedContacts, preparation: Preparation, *, practice: bool) -> RecentSendsSeen | None:
        """What ``Campaigns.create`` is to confirm. None where the guard is off.

        Raises ``CampaignError``: ``campaign.repeats`` when somebody was sent to and nothing is decided about it,
        ``campaign.repeats_changed`` when what is decided is not about who it would be now.
        """
        if not self.days:
            return None
        found, choice = self.find(checked, preparation.template, practice=practice), preparation.recent_sends
        holds = found.is_decided_by(choice)
        wanted = found.digest if choice is not None and holds and choice.whom == "others" else ""
        if wanted != (checked.decided if isinstance(checked, FewerContacts) else ""):
            raise CampaignError("campaign.repeats_changed")
        if found.count and choice is None:
            raise CampaignError("campaign.repeats", n=found.count, contacts=found.contacts, days=self.days)
        if found.count and not holds:
            raise CampaignError("campaign.repeats_changed")
        ids = [each.campaign.id for each in found.earlier]
        return RecentSendsSeen(
            found.looked_at,
            self.days,
            choice.whom if choice is not None and holds else "",
            {
                "contacts": found.count,
                "campaigns": ids,
                "same_steps": found.identical is not None,
            },
        )


def without_recent(found: RecentContacts) -> FewerContacts:
    """The contacts that were not sent to before; there is at least one."""
    return FewerContacts(found.whole, found.mask, found.digest)


class Overlaps:
    """The contacts of one check against earlier campaigns, each kept beside the check once it is found.

    Reads a campaign in parts, so that memory is needed for our own keys and for what is found, not for its own.
    """

    def __init__(self, sends: RecentSends, whole: CheckedContacts, since: float) -> None:
        self._sends = sends
        self._whole = whole
        self._since = since

    def of(self, campaign: RecentCampaign) -> Overlap:
        """Who was sent to by ``campaign``, as far as its contacts count."""
        # With its time: in a database that was restored and went another way, the number may be another campaign's.
        key = fingerprint("overlap 1", self._whole.key, campaign.created_at, campaign.mark)
        beside = Workspace(self._whole.home)
        folder = beside.build_once(f"overlap{campaign.id}", key, lambda target: self._write(target, campaign))
        facts: dict[str, Any] = json.loads((folder / "overlap.json").read_text("utf-8"))
        if not facts["count"]:
            return Overlap(np.zeros(self._keys.num_rows, dtype=bool), 0, ())
        mask = np.asarray(open_table(folder / "mask.arrow").column("mask"))
        return Overlap(mask, facts["count"], tuple(Example(**example) for example in facts["examples"]))

    @cached_property
    def _keys(self) -> pa.Table:
        return keys_of_ready(self._whole)

    @cached_property
    def _sorted(self) -> Keys:
        """All our keys, for looking theirs up."""
        columns = [self._keys.column(at).drop_null().to_numpy() for at in range(1, self._keys.num_columns)]
        return np.sort(np.concatenate(columns or [np.array([], dtype=np.int64)]))

    def _write(self, folder: Path, campaign: RecentCampaign) -> None:
        shared = self._shared(campaign)
        by_field = [self._among(shared, at) for at in range(1, self._keys.num_columns)] if len(shared) else []
        mask: Mask = np.any(by_field, axis=0) if by_field else np.zeros(self._keys.num_rows, dtype=bool)
        first = np.flatnonzero(mask)[:EXAMPLES]
        examples = [self._example(int(place), [bool(hits[place]) for hits in by_field]) for place in first]
        write_table(folder / "mask.arrow", pa.table({"mask": pa.array(mask)}))
        facts = {"count": int(mask.sum()), "examples": examples}
        (folder / "overlap.json").write_text(json.dumps(facts), "utf-8")

    def _shared(self, campaign: RecentCampaign) -> Keys:
        """The keys that are theirs and ours, sorted."""
        if not len(self._sorted):
            return self._sorted
        out = np.array([], dtype=np.int64)
        if campaign.not_counted:
            out = np.asarray(self._sends.rows_not_counted(campaign.id, self._since), dtype=np.int64)
        found = [np.array([], dtype=np.int64)]
        for rows, columns in self._parts(campaign.id):
            counts = ~np.isin(rows, out) if len(out) else np.ones(len(rows), dtype=bool)
            for column in columns:
                theirs = np.sort(column.filter(pa.array(counts)).drop_null().to_numpy())
                found.append(theirs[_is_among(theirs, self._sorted)])
        return np.sort(np.concatenate(found))

    def _parts(self, campaign_id: int) -> Iterator[KeysPerChunk]:
        has_keys = False
        for part in self._sends.key_parts(campaign_id):
            has_keys = True
            yield keys_in(part)
        if not has_keys:
            # One made before keys were kept is known by the destinations that its contacts were first sent to.
            for contacts in self._sends.destinations(campaign_id):
                yield keys_of_destinations(contacts)

    def _among(self, shared: Keys, at: int) -> Mask:
        """Which contacts have one of the ``shared`` keys in the field of column ``at``."""
        column = self._keys.column(at)
        return np.concatenate(
            [
                _is_among(pc.fill_null(column.slice(start, ROWS_A_CHUNK), 0).to_numpy(), shared)
                for start in range(0, len(column), ROWS_A_CHUNK)
            ]
        )

    def _example(self, place: int, hits: Sequence[bool]) -> dict[str, object]:
        field = sent_to(self._whole)[hits.index(True)]
        at = int(self._whole.ready_places()[place])
        row = self._whole.sendable().slice(at, 1).to_pylist()[0]
        return {"row": row["row"], "destination": row[f"v:{field}"]}


def _is_among(keys: Keys, ordered: Keys) -> Mask:
    """Which of ``keys`` are in ``ordered``, which is sorted and not empty."""
    places = np.searchsorted(ordered, keys)
    return np.asarray(ordered[np.minimum(places, len(ordered) - 1)] == keys)
