"""Guard against recent sends: no contact is written to again within N days unless an operator decides so.

Contacts are recognised by any of their destinations, in any spreadsheet. A decision is about one finding. When that
changes, because a campaign was created in between or the spreadsheet was edited, the operator has to decide again.
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
from omni.store.campaigns.launch_guard import RecentSendsSeen
from omni.store.campaigns.recent_sends import RecentCampaign, RecentSends

EXAMPLES: Final = 3
"""Examples kept for each earlier campaign."""


@dataclass(frozen=True, slots=True)
class Example:
    """A contact that was written to before: its row, and the first of its destinations that was."""

    row: int
    destination: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Contacts of a check that an earlier campaign wrote to.

    ``mask`` has one value for each contact that could be sent to; ``examples`` are the first few for which it is true.
    """

    mask: Mask
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class CampaignInCommon:
    """A campaign that wrote to ``count`` of the contacts, and whether it had the same steps."""

    campaign: RecentCampaign
    count: int
    same_steps: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class RecentContacts:
    """Contacts that were written to in the last ``days`` days.

    ``mask`` has one value for each contact that could be sent to. ``earlier`` has the newest campaign first;
    ``looked_at`` are the ids of all campaigns that were compared.
    """

    whole: CheckedContacts
    practice: bool
    days: int
    mask: Mask
    earlier: tuple[CampaignInCommon, ...]
    looked_at: Collection[int]

    @property
    def contacts(self) -> int:
        """Number of contacts that could be sent to."""
        return len(self.mask)

    @cached_property
    def count(self) -> int:
        """Number of those contacts that were written to."""
        return int(self.mask.sum())

    @property
    def others(self) -> int:
        """Number of those contacts that were not written to."""
        return self.contacts - self.count

    @property
    def identical(self) -> CampaignInCommon | None:
        """The newest campaign that sent the same steps to all of the contacts; None if there is none."""
        return next((each for each in self.earlier if each.same_steps and each.count == self.contacts), None)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of this finding; empty when there are no recent sends."""
        if not self.count:
            return ""
        who = blake2b(np.packbits(self.mask).tobytes(), digest_size=16).hexdigest()
        where = [(each.campaign.id, each.campaign.created_at, each.count, each.same_steps) for each in self.earlier]
        return fingerprint("repeats 1", self.whole.key, self.practice, who, where)

    def decide(self, whom: Whom) -> RecentSendsChoice:
        """Return a decision about this finding."""
        return RecentSendsChoice(whom, self.digest)

    def is_decided_by(self, choice: RecentSendsChoice | None) -> bool:
        """Tell whether ``choice`` was made about exactly this finding."""
        return choice is not None and bool(self.count) and choice == self.decide(choice.whom)


class RecentSendsGuard:
    """Guard of one installation. ``days`` is how many days it looks back; with 0 it lets everything pass."""

    def __init__(self, sends: RecentSends, days: int) -> None:
        self._sends = sends
        self.days = days

    def find(self, checked: CheckedContacts, template: Template, *, practice: bool) -> RecentContacts:
        """Find the contacts written to before by campaigns of the same kind: practice or live."""
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
        """Return the check without the contacts that the operator decided to leave out, if that decision is valid."""
        choice = preparation.recent_sends
        if not self.days or choice is None or choice.whom != "others":
            return checked
        found = self.find(checked, preparation.template, practice=practice)
        return without_recent(found) if found.others and choice == found.decide("others") else checked

    def allow(self, checked: CheckedContacts, preparation: Preparation, *, practice: bool) -> RecentSendsSeen | None:
        """Return what ``Campaigns.create`` is to confirm; None if the guard is off.

        Raises ``CampaignError``: ``campaign.repeats`` when there are recent sends and no decision about them,
        ``campaign.repeats_changed`` when the decision is about other recent sends than there are now.
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
    """Return the contacts that were not written to before; there must be at least one."""
    return FewerContacts(found.whole, found.mask, found.digest)


class Overlaps:
    """Comparison of one check's contacts with earlier campaigns; each result is kept beside the check.

    A campaign is read in chunks, so that memory is needed for the check's own keys and for the result, but not for the
    campaign's keys.
    """

    def __init__(self, sends: RecentSends, whole: CheckedContacts, since: float) -> None:
        self._sends = sends
        self._whole = whole
        self._since = since

    def of(self, campaign: RecentCampaign) -> Overlap:
        """Return the contacts that ``campaign`` wrote to.

        Contacts of it that were refused, cancelled or written to before the window do not count.
        """
        # With its creation time: in a database that was restored, the same number may later be another campaign's.
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
        """All keys of the check, sorted, to look up those of a campaign."""
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
        """Return the keys that the campaign and the check have in common, sorted."""
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
            # A campaign made before keys were stored is compared by the destinations its contacts were first sent to.
            for contacts in self._sends.destinations(campaign_id):
                yield keys_of_destinations(contacts)

    def _among(self, shared: Keys, at: int) -> Mask:
        """Return a mask of the contacts with one of the ``shared`` keys in the field of column ``at``."""
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
    """Return a mask of the ``keys`` that are in ``ordered``, which is sorted and not empty."""
    places = np.searchsorted(ordered, keys)
    return np.asarray(ordered[np.minimum(places, len(ordered) - 1)] == keys)
