"""Commands ``check`` and ``preview``: show what a spreadsheet would become, without sending anything."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from omni import wiring
from omni.bootstrap.lists import sheet_limits
from omni.cli.check_output import check_as_json, print_check
from omni.cli.output import Output
from omni.core.problem import Problem
from omni.core.rendering import names_used
from omni.core.suppression import SUPPRESS
from omni.core.template import Template, template_problems
from omni.errors import CampaignError, SheetError, TemplateError
from omni.locale import Text
from omni.provider.payload import read_template
from omni.service.checked_contacts import CheckedContacts
from omni.service.checking import check_contacts, load_sheet
from omni.service.column_mapping import placeholder_columns, propose_mapping
from omni.service.planning import Plan, make_plan
from omni.service.preparation import Preparation
from omni.service.questions import open_questions, text_warnings
from omni.service.rejected_rows import write_rejected
from omni.service.suppression import OptOutChoices
from omni.service.suppression_sentences import suppression_lines
from omni.service.workspace import Workspace
from omni.settings import Settings
from omni.sheets.checking.duplicates import DUPLICATES, SAME
from omni.sheets.checking.gaps import EMPTY_WORDS, GAP_RULES, with_words
from omni.sheets.checking.screening import Agreed
from omni.sheets.sheet import CONTACTS_MAY_BE_LOST, ReadOptions


def add_to(commands: Any, text: Text) -> None:
    """Declare the commands."""
    check = commands.add_parser("check", help=text("cli.check.about"))
    add_sheet_arguments(check, text, template_required=False)
    check.add_argument("--json", action="store_true", help=text("cli.json"))
    check.add_argument("--rejected", type=Path, metavar="OUT.xlsx", help=text("cli.rejected"))
    check.set_defaults(run=run_check)
    preview = commands.add_parser("preview", help=text("cli.preview.about"))
    add_sheet_arguments(preview, text, template_required=True)
    preview.add_argument("--curl", action="store_true", help=text("cli.curl"))
    preview.set_defaults(run=run_preview)


def add_sheet_arguments(parser: argparse.ArgumentParser, text: Text, *, template_required: bool) -> None:
    """Declare the arguments that describe a spreadsheet and how to read it."""
    parser.add_argument("file", type=Path, metavar="FILE", help=text("cli.file"))
    parser.add_argument(
        "--template", type=Path, metavar="T.json", required=template_required, help=text("cli.template")
    )
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=HEADER", type=_pair, help=text("cli.map"))
    parser.add_argument("--sheet", metavar="NAME", help=text("cli.sheet"))
    parser.add_argument("--header-row", type=_row_number, metavar="N", help=text("cli.header_row"))
    parser.add_argument("--delimiter", type=_delimiter, metavar="SIGN", help=text("cli.delimiter"))
    parser.add_argument("--include-hidden-rows", action="store_true", help=text("cli.include_hidden_rows"))
    parser.add_argument("--include-hidden-columns", action="store_true", help=text("cli.include_hidden_columns"))
    parser.add_argument("--sheet-language", choices=("pt", "es", "en"), help=text("cli.sheet_language"))
    parser.add_argument("--decimal", choices=(",", "."), help=text("cli.decimal"))
    parser.add_argument("--country", metavar="BR", help=text("cli.country"))
    parser.add_argument("--duplicates", choices=_dashed(DUPLICATES), default="keep-first", help=text("cli.duplicates"))
    parser.add_argument("--allow-foreign", action="store_true", help=text("cli.allow_foreign"))
    parser.add_argument("--add-nine", action="store_true", help=text("cli.add_nine"))
    parser.add_argument("--correct-emails", action="store_true", help=text("cli.correct_emails"))
    parser.add_argument("--repair-texts", action="store_true", help=text("cli.repair_texts"))
    parser.add_argument("--gaps", choices=GAP_RULES, default="reject", help=text("cli.gaps"))
    for name in ("--empty-value", "--real-value"):
        about = text(f"cli.{name[2:].replace('-', '_')}")
        parser.add_argument(name, action="append", default=[], metavar="VALUE", help=about)
    parser.add_argument("--same", choices=SAME, default="first", help=text("cli.same"))
    parser.add_argument("--suppress", choices=SUPPRESS, default="contact", help=text("cli.suppress"))
    for name in ("--opted-out", "--opted-in"):
        about = text(f"cli.{name[2:].replace('-', '_')}")
        parser.add_argument(name, action="append", default=[], metavar="HEADER=VALUE", type=_answer, help=about)
    parser.add_argument(
        "--ignore-opt-out", action="append", default=[], metavar="HEADER", help=text("cli.ignore_opt_out")
    )


def _dashed(names: Iterable[str]) -> list[str]:
    return [name.replace("_", "-") for name in names]


def _pair(given: str) -> tuple[str, str]:
    field, found, header = given.partition("=")
    if not found or not field.strip() or not header.strip():
        raise argparse.ArgumentTypeError(f"FIELD=HEADER: {given!r}")
    return field.strip(), header.strip()


def _answer(given: str) -> tuple[str, str]:
    """Split ``HEADER=VALUE``; an empty value is about empty cells."""
    header, found, value = given.partition("=")
    if not found or not header.strip():
        raise argparse.ArgumentTypeError(f"HEADER=VALUE: {given!r}")
    return header.strip(), value.strip()


def _row_number(given: str) -> int:
    if not given.isdecimal():
        raise argparse.ArgumentTypeError(f"0, 1, 2, …: {given!r}")
    return int(given)


def _delimiter(given: str) -> str:
    return "\t" if given.lower() in ("tab", "\\t") else given


@contextmanager
def prepared(args: argparse.Namespace, settings: Settings) -> Iterator[tuple[Workspace, Preparation]]:
    """Yield the sheet and the template of the arguments, in a temporary folder that is removed afterwards.

    Raises ``SheetError`` and ``TemplateError`` for a file that cannot be read, and ``SheetError`` for a column that the
    sheet does not have.
    """
    with tempfile.TemporaryDirectory(prefix="omni-") as folder:
        workspace = Workspace(Path(folder) / "work", sheet_limits(settings))
        try:
            with args.file.open("rb") as data:
                upload = workspace.keep_upload(args.file.name, data)
        except OSError as err:
            raise SheetError("file.missing", path=str(args.file)) from err
        template = _template(args.template) if args.template else Template()
        preparation = Preparation(
            upload=upload,
            reading=ReadOptions(
                sheet=args.sheet,
                header_row=args.header_row,
                delimiter=args.delimiter,
                language=args.sheet_language,
                decimal=args.decimal,
                include_hidden=args.include_hidden_rows,
                include_hidden_columns=args.include_hidden_columns,
            ),
            country=settings.country,
            duplicates=args.duplicates.replace("-", "_"),
            is_country_chosen=args.country is not None,
            same=args.same,
            suppress=args.suppress,
            opt_out=_opt_out(args),
            gaps=args.gaps,
            empty_words=with_words(EMPTY_WORDS, args.empty_value, args.real_value),
            agreed=Agreed(args.allow_foreign, args.add_nine, args.correct_emails, args.repair_texts),
            template=template,
        )
        sheet = load_sheet(workspace, preparation)
        for header in (*preparation.opt_out.ignored, *preparation.opt_out.values):
            if header not in sheet.columns:
                raise SheetError("columns.no_opt_out", header=header)
        mapping = propose_mapping(sheet, preparation.fields(), preparation.country)
        placeholders: dict[str, str] = {}
        chosen: dict[str, str] = {}
        in_texts = {name for name in names_used(template.steps) if name not in preparation.fields()}
        for field, header in args.map:
            if header in sheet.hidden_columns:
                raise SheetError("columns.hidden", field=field, header=header)
            if header not in sheet.columns:
                raise SheetError("columns.unknown", field=field, header=header)
            # A name that only the texts use is no field to post.
            (placeholders if field in in_texts else chosen)[field] = header
        yield workspace, replace(preparation, mapping=mapping, placeholders=placeholders).with_columns(chosen)


def _opt_out(args: argparse.Namespace) -> OptOutChoices:
    values: dict[str, dict[str, bool]] = {}
    for pairs, is_out in ((args.opted_out, True), (args.opted_in, False)):
        for header, value in pairs:
            values.setdefault(header, {})[value] = is_out
    return OptOutChoices(tuple(args.ignore_opt_out), values)


def _template(path: Path) -> Template:
    try:
        return read_template(path.read_bytes().decode("utf-8-sig", "replace")).template
    except OSError as err:
        raise TemplateError("file.missing", path=str(path)) from err


def errors_of_template(preparation: Preparation, checked: CheckedContacts) -> list[Problem]:
    """Return the errors that prevent the template from being used with these columns."""
    if not preparation.template.steps:
        return []
    found = template_problems(
        preparation.template,
        checked.mapping,
        [*placeholder_columns(checked.sheet, checked.mapping), *checked.placeholders],
    )
    return [problem for problem in found if problem.severity == "error"]


def run_check(args: argparse.Namespace, output: Output) -> int:
    """Run ``check``: the exit code is 1 when rows were rejected or the template has errors."""
    settings = wiring.settings_for(country=args.country)
    with prepared(args, settings) as (workspace, preparation):
        checked = check_contacts(workspace, preparation, wiring.console(settings).lists.listed())
        template_errors = [*open_questions(checked, preparation), *errors_of_template(preparation, checked)]
        if args.rejected:
            try:
                write_rejected(checked, args.rejected, output.text)
            except OSError as err:
                raise CampaignError(
                    "campaign.report_not_written", path=str(args.rejected), detail=err.strerror or ""
                ) from err
        about_template = [*template_errors, *text_warnings(preparation.template, checked)]
        if args.json:
            output.json(check_as_json(checked, about_template, output.text.problem))
        else:
            print_check(checked, about_template, output)
        return 1 if template_errors or checked.summary.rows["rejected"] else 0


def plan_of(
    output: Output, settings: Settings, workspace: Workspace, preparation: Preparation
) -> tuple[CheckedContacts, Plan] | None:
    """Check and plan for sending; return None when the template has errors, after showing them.

    Questions that are open are shown as well, and notes that contacts may be missing.
    """
    checked = check_contacts(workspace, preparation, wiring.console(settings).lists.listed())
    for note in checked.sheet.assumptions.notes:
        if note.code in CONTACTS_MAY_BE_LOST:
            output.say(output.text(f"sheet_note.{note.code}", **note.params))
    for problem in (*open_questions(checked, preparation), *text_warnings(preparation.template, checked)):
        output.say(output.text.problem(problem, "cli"))
    if errors := errors_of_template(preparation, checked):
        for problem in errors:
            output.say(output.text.problem(problem, "cli"))
        return None
    return checked, make_plan(workspace, checked, preparation.template, settings.batch, preparation.canary)


def run_preview(args: argparse.Namespace, output: Output) -> int:
    """Run ``preview``: print one request body a line, or one ``curl`` command a request with the token masked."""
    settings = wiring.settings_for(country=args.country)
    with prepared(args, settings) as (workspace, preparation):
        planned = plan_of(output, settings, workspace, preparation)
        if planned is None:
            return 2
        checked, plan = planned
        for body in plan.bodies_in_order():
            if args.curl:
                output.line(wiring.curl_command(settings, body))
            else:
                output.raw(body)
        if rejected := checked.summary.rows["rejected"]:
            output.note("cli.left_out", n=rejected)
        for line in suppression_lines(checked.summary, output.text, is_command=True):
            output.say(line)
        return 0
