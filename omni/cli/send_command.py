"""Command ``send``: make a campaign from a spreadsheet, send it or follow its sending to the end, write the ids."""

from __future__ import annotations

import argparse
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from omni import wiring
from omni.cli import recent_sends
from omni.cli.output import Output
from omni.cli.sheet_commands import add_sheet_arguments, plan_of, prepared
from omni.core.campaign import ContactState, Progress
from omni.errors import CampaignError, SettingsError, StoreError
from omni.locale import Text
from omni.service.launching import Launch, SendReview
from omni.service.pause_sentence import moment
from omni.service.preparation import Start, Whom
from omni.service.questions import open_questions
from omni.service.reporting import format_of, write_report
from omni.service.suppression_sentences import suppression_lines

ENDED_BADLY: Final[tuple[ContactState, ...]] = ("refused", "unknown")
"""States of contacts with which the exit code is 1."""


def add_to(commands: Any, text: Text) -> None:
    """Declare the command."""
    send = commands.add_parser("send", help=text("cli.send.about"))
    add_sheet_arguments(send, text, template_required=True)
    send.add_argument("--out", type=Path, required=True, metavar="IDS.(csv|xlsx)", help=text("cli.out"))
    send.add_argument("--yes", action="store_true", help=text("cli.yes"))
    send.add_argument("--practice", action="store_true", help=text("cli.practice"))
    send.add_argument("--ready-only", action="store_true", help=text("cli.ready_only"))
    send.add_argument("--repeats", choices=get_args(Whom), help=text("cli.repeats"))
    send.add_argument("--not-sent-yet", action="store_true", help=text("cli.not_sent_yet"))
    send.add_argument("--name", metavar="NAME", help=text("cli.name"))
    send.add_argument("--canary", type=_count, default=0, metavar="N", help=text("cli.canary"))
    send.add_argument("--at", type=_moment, metavar="'YYYY-MM-DD HH:MM'", help=text("cli.at"))
    send.add_argument("--zone", type=_zone, metavar="ZONE", help=text("cli.zone"))
    send.set_defaults(run=run_send)


def _count(given: str) -> int:
    if not given.isdecimal() or not int(given):
        raise argparse.ArgumentTypeError(f"1, 2, 3, …: {given!r}")
    return int(given)


def _moment(given: str) -> str:
    try:
        return datetime.strptime(given.strip().replace("T", " "), "%Y-%m-%d %H:%M").isoformat(timespec="minutes")
    except ValueError as err:
        raise argparse.ArgumentTypeError(f"YYYY-MM-DD HH:MM: {given!r}") from err


def _zone(given: str) -> str:
    try:
        ZoneInfo(given)
    except (KeyError, ValueError, OSError) as err:
        raise argparse.ArgumentTypeError(f"America/Sao_Paulo: {given!r}") from err
    return given


