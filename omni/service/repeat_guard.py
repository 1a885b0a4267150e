"""Nobody is sent to again within some days unless a person says so: who that would be, and what was decided.

People are recognised by destination, whatever spreadsheet they stood in. A decision is about one finding; once that is
another one, because a campaign was made in between or the spreadsheet was changed, it has to be made again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from omni.core.template import Template
from omni.errors import CampaignError
from omni.provider.payload import template_to_json
from omni.service.checked_contacts import CheckedContacts
from omni.service.left_out import FewerContacts, Mask, whole_of
from omni.service.overlaps import Example, Overlaps
from omni.service.preparation import Preparation, RepeatChoice, Whom
from omni.service.workspace import fingerprint
from omni.store.launch_guard import Looked
from omni.store.recent_sends import EarlierCampaign, EarlierSends


@dataclass(frozen=True, slots=True)
class Earlier:
    """A campaign that sent to ``count`` of the contacts, perhaps with the very same steps."""

    campaign: EarlierCampaign
    count: int
    same_steps: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Repeats:
    """Who of the contacts was sent to in the last ``days`` days. ``mask`` has one value for each that could be sent to.

    ``earlier`` has the newest campaign first; ``looked_at`` are all that were looked through.
    """

    whole: CheckedContacts
    practice: bool
    days: int
    mask: Mask
    earlier: tuple[Earlier, ...]
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
    def identical(self) -> Earlier | None:
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

    def decide(self, whom: Whom) -> RepeatChoice:
        """The decision about this finding."""
        return RepeatChoice(whom, self.digest)


class RepeatGuard:
    """The guard of one installation. ``days`` is how far it looks back; with 0 it lets everything pass."""

    def __init__(self, sends: EarlierSends, days: int) -> None:
        self._sends = sends
        self.days = days

    def find(self, checked: CheckedContacts, template: Template, *, practice: bool) -> Repeats:
        """Who was sent to before, by campaigns of the same kind: practice, or for real."""
        whole = whole_of(checked)
        if not self.days:
            mask = np.zeros(len(whole.ready_places()), dtype=bool)
            return Repeats(whole, practice, 0, mask, (), ())
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
                earlier.append(Earlier(campaign, overlap.count, is_same, overlap.examples))
        looked_at = [campaign.id for campaign in window.campaigns]
        return Repeats(whole, practice, self.days, mask, tuple(earlier), looked_at)

    def applied(self, checked: CheckedContacts, preparation: Preparation, *, practice: bool) -> CheckedContacts:
        """The contacts without those whom the operator decided to leave out, as long as that decision holds."""
        choice = preparation.repeats
        if not self.days or choice is None or choice.whom != "others":
            return checked
        found = self.find(checked, preparation.template, practice=practice)
        return fewer(found) if found.others and choice == found.decide("others") else checked

    def allow(self, checked: CheckedContacts, preparation: Preparation, *, practice: bool) -> Looked | None:
        """What ``Campaigns.create`` is to confirm. None where the guard is off.

        Raises ``CampaignError``: ``campaign.repeats`` when somebody was sent to and nothing is decided about it,
        ``campaign.repeats_changed`` when what is decided is not about who it would be now.
        """
        if not self.days:
            return None
        found, choice = self.find(checked, preparation.template, practice=practice), preparation.repeats
        holds = choice is not None and bool(found.count) and choice == found.decide(choice.whom)
        wanted = found.digest if choice is not None and holds and choice.whom == "others" else ""
        if wanted != (checked.decided if isinstance(checked, FewerContacts) else ""):
            raise CampaignError("campaign.repeats_changed")
        if found.count and choice is None:
            raise CampaignError("campaign.repeats", n=found.count, contacts=found.contacts, days=self.days)
        if found.count and not holds:
            raise CampaignError("campaign.repeats_changed")
        ids = [each.campaign.id for each in found.earlier]
        return Looked(
            found.looked_at,
            self.days,
            choice.whom if choice is not None and holds else "",
            {
                "contacts": found.count,
                "campaigns": ids,
                "same_steps": found.identical is not None,
            },
        )


def fewer(found: Repeats) -> FewerContacts:
    """The contacts that were not sent to before; there is at least one."""
    return FewerContacts(found.whole, found.mask, found.digest)
