"""People who were sent to lately, on the command line: who sent to how many, and what ``--repeats`` decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from omni import wiring
from omni.cli.output import Output
from omni.errors import CampaignError
from omni.service.checked_contacts import CheckedContacts
from omni.service.preparation import Preparation, Whom
from omni.service.recent_sends import RecentContacts

_CAMPAIGNS: Final = 5


def decided(
    console: wiring.Console, checked: CheckedContacts, preparation: Preparation, whom: Whom | None, output: Output
) -> tuple[CheckedContacts, Preparation] | None:
    """The contacts to send to, and the preparation with the decision in it; None when there is none to be made of it.

    Raises ``CampaignError("campaign.nobody_else")``.
    """
    found = console.repeats.find(checked, preparation)
    if not found.count:
        return checked, preparation
    _tell(found, output)
    if whom is None:
        code = "repeats.cli_choose" if found.others else "repeats.cli_choose_all"
        output.told(code, n=found.others, contacts=found.contacts)
        return None
    if whom == "others" and not found.others:
        raise CampaignError("campaign.nobody_else")
    preparation = replace(preparation, repeats=found.decide(whom))
    return console.repeats.applied(checked, preparation), preparation


def _tell(found: RecentContacts, output: Output) -> None:
    text = output.text
    output.told("repeats.cli_some", n=found.count, contacts=found.contacts, within=text("repeats.within", n=found.days))
    for each in found.earlier[:_CAMPAIGNS]:
        one = each.campaign
        when = text.moment(datetime.fromtimestamp(one.created_at, UTC).astimezone())
        output.told(
            "repeats.cli_line",
            n=each.count,
            id=str(one.id),
            campaign=one.name,
            when=when,
            who=one.created_by,
            state=text(f"campaign.{one.state}"),
        )
    if (more := len(found.earlier) - _CAMPAIGNS) > 0:
        output.told("repeats.more", n=more)
    if same := found.identical:
        output.told("repeats.cli_same", id=str(same.campaign.id), campaign=same.campaign.name)
