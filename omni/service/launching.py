"""Launch of a campaign: the guards before it, and freezing its plan, which no later edit by the operator changes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa

from omni.core.suppression import Suppress
from omni.errors import CampaignError
from omni.provider.payload import template_to_json
from omni.service.checked_contacts import CheckedContacts
from omni.service.destination_keys import key_parts
from omni.service.do_not_contact import DoNotContactKeys
from omni.service.planning import Plan
from omni.service.preparation import Preparation, Whom
from omni.service.recent_sends import RecentContacts, RecentSendsGuard
from omni.sheets.arrow_files import pack
from omni.sheets.checking.do_not_contact import on_the_list
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.creation import Created, NewCampaign, PreparedRequest
from omni.store.campaigns.launch_guard import RecentSendsSeen

OpenDecision = Literal["recent_sends", "restored_database"]
"""Decisions that an operator may have to make before sending."""

_ROWS_A_PART = 50_000
"""Rows in each stored chunk of original cells."""
_TRIES = 5
"""Attempts to create a campaign while other campaigns are created at the same time."""


@dataclass(frozen=True, slots=True)
class Launch:
    """An operator's order to start a campaign, under a key: the same key never creates a second campaign.

    ``acknowledged`` is when a restored database was noticed (UTC epoch seconds), if the operator was warned of it and
    confirms that this was not sent before.
    """

    key: str
    name: str
    practice: bool
    created_by: str
    draft_id: str | None
    acknowledged: int | None = None


class SendGuards(Protocol):
    """Checks of one installation before contacts are sent to: recent sends, and a restored database."""

    def find(self, checked: CheckedContacts, preparation: Preparation) -> RecentContacts:
        """Find the contacts that were written to in the last N days."""
        ...

    def applied(self, checked: CheckedContacts, preparation: Preparation) -> CheckedContacts:
        """Leave out contacts as decided in the preparation."""
        ...

    def restored_at(self, draft_id: str | None, preparation: Preparation) -> int | None:
        """Return when a restored database was noticed (UTC epoch seconds), if it has to be acknowledged; else None."""
        ...


@dataclass(frozen=True, slots=True)
class SendReview:
    """Contacts and requests about to be sent, and the facts that an operator has to decide about first.

    ``recent`` are those of the contacts that were written to in the last N days. ``restored_at`` is when a restored
    database was noticed (UTC epoch seconds), if the operator has to confirm that this was not sent before.
    """

    preparation: Preparation
    checked: CheckedContacts
    plan: Plan
    recent: RecentContacts
    restored_at: int | None

    def open_decisions(self, *, not_sent_yet: bool = False) -> tuple[OpenDecision, ...]:
        """Return the decisions still to be made, in the order to ask for them; nothing may be launched before."""
        undecided: list[OpenDecision] = []
        if self.recent.count and not self.recent.is_decided_by(self.preparation.recent_sends):
            undecided.append("recent_sends")
        if self.restored_at is not None and not not_sent_yet:
            undecided.append("restored_database")
        return tuple(undecided)


def review_send(
    guards: SendGuards,
    plan: Callable[[CheckedContacts], Plan],
    checked: CheckedContacts,
    preparation: Preparation,
    draft_id: str | None,
    whom: Whom | None = None,
) -> SendReview:
    """Apply the choice about recent sends, plan the requests, and find what is still to be decided.

    ``whom`` is a choice made beforehand; ``others`` has no effect when every contact was written to recently.
    """
    recent = guards.find(checked, preparation)
    if whom is not None and recent.count and (whom == "all" or recent.others):
        preparation = replace(preparation, recent_sends=recent.decide(whom))
        checked = guards.applied(checked, preparation)
    return SendReview(preparation, checked, plan(checked), recent, guards.restored_at(draft_id, preparation))


def launch(
    campaigns: Campaigns,
    order: Launch,
    account: str,
    endpoint: str,
    preparation: Preparation,
    checked: CheckedContacts,
    plan: Plan,
    listed: DoNotContactKeys | None = None,
    guard: RecentSendsGuard | None = None,
) -> Created:
    """Create the campaign, running or waiting for its start, or return the one that this key created before.

    ``listed`` is the current do-not-contact list; ``guard`` checks for recent sends. Raises ``CampaignError``:
    ``campaign.start_past`` for a start that has passed, ``campaign.list_changed`` when a contact to send to was added
    to the list after the check, ``campaign.put_back`` for a restored database that is not acknowledged, and what the
    guard raises.
    """
    start = preparation.start
    # What was true when this key created its campaign may have changed; a second call returns that campaign.
    if not campaigns.has_made(order.key):
        if listed is not None and (n := _newly_listed(checked, listed, preparation.suppress)):
            raise CampaignError("campaign.list_changed", n=n)
        if start is not None and start.epoch < time.time():
            raise CampaignError("campaign.start_past", when=start.local.replace("T", " "), zone=start.zone)
    upload = preparation.upload
    template = json.dumps(template_to_json(preparation.template), ensure_ascii=False)
    details = {
        "file": upload.name if upload else "",
        "mapping": checked.mapping,
        "rows": dict(checked.summary.rows),
        "largest": plan.largest,
        "echo": "correlationId" in checked.mapping,
    }
    new = NewCampaign(
        key=order.key,
        name=order.name,
        practice=order.practice,
        account=account,
        endpoint=endpoint,
        template_json=template,
        details=json.dumps(details, ensure_ascii=False),
        created_by=order.created_by,
        state="running",
        draft_id=order.draft_id,
        list_revision=listed.revision if listed else checked.list_revision,
        suppress=preparation.suppress,
        canary=plan.canary_requests or None,
        start_at=start.epoch if start else None,
        start_zone=start.zone if start else None,
        acknowledged=order.acknowledged,
        ask_days=guard.days if guard else 0,
    )
    for _ in range(_TRIES):
        seen = _recent_sends_seen(guard, campaigns, order, preparation, checked) if guard is not None else None
        try:
            given = replace(new, seen=seen)
            return campaigns.create(given, _requests(plan), _sheet_parts(checked), key_parts(checked))
        except CampaignError as err:
            # Another campaign was created meanwhile, perhaps to quite different contacts: compare with it as well.
            if err.code != "campaign.repeats_changed":
                raise
    raise CampaignError("campaign.repeats_changed")


def _recent_sends_seen(
    guard: RecentSendsGuard, campaigns: Campaigns, order: Launch, preparation: Preparation, checked: CheckedContacts
) -> RecentSendsSeen | None:
    """Return what the guard has seen; None if this key has created its campaign, which need not pass again."""
    try:
        return guard.allow(checked, preparation, practice=order.practice)
    except CampaignError:
        # Checked afterwards: another tab may have created it at this very moment.
        if campaigns.has_made(order.key):
            return None
        raise


def _newly_listed(checked: CheckedContacts, listed: DoNotContactKeys, suppress: Suppress) -> int:
    """Return how many contacts to send to have a destination on ``listed``, if that is newer than the check's list.

    With ``suppress`` ``contact`` any destination counts, else one that the steps send to.
    """
    if listed.revision == checked.list_revision:
        return 0
    ready = checked.ready()
    names = {reach.destination_field for reach in checked.summary.reach} & checked.kinds.keys()
    columns: list[pa.ChunkedArray] = []
    if suppress == "contact":
        names |= {name for name, kind in checked.kinds.items() if kind != "text"}
        columns += checked.further_destinations().values()
    columns += [ready.column(f"v:{name}") for name in names]
    hits = [mask for column in columns if (mask := on_the_list(column, listed.keys)) is not None]
    return int(np.logical_or.reduce(hits).sum()) if hits else 0


def _requests(plan: Plan) -> Iterator[PreparedRequest]:
    for body, (number, rows, destinations, plans) in zip(
        plan.bodies_in_order(), plan.recipients_by_request(), strict=True
    ):
        yield PreparedRequest(number, body, rows, destinations, plans)


def _sheet_parts(checked: CheckedContacts) -> Iterator[bytes]:
    """Yield the original cells of the contacts to send to, in the sheet's order, as compressed Arrow streams."""
    cells = checked.ready_cells()
    for start in range(0, max(1, cells.num_rows), _ROWS_A_PART):
        yield pack(cells.slice(start, _ROWS_A_PART))
