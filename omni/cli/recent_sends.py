"""Recent sends on the command line: the campaigns that wrote to these contacts, and the choices of ``--repeats``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from omni.cli.output import Output
from omni.core.campaign import shown_state
from omni.errors import CampaignError
from omni.service.preparation import Whom
from omni.service.recent_sends import RecentContacts

_CAMPAIGNS: Final = 5
"""Most campaigns shown."""


def require_choice(found: RecentContacts, whom: Whom | None, output: Output) -> None:
    """Show the choices of ``--repeats`` that there are.

    Raises ``CampaignError("campaign.nobody_else")`` when ``whom`` leaves no contact.
    """
    if whom == "others" and not found.others:
        raise CampaignError("campaign.nobody_else")
    code = "repeats.cli_choose" if found.others else "repeats.cli_choose_all"
    output.note(code, n=found.others, contacts=found.contacts)


def show(found: RecentContacts, output: Output) -> None:
    """Show the campaigns that wrote to the contacts, each with the number of contacts."""
    text = output.text
    output.note("repeats.cli_some", n=found.count, contacts=found.contacts, within=text("repeats.within", n=found.days))
    for each in found.earlier[:_CAMPAIGNS]:
        one = each.campaign
        when = text.moment(datetime.fromtimestamp(one.created_at, UTC).astimezone())
        output.note(
            "repeats.cli_line",
            n=each.count,
            id=str(one.id),
            campaign=one.name,
            when=when,
            who=one.created_by,
            state=text(f"campaign.{shown_state(one.state, one.start_at)}"),
        )
    if (more := len(found.earlier) - _CAMPAIGNS) > 0:
        output.note("repeats.more", n=more)
    if same := found.identical:
        output.note("repeats.cli_same", id=str(same.campaign.id), campaign=same.campaign.name)
