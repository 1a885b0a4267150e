"""Command ``resolve``: list the unknown requests of a campaign, or decide about them; only an operator ever decides."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, Final

from omni import wiring
from omni.cli.campaign_commands import LARGEST_REQUEST, campaign_number
from omni.cli.output import Output
from omni.core.hours import iso
from omni.core.unknown import EVERYTHING, Choice, UnknownRequest
from omni.errors import CampaignError
from omni.locale import Text
from omni.service.raw_answers import reason_sentence

_AT_ONCE: Final = 1_000
"""Requests read from the database at a time."""


def add_to(commands: Any, text: Text) -> None:
    """Declare the command."""
    resolve = commands.add_parser("resolve", help=text("cli.resolve.about"))
    resolve.add_argument("campaign", type=campaign_number, metavar="CAMPAIGN")
    what = resolve.add_mutually_exclusive_group(required=True)
    what.add_argument("--unknown", choices=("keep", "resend"), help=text("cli.unknown"))
    what.add_argument("--list", action="store_true", help=text("cli.resolve.list"))
    resolve.add_argument("--request", type=int, action="append", metavar="N", help=text("cli.resolve.request"))
    resolve.add_argument("--json", action="store_true", help=text("cli.json"))
    resolve.add_argument("--yes", action="store_true", help=text("cli.yes"))
    resolve.set_defaults(run=run_resolve)


def run_resolve(args: argparse.Namespace, output: Output) -> int:
    """Run ``resolve``: list the unknown requests, or decide about all of them or about some."""
    console = wiring.console()
    console.campaign(args.campaign)
    choice = EVERYTHING if args.request is None else Choice(frozenset(args.request))
    if impossible := [each for each in args.request or () if not 0 < each <= LARGEST_REQUEST]:
        raise CampaignError("campaign.not_unknown", requests=_numbers(impossible), id=str(args.campaign))
    if args.list:
        return _list(console, args.campaign, choice, output, as_json=args.json)
    _check(console, args.campaign, choice, args.unknown)
    extent = console.unknown.extent(args.campaign, choice, args.unknown)
    if not args.yes:
        output.note(f"cli.resolve_confirm_{args.unknown}", n=extent.contacts)
        return 2
    done = console.unknown.decide(args.campaign, args.unknown, wiring.operator(), choice, extent)
    output.note(f"cli.resolved_{args.unknown}", n=done.contacts, id=str(args.campaign))
    return 0


def _check(console: wiring.Console, campaign: int, choice: Choice, what: str) -> None:
    """Refuse requests that cannot be decided about: an operator who names requests means each of them.

    Raises ``CampaignError`` for those that are not unknown, and for those with ids if they would be sent again.
    """
    if choice.numbers is None:
        return
    found = {one.number: one for one in console.unknown.requests(campaign, choice, limit=len(choice.numbers))}
    settled = sorted(choice.numbers - found.keys())
    if settled:
        raise CampaignError("campaign.not_unknown", requests=_numbers(settled), id=str(campaign))
    with_ids = sorted(number for number, one in found.items() if not one.may_resend)
    if what == "resend" and with_ids:
        raise CampaignError("campaign.has_ids", requests=_numbers(with_ids))


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _list(console: wiring.Console, campaign: int, choice: Choice, output: Output, *, as_json: bool) -> int:
    if as_json:
        output.json([_shape(one, output.text) for one in _all(console, campaign, choice)])
        return 0
    if not console.unknown.extent(campaign, choice).requests:
        output.note("cli.resolve_nothing", id=str(campaign))
    for one in _all(console, campaign, choice):
        sent = _iso(one.claimed_at or one.finished_at) or "–"
        contacts = output.text("results.pages", n=one.contacts)
        where = output.text(
            "unknown.one_row" if one.first_row == one.last_row else "unknown.rows",
            first=one.first_row,
            last=one.last_row,
        )
        output.line(
            f"{one.number}  {contacts}  {where}  {one.destination}  {sent}  {one.status or '–'}  "
            f"{reason_sentence(one, output.text)}"
        )
    return 0


def _all(console: wiring.Console, campaign: int, choice: Choice) -> Iterator[UnknownRequest]:
    offset = 0
    while page := console.unknown.requests(campaign, choice, limit=_AT_ONCE, offset=offset):
        yield from page
        offset += len(page)


def _shape(one: UnknownRequest, text: Text) -> dict[str, Any]:
    return {
        "request": one.number,
        "contacts": one.contacts,
        "withIds": one.with_ids,
        "mayResend": one.may_resend,
        "attempt": one.attempt,
        "sent": _iso(one.claimed_at),
        "ended": _iso(one.finished_at),
        "status": one.status,
        "reason": one.reason,
        "message": reason_sentence(one, text),
        "rows": [one.first_row, one.last_row],
        "firstDestination": one.destination,
    }


def _iso(epoch: float | None) -> str | None:
    return None if epoch is None else iso(epoch)
