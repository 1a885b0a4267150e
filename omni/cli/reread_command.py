"""Command ``reread``: read the answers that are kept again, with what is known by now about where their ids are."""

from __future__ import annotations

import argparse
from typing import Any

from omni import wiring
from omni.cli.campaign_commands import campaign_number
from omni.cli.output import Output
from omni.cli.send_command import note_ids_apart
from omni.locale import Text


def add_to(commands: Any, text: Text) -> None:
    """Declare the command."""
    reread = commands.add_parser("reread", help=text("cli.reread.about"))
    reread.add_argument("campaign", nargs="?", type=campaign_number, metavar="CAMPAIGN", help=text("cli.reread.which"))
    reread.set_defaults(run=run_reread)


def run_reread(args: argparse.Namespace, output: Output) -> int:
    """Run ``reread``; the exit code is 1 if ids are left that belong to no contact with certainty."""
    console = wiring.console()
    if args.campaign is not None:
        console.campaign(args.campaign)
    chosen = [args.campaign] if args.campaign is not None else [each.id for each in console.overview()]
    with output.progress(1) as advance:
        done = console.reread(chosen, lambda read, total: advance(read // max(total, 1), f"{read}/{total}"))
    output.note("cli.reread.done", n=done.answers, changed=done.changed)
    apart = [each for each in chosen if note_ids_apart(console, each, output)]
    return 1 if apart else 0
