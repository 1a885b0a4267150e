"""Command ``do-not-contact``: add a file to the do-not-contact list after showing what it adds, and undo additions."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from omni import wiring
from omni.bootstrap.lists import Lists
from omni.cli.output import Output
from omni.core.hours import iso
from omni.errors import CampaignError, SheetError
from omni.locale import Text
from omni.service.do_not_contact import FileChoices, ListPreview


def add_to(commands: Any, text: Text) -> None:
    """Declare the command."""
    command = commands.add_parser("do-not-contact", help=text("cli.do-not-contact.about"))
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help=text("cli.do-not-contact.file"))
    what.add_argument("--list", action="store_true", help=text("cli.do-not-contact.list"))
    what.add_argument("--undo", type=int, metavar="N", help=text("cli.do-not-contact.undo"))
    command.add_argument("--column", action="append", metavar="HEADER", help=text("cli.do-not-contact.column"))
    command.add_argument("--opted-out-by", metavar="HEADER", help=text("cli.do-not-contact.opted_out_by"))
    command.add_argument("--country", metavar="BR", help=text("cli.country"))
    command.add_argument("--json", action="store_true", help=text("cli.json"))
    command.add_argument("--yes", action="store_true", help=text("cli.yes"))
    command.set_defaults(run=run_do_not_contact)


def run_do_not_contact(args: argparse.Namespace, output: Output) -> int:
    """Run ``do-not-contact``: without ``--yes`` nothing changes, and the exit code is 2."""
    lists = wiring.console(wiring.settings_for(country=args.country)).lists
    if args.list:
        return _list(lists, output, as_json=args.json)
    if args.undo is not None:
        return _undo(lists, args.undo, output, is_agreed=args.yes)
    if not args.file.is_file():
        raise SheetError("file.missing", path=str(args.file))
    choices = FileChoices(args.column, args.opted_out_by)
    preview = lists.preview_sheet(args.file, choices)
    if args.json:
        output.json(_as_json(preview))
    else:
        _show(preview, output)
    if not args.yes:
        output.note("cli.do-not-contact.confirm", n=preview.new)
        return 2
    added = lists.block_sheet(args.file, args.file.name, wiring.operator(), choices)
    output.note("people.added", n=added.added)
    return 0


def _show(preview: ListPreview, output: Output) -> None:
    text = output.text
    for column in preview.columns:
        output.line(f"  {column.header}: {text.number(column.found)}  {' · '.join(column.samples)}")
    output.line(text("people.would_add", n=preview.new))
    if already := preview.read - preview.new:
        output.line(text("people.already", n=already))
    if preview.unread:
        output.line(text("people.unread", n=preview.unread))
    for row, value in preview.not_understood:
        output.line("  " + text("people.line", row=row, value=" ".join(value.split())))
    for header, n in preview.opt_out:
        output.line(text("cli.do-not-contact.only_some", column=header, n=n, rows=preview.rows))
    if preview.unused:
        output.line(text("people.unused", columns=", ".join(preview.unused)))
    if preview.other_sheets:
        output.line(text("people.other_sheets", n=len(preview.other_sheets), names=", ".join(preview.other_sheets)))


def _as_json(preview: ListPreview) -> dict[str, Any]:
    return {
        "destinations": preview.read,
        "new": preview.new,
        "columns": [
            {"column": column.header, "found": column.found, "samples": list(column.samples)}
            for column in preview.columns
        ],
        "rows": preview.rows,
        "optOutColumns": [{"column": header, "optedOut": n} for header, n in preview.opt_out],
        "unusedColumns": list(preview.unused),
        "otherSheets": list(preview.other_sheets),
        "notUnderstood": preview.unread,
        "examples": [{"row": row, "value": value} for row, value in preview.not_understood],
    }


def _list(lists: Lists, output: Output, *, as_json: bool) -> int:
    """Print the last additions, each with the number to undo it by."""
    additions = lists.do_not_contact.additions()
    if as_json:
        output.json(
            [
                {
                    "id": each.id,
                    "source": each.source,
                    "addedBy": each.added_by,
                    "addedAt": iso(each.added_at),
                    "entries": each.entries,
                    "removedByUndo": each.only_here,
                }
                for each in additions
            ]
        )
        return 0
    for each in additions:
        when = output.text.moment(datetime.fromtimestamp(each.added_at, UTC).astimezone())
        source = each.source or output.text("people.pasted")
        output.line(f"{each.id:>6}  {when}  {each.added_by}  {source}  {output.text.number(each.entries)}")
    if not additions:
        output.note("people.empty")
    return 0


def _undo(lists: Lists, number: int, output: Output, *, is_agreed: bool) -> int:
    found = next((each for each in lists.do_not_contact.additions(limit=1_000_000) if each.id == number), None)
    if found is None:
        raise CampaignError("people.no_addition", id=str(number))
    if not is_agreed:
        output.note("cli.do-not-contact.confirm_undo", n=found.only_here)
        return 2
    output.note("people.removed", n=lists.do_not_contact.undo(number))
    return 0