def run_send(args: argparse.Namespace, output: Output) -> int:
    """Run ``send``: make the campaign, send it here or follow the running worker, and write the ids."""
    settings = wiring.settings_for(country=args.country)
    if not args.practice and not settings.can_send_live:
        raise SettingsError("settings.credentials_missing")
    format_of(args.out)
    with prepared(args, settings) as (workspace, prepared_sheet):
        start = Start(args.at, args.zone or settings.timezone) if args.at else None
        preparation = replace(prepared_sheet, canary=args.canary, start=start, practice=args.practice)
        planned = plan_of(output, settings, workspace, preparation)
        if planned is None:
            return 2
        checked, plan = planned
        if open_questions(checked, preparation):
            return 2
        rejected = checked.summary.rows["rejected"]
        if rejected and not args.ready_only:
            output.note("error.campaign.rejected", n=rejected)
            for problem in checked.problems(0, 20, severity="error"):
                output.say(output.text.problem(problem, "cli"))
            return 1
        if not plan.contacts:
            raise CampaignError("campaign.no_contacts")
        console = wiring.console(settings)
        review = console.review_send(workspace, None, preparation, checked, args.repeats)
        if not _is_decided(review, args, output):
            return 2
        plan = review.plan
        account = output.text("cli.practice_account") if args.practice else str(settings.username)
        for line in suppression_lines(checked.summary, output.text, is_command=True):
            output.say(line)
        if start is not None and start.clock_change:
            output.note(f"send.clock_{start.clock_change}", **start.clock_params)
        if not args.yes:
            output.note("cli.confirm", n=plan.contacts, requests=plan.requests, account=account)
            return 2
        order = Launch(
            key=f"cli-{secrets.token_hex(16)}",
            name=args.name or args.file.stem,
            practice=args.practice,
            created_by=wiring.operator(),
            draft_id=None,
            acknowledged=review.restored_at,
        )
        try:
            created = console.launch(order, review.preparation, review.checked, plan)
        except StoreError:
            # The campaign may have been created all the same; a second call with its key finds it and does not make
            # another.
            created = console.launch(order, review.preparation, review.checked, plan)
    output.note("cli.created", n=plan.contacts, requests=plan.requests, account=account, id=str(created.id))
    if start is not None:
        when = moment(start.epoch, start.zone, output.text)
        output.note("cli.scheduled", id=str(created.id), when=when, zone=start.zone)
        return 0
    return work_on(console, created.id, output, args.out)


def _is_decided(review: SendReview, args: argparse.Namespace, output: Output) -> bool:
    """Show what has to be decided before sending; return False while the options do not decide it."""
    if review.recent.count:
        recent_sends.show(review.recent, output)
    undecided = review.open_decisions(not_sent_yet=args.not_sent_yet)
    if "recent_sends" in undecided:
        recent_sends.require_choice(review.recent, args.repeats, output)
    elif review.restored_at is not None and "restored_database" in undecided:
        when = output.text.moment(datetime.fromtimestamp(review.restored_at, UTC).astimezone())
        output.note("cli.put_back", when=when)
    return not undecided


def work_on(console: wiring.Console, campaign: int, output: Output, out: Path | None) -> int:
    """Send until nothing is pending, then report; return the exit code. Ctrl+C pauses the campaign first."""
    try:
        return _send_and_report(console, campaign, output, out)
    except StoreError as err:
        output.say(output.text.error(err))
        output.note("cli.under_way", id=str(campaign))
        return 2


def _send_and_report(console: wiring.Console, campaign: int, output: Output, out: Path | None) -> int:
    try:
        with output.progress(console.campaign(campaign).contacts) as advance:
            console.work_on(campaign, lambda progress: advance(progress.finished, _pace(progress, output.text)))
    except KeyboardInterrupt:
        # Open requests have ended; if they were the last, there is nothing to pause.
        with suppress(CampaignError):
            console.pause(campaign)
            output.note("cli.paused_by_you", id=str(campaign))
    progress = console.progress(campaign)
    if out is not None:
        write_report(console.campaigns, campaign, out, output.text)
        output.note("cli.written", path=str(out))
    output.note("cli.ended", **{str(state): count for state, count in progress.counts.items()})
    if progress.state == "paused":
        output.say(console.pause_sentence(progress, output.text) or "")
        output.note("cli.resume_hint", id=str(campaign))
        note_ids_apart(console, campaign, output)
        return 2
    some_apart = note_ids_apart(console, campaign, output)
    return 1 if some_apart or any(progress.counts[state] for state in ENDED_BADLY) else 0


def note_ids_apart(console: wiring.Console, campaign: int, output: Output) -> bool:
    """Say how many ids belong to no contact with certainty; return whether there are any."""
    apart = console.campaigns.ids_apart(campaign)
    if apart.ids:
        output.note("cli.ids_apart", n=apart.ids, id=str(campaign), first=str(apart.first))
    return bool(apart.ids)


def _pace(progress: Progress, text: Text) -> str:
    if progress.finished == progress.contacts:
        return ""
    if progress.seconds_left is None:
        return text("cli.progress_waiting")
    return text("cli.progress", rate=round(progress.rate), left=text.duration(progress.seconds_left))
