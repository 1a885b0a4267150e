"""``send`` and what can be done with a campaign afterwards."""

from __future__ import annotations

import argparse
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from omni import wiring
from omni.cli.output import Output
from omni.cli.sheet_commands import add_sheet_arguments, plan_of, prepared
from omni.core.campaign import ContactState
from omni.errors import CampaignError, SettingsError, StoreError
from omni.locale import Text
from omni.service.launching import Launch
from omni.service.reporting import format_of, write_report

ENDED_BADLY: Final[tuple[ContactState, ...]] = ("refused", "unknown")


def add_to(commands: Any, text: Text) -> None:
    """Declare the commands."""
    send = commands.add_parser("send", help=text("cli.send.about"))
    add_sheet_arguments(send, text, template_required=True)
    send.add_argument("--out", type=Path, required=True, metavar="IDS.(csv|xlsx)", help=text("cli.out"))
    send.add_argument("--yes", action="store_true", help=text("cli.yes"))
    send.add_argument("--practice", action="store_true", help=text("cli.practice"))
    send.add_argument("--ready-only", action="store_true", help=text("cli.ready_only"))
    send.add_argument("--name", metavar="NAME", help=text("cli.name"))
    send.set_defaults(run=run_send)
    status = commands.add_parser("status", help=text("cli.status.about"))
    status.add_argument("campaign", nargs="?", type=int, metavar="CAMPAIGN")
    status.add_argument("--json", action="store_true", help=text("cli.json"))
    status.set_defaults(run=run_status)
    for name, run in (("pause", run_pause), ("resume", run_resume), ("cancel", run_cancel)):
        command = commands.add_parser(name, help=text(f"cli.{name}.about"))
        command.add_argument("campaign", type=int, metavar="CAMPAIGN")
        command.set_defaults(run=run)
    resolve = commands.add_parser("resolve", help=text("cli.resolve.about"))
    resolve.add_argument("campaign", type=int, metavar="CAMPAIGN")
    resolve.add_argument("--unknown", choices=("keep", "resend"), required=True, help=text("cli.unknown"))
    resolve.add_argument("--yes", action="store_true", help=text("cli.yes"))
    resolve.set_defaults(run=run_resolve)
    report = commands.add_parser("report", help=text("cli.report.about"))
    report.add_argument("campaign", type=int, metavar="CAMPAIGN")
    report.add_argument("--out", type=Path, required=True, metavar="IDS.(csv|xlsx)", help=text("cli.out"))
    report.set_defaults(run=run_report)
    worker = commands.add_parser("worker", help=text("cli.worker.about"))
    worker.add_argument("--while-console", action="store_true", help=argparse.SUPPRESS)
    worker.set_defaults(run=run_worker)


def run_send(args: argparse.Namespace, output: Output) -> int:
    """``send``: make the campaign, send it here or follow the running worker, write the ids."""
    settings = wiring.settings_for(country=args.country)
    if not args.practice and not settings.can_send_live:
        raise SettingsError("settings.credentials_missing")
    format_of(args.out)
    with prepared(args, settings) as (workspace, preparation):
        planned = plan_of(output, settings, workspace, preparation)
        if planned is None:
            return 2
        checked, plan = planned
        rejected = checked.summary.rows["rejected"]
        if rejected and not args.ready_only:
            output.told("error.campaign.rejected", n=rejected)
            for problem in checked.problems(0, 20, severity="error"):
                output.say(output.text.problem(problem))
            return 1
        if not plan.contacts:
            raise CampaignError("campaign.no_contacts")
        account = output.text("cli.practice_account") if args.practice else str(settings.username)
        if not args.yes:
            output.told("cli.confirm", n=plan.contacts, requests=plan.requests, account=account)
            return 2
        console = wiring.console(settings)
        order = Launch(key=f"cli-{secrets.token_hex(16)}", name=args.name or args.file.stem,
                       practice=args.practice, created_by=wiring.operator(), draft_id=None)  # fmt: skip
        try:
            created = console.launch(order, preparation, checked, plan)
        except StoreError:
            # The campaign may have been made all the same; asked again under its key, it is found and not doubled.
            created = console.launch(order, preparation, checked, plan)
    output.told("cli.created", n=plan.contacts, requests=plan.requests, account=account, id=str(created.id))
    return _work_on(console, created.id, output, args.out)


