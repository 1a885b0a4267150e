"""``check`` and ``preview``: what a spreadsheet would become, without sending anything."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from omni import wiring
from omni.cli.output import Output
from omni.core.problem import Problem
from omni.core.template import Template, template_problems
from omni.errors import CampaignError, SheetError, TemplateError
from omni.locale import Text
from omni.service.checked_contacts import CheckedContacts
from omni.service.contacts import check_contacts, load_sheet, placeholder_columns, propose_mapping
from omni.service.planning import Plan, make_plan
from omni.service.preparation import Preparation
from omni.service.rejected import write_rejected
from omni.service.workspace import Workspace
from omni.settings import Settings
from omni.sheets.reader import ReadOptions
from omni.sheets.repeats import DUPLICATES, SAME
from omni.sheets.screening import Agreed

PROBLEMS_IN_JSON = 1000


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
    parser.add_argument("file", type=Path, metavar="FILE", help=text("cli.file"))
    parser.add_argument("--template", type=Path, metavar="T.json", required=template_required,
                        help=text("cli.template"))
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=HEADER", type=_pair,
                        help=text("cli.map"))
    parser.add_argument("--sheet", metavar="NAME", help=text("cli.sheet"))
    parser.add_argument("--country", metavar="BR", help=text("cli.country"))
    parser.add_argument("--duplicates", choices=_dashed(DUPLICATES), default="keep-first", help=text("cli.duplicates"))
    parser.add_argument("--allow-foreign", action="store_true", help=text("cli.allow_foreign"))
    parser.add_argument("--add-nine", action="store_true", help=text("cli.add_nine"))
    parser.add_argument("--correct-emails", action="store_true", help=text("cli.correct_emails"))
    parser.add_argument("--same", choices=SAME, default="first", help=text("cli.same"))


def _dashed(names: Iterable[str]) -> list[str]:
    return [name.replace("_", "-") for name in names]


def _pair(given: str) -> tuple[str, str]:
    field, found, header = given.partition("=")
    if not found or not field.strip() or not header.strip():
        raise argparse.ArgumentTypeError(f"FIELD=HEADER: {given!r}")
    return field.strip(), header.strip()


@contextmanager
def prepared(args: argparse.Namespace, settings: Settings) -> Iterator[tuple[Workspace, Preparation]]:
    """The sheet and the template of the arguments, in a folder of their own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="omni-") as folder:
        workspace = Workspace(Path(folder) / "work", wiring.sheet_limits(settings))
        try:
            with args.file.open("rb") as data:
                upload = workspace.keep_upload(args.file.name, data)
        except OSError as err:
            raise SheetError("file.missing", path=str(args.file)) from err
        template = _template(args.template) if args.template else Template()
        preparation = Preparation(
            upload=upload,
            reading=ReadOptions(sheet=args.sheet),
            country=settings.country,
            duplicates=args.duplicates.replace("-", "_"),
            same=args.same,
            agreed=Agreed(args.allow_foreign, args.add_nine, args.correct_emails),
            template=template,
        )
        sheet = load_sheet(workspace, preparation)
        mapping = propose_mapping(sheet, preparation.fields())
        for field, header in args.map:
            if header not in sheet.columns:
                raise SheetError("columns.unknown", field=field, header=header)
            mapping[field] = header
        yield workspace, replace(preparation, mapping=mapping)


def _template(path: Path) -> Template:
    try:
        return wiring.read_template(path.read_bytes().decode("utf-8-sig", "replace")).template
    except OSError as err:
        raise TemplateError("file.missing", path=str(path)) from err


def errors_of_template(preparation: Preparation, checked: CheckedContacts) -> list[Problem]:
    """What keeps the template from being used with these columns."""
    if not preparation.template.steps:
        return []
    found = template_problems(preparation.template, checked.mapping,
                              placeholder_columns(checked.sheet, checked.mapping))
    return [problem for problem in found if problem.severity == "error"]


