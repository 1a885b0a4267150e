"""Commands on existing campaigns: ``status``, ``pause``, ``resume``, ``cancel`` and ``report``."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from omni import wiring
from omni.cli.output import Output
from omni.core.campaign import shown_state
from omni.core.hours import iso
from omni.errors import CampaignError
from omni.locale import Text

LARGEST_CAMPAIGN: Final = 2**63 - 1
"""Largest campaign number that the database can hold."""
LARGEST_REQUEST: Final = 2**31 - 1
"""Largest request number that the database can hold."""


def campaign_number(given: str) -> int:
    """Parse a campaign number.

    Raises ``ValueError`` for text that is not a number, and ``CampaignError`` for a number that no database can hold.
    """
    number = int(given)
    if not 0 <= number <= LARGEST_CAMPAIGN:
        raise CampaignError("campaign.not_found", id=given)
    return number


def add_to(commands: Any, text: Text) -> None:
    """Declare the commands."""
    status = commands.add_parser("status", help=text("cli.status.about"))
    status.add_argument("campaign", nargs="?", type=campaign_number, metavar="CAMPAIGN")
    status.add_argument("--json", action="store_true", help=text("cli.json"))
    status.set_defaults(run=run_status)
    for name, run in (("pause", run_pause), ("resume", run_resume), ("cancel", run_cancel)):
        command = commands.add_parser(name, help=text(f"cli.{name}.about"))
        command.add_argument("campaign", type=campaign_number, metavar="CAMPAIGN")
        command.set_defaults(run=run)
    report = commands.add_parser("report", help=text("cli.report.about"))
    report.add_argument("campaign", type=campaign_number, metavar="CAMPAIGN")
    report.add_argument("--out", type=Path, required=True, metavar="IDS.(csv|xlsx)", help=text("cli.out"))
    report.set_defaults(run=run_report)


def run_status(args: argparse.Namespace, output: Output) -> int:
    """Run ``status``: show one campaign, or all of them, newest first."""
    console = wiring.console()
    found = console.overview() if args.campaign is None else [console.overview_of(args.campaign)]
    if args.json:
        shapes = [
            {
                "id": item.id,
                "name": item.name,
                "state": shown_state(item.state, item.start_at),
                "start": None if item.start_at is None else iso(item.start_at),
                "created": iso(item.created_at),
                "contacts": dict(item.counts),
            }
            for item in found
        ]
        output.json(shapes if args.campaign is None else shapes[0])
        return 0
    for item in found:
        counts = ", ".join(
            f"{output.text(f'state.{state}')} {output.text.number(count)}"
            for state, count in item.counts.items()
            if count
        )
        state = output.text(f"campaign.{shown_state(item.state, item.start_at)}")
        output.line(f"{item.id}  {item.name}  {state}  {counts}")
    if not found:
        output.note("cli.no_campaigns")
    for worker in console.workers():
        when = output.text.moment(datetime.fromtimestamp(worker.beat).astimezone())
        output.note("cli.worker_of", host=worker.info.get("host"), pid=str(worker.info.get("pid")), when=when)
    if args.campaign is not None:
        _show_pause_reason(args.campaign, output)
    return 0


def _show_pause_reason(campaign: int, output: Output) -> None:
    """Show the reason why a campaign is not sending, if there is one."""
    console = wiring.console()
    if why := console.pause_sentence(console.progress(campaign), output.text):
        output.say(why)


def run_pause(args: argparse.Namespace, output: Output) -> int:
    """Run ``pause``: start no new request; open requests run to their end."""
    wiring.console().pause(args.campaign)
    output.note("cli.paused", id=str(args.campaign))
    return 0


def run_resume(args: argparse.Namespace, output: Output) -> int:
    """Run ``resume``: continue in the foreground until nothing is pending."""
    from omni.cli.send_command import work_on

    console = wiring.console()
    if console.campaign(args.campaign).state != "running":
        _show_pause_reason(args.campaign, output)
        console.resume(args.campaign)
    return work_on(console, args.campaign, output, None)


def run_cancel(args: argparse.Namespace, output: Output) -> int:
    """Run ``cancel``: what is pending is never sent."""
    n = wiring.console().cancel(args.campaign)
    output.note("cli.cancelled", n=n, id=str(args.campaign))
    return 0


def run_report(args: argparse.Namespace, output: Output) -> int:
    """Run ``report``: write every contact of the campaign with its ids, in the sheet's order."""
    from omni.service.reporting import format_of, write_report

    console = wiring.console()
    format_of(args.out)
    write_report(console.campaigns, args.campaign, args.out, output.text)
    output.note("cli.written", path=str(args.out))
    return 0