def _work_on(console: wiring.Console, campaign: int, output: Output, out: Path | None) -> int:
    """Send until nothing is pending, then report. Ctrl+C pauses the campaign first."""
    try:
        return _send_and_report(console, campaign, output, out)
    except StoreError as err:
        output.say(output.text.error(err))
        output.told("cli.under_way", id=str(campaign))
        return 2


def _send_and_report(console: wiring.Console, campaign: int, output: Output, out: Path | None) -> int:
    try:
        with output.progress(console.campaign(campaign).contacts) as advance:
            console.work_on(campaign, lambda progress: advance(
                progress.finished, _pace(progress, output.text)))
    except KeyboardInterrupt:
        # What was open has come to its end by now; that may have been all there was.
        with suppress(CampaignError):
            console.pause(campaign)
            output.told("cli.paused_by_you", id=str(campaign))
    progress = console.progress(campaign)
    if out is not None:
        write_report(console.campaigns, campaign, out, output.text)
        output.told("cli.written", path=str(out))
    output.told("cli.ended", **{str(state): count for state, count in progress.counts.items()})
    if progress.state == "paused":
        output.say(wiring.reason_sentence(progress, output.text))
        output.told("cli.resume_hint", id=str(campaign))
        return 2
    return 1 if any(progress.counts[state] for state in ENDED_BADLY) else 0


def _pace(progress: wiring.Progress, text: Text) -> str:
    if progress.finished == progress.contacts:
        return ""
    if progress.seconds_left is None:
        return text("cli.progress_waiting")
    return text("cli.progress", rate=round(progress.rate), left=text.duration(progress.seconds_left))


def _iso(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")


def run_status(args: argparse.Namespace, output: Output) -> int:
    """``status``: one campaign, or all, newest first."""
    console = wiring.console()
    found = console.overview() if args.campaign is None else [console.overview_of(args.campaign)]
    if args.json:
        shapes = [
            {"id": item.id, "name": item.name, "state": item.state, "created": _iso(item.created_at),
             "contacts": dict(item.counts)}
            for item in found
        ]  # fmt: skip
        output.json(shapes if args.campaign is None else shapes[0])
        return 0
    for item in found:
        counts = ", ".join(f"{output.text(f'state.{state}')} {output.text.number(count)}"
                           for state, count in item.counts.items() if count)
        output.line(f"{item.id}  {item.name}  {output.text(f'campaign.{item.state}')}  {counts}")
    if not found:
        output.told("cli.no_campaigns")
    return 0


def run_pause(args: argparse.Namespace, output: Output) -> int:
    """``pause``: no new request starts; the open ones run to their end."""
    wiring.console().pause(args.campaign)
    output.told("cli.paused", id=str(args.campaign))
    return 0


def run_resume(args: argparse.Namespace, output: Output) -> int:
    """``resume``: work on in the foreground until nothing is pending."""
    console = wiring.console()
    if console.campaign(args.campaign).state != "running":
        console.resume(args.campaign)
    return _work_on(console, args.campaign, output, None)


def run_cancel(args: argparse.Namespace, output: Output) -> int:
    """``cancel``: what is pending is never sent."""
    n = wiring.console().cancel(args.campaign)
    output.told("cli.cancelled", n=n, id=str(args.campaign))
    return 0


def run_resolve(args: argparse.Namespace, output: Output) -> int:
    """``resolve``: decide about the contacts we cannot know about; only ever by a person."""
    console = wiring.console()
    if not args.yes:
        n = console.overview_of(args.campaign).counts["unknown"]
        output.told(f"cli.resolve_confirm_{args.unknown}", n=n)
        return 2
    n = console.resolve_unknown(args.campaign, args.unknown, wiring.operator())
    output.told(f"cli.resolved_{args.unknown}", n=n, id=str(args.campaign))
    return 0


def run_report(args: argparse.Namespace, output: Output) -> int:
    """``report``: every contact of the campaign with its ids, in the sheet's order."""
    console = wiring.console()
    format_of(args.out)
    write_report(console.campaigns, args.campaign, args.out, output.text)
    output.told("cli.written", path=str(args.out))
    return 0


def run_worker(args: argparse.Namespace, output: Output) -> int:
    """``worker``: send whatever campaigns are running, until stopped."""
    console = wiring.console()
    output.told("cli.worker_ready", path=str(console.settings.data))
    if not console.run_worker(while_console=args.while_console):
        output.told("cli.worker_running")
    return 0