def run_check(args: argparse.Namespace, output: Output) -> int:
    """``check``: exit 1 when rows were rejected or the template has errors."""
    settings = wiring.settings_for(country=args.country)
    with prepared(args, settings) as (workspace, preparation):
        checked = check_contacts(workspace, preparation, wiring.console(settings).listed())
        template_errors = errors_of_template(preparation, checked)
        if args.rejected:
            try:
                write_rejected(checked, args.rejected, output.text)
            except OSError as err:
                raise CampaignError(
                    "campaign.report_not_written", path=str(args.rejected), detail=err.strerror or ""
                ) from err
        if args.json:
            output.json(check_as_json(checked, template_errors, output.text.problem))
        else:
            _tell(checked, template_errors, output)
        return 1 if template_errors or checked.summary.rows["rejected"] else 0


def check_as_json(
    checked: CheckedContacts, template_errors: list[Problem], sentence: Callable[[Problem], str]
) -> dict[str, Any]:
    """The stable shape of ``check --json``."""
    assumed, summary = checked.sheet.assumptions, checked.summary
    rows = checked.problems(0, max(0, PROBLEMS_IN_JSON - len(template_errors)))
    problems = [*template_errors, *rows]
    return {
        "file": {"format": assumed.format, "encoding": assumed.encoding, "delimiter": assumed.delimiter,
                 "sheet": assumed.sheet},
        "reading": {"headerRow": assumed.header_row, "hiddenColumns": list(checked.sheet.hidden_columns),
                    "notes": [{"code": note.code, **note.params} for note in assumed.notes]},
        "columns": checked.mapping,
        "rows": dict(summary.rows),
        "reach": [{"step": reach.step, "type": reach.type, "destinationField": reach.destination_field,
                   "contacts": reach.contacts} for reach in summary.reach],
        "unreached": summary.unreached,
        "shared": dict(summary.shared),
        "problems": [
            {"row": item.row, "column": item.column, "field": item.field, "code": item.code,
             "severity": item.severity, "value": item.value, "message": sentence(item),
             **({"proposal": item.params["proposal"]} if "proposal" in item.params else {}),
             **({"step": item.step} if item.step is not None else {})}
            for item in problems
        ],
        "problems_total": summary.problems + len(template_errors),
    }


def _tell(checked: CheckedContacts, template_errors: list[Problem], output: Output) -> None:
    text, summary, assumed = output.text, checked.summary, checked.sheet.assumptions
    output.line(text("cli.assumed", format=assumed.format, encoding=assumed.encoding or "–",
                     delimiter={"\t": "TAB", None: "–"}.get(assumed.delimiter, assumed.delimiter),
                     sheet=assumed.sheet or "–", row=assumed.header_row))
    for field, header in checked.mapping.items():
        output.line(f"  {field} = {header}")
    for note in assumed.notes:
        output.line(text(f"sheet_note.{note.code}", **note.params))
    for name, count in summary.rows.items():
        output.line(f"{text(f'rows.{name}'):<28}{text.number(count):>12}")
    for reach in summary.reach:
        name = text("cli.reach", step=reach.step, type=reach.type, field=reach.destination_field)
        output.line(f"{name:<28}{text.number(reach.contacts):>12}")
    problems = [*template_errors, *checked.problems(0, 50)]
    for problem in problems:
        output.line(text.problem(problem))
    hidden = summary.problems + len(template_errors) - len(problems)
    if hidden > 0:
        output.line(text("cli.more_problems", n=hidden))


def plan_of(
    output: Output, settings: Settings, workspace: Workspace, preparation: Preparation
) -> tuple[CheckedContacts, Plan] | None:
    """Check and plan for sending; ``None`` when the template has errors, which have then been told."""
    checked = check_contacts(workspace, preparation, wiring.console(settings).listed())
    if errors := errors_of_template(preparation, checked):
        for problem in errors:
            output.say(output.text.problem(problem))
        return None
    return checked, make_plan(workspace, checked, preparation.template, settings.batch, preparation.canary)


def run_preview(args: argparse.Namespace, output: Output) -> int:
    """``preview``: one request body a line, or one ``curl`` command a request with the token masked."""
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
            output.told("cli.left_out", n=rejected)
        return 0
