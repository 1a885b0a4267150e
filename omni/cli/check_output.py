"""Output of ``check``, as JSON and as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from omni.cli.output import Output
from omni.core.clean_text import visible
from omni.core.field_kind import kind_of_field
from omni.core.problem import Problem
from omni.locale import Text
from omni.service.checked_contacts import CheckedContacts
from omni.service.column_mapping import why_unmatched
from omni.service.questions import COLUMNS, SOMEBODY_ELSES
from omni.service.suppression import SuppressionFacts
from omni.service.suppression_sentences import reach_note, suppression_lines
from omni.sheets.sheet import Assumptions

PROBLEMS_IN_JSON = 1000
"""Most problems in the JSON output."""
_PROBLEMS_SHOWN: Final = 50
"""Most problems of rows in the text output."""
_ABOUT_HEADER: Final = frozenset(
    {"no_header", "no_header_guess", "header_guess", "lines_above_header", "contacts_above_header"}
)
"""Notes about the header, which another choice of its row would change."""
_COLUMNS_NAMED: Final = 20
"""Most column names listed when no column holds a destination."""


def check_as_json(
    checked: CheckedContacts, template_errors: list[Problem], sentence: Callable[[Problem], str]
) -> dict[str, Any]:
    """Return the output of ``check --json``, in a shape that does not change."""
    assumed, summary = checked.sheet.assumptions, checked.summary
    rows = checked.problems(0, max(0, PROBLEMS_IN_JSON - len(template_errors)))
    problems = [*template_errors, *rows]
    return {
        "file": {
            "format": assumed.format,
            "encoding": assumed.encoding,
            "delimiter": assumed.delimiter,
            "sheet": assumed.sheet,
        },
        "reading": {
            "headerRow": assumed.header_row,
            "headerRows": list(range(assumed.header_row - assumed.header_height + 1, assumed.header_row + 1)),
            "headerIsGuess": assumed.header_is_guess,
            "linesAboveHeader": [{"row": line.row, "text": line.text} for line in assumed.above],
            "unreadSheets": [
                {"sheet": sheet.name, "contacts": sheet.contacts, "hidden": sheet.is_hidden}
                for sheet in assumed.unread_sheets
            ],
            "language": assumed.language,
            "decimal": assumed.decimal,
            "hiddenColumns": list(checked.sheet.hidden_columns),
            "notes": [{"code": note.code, **note.params} for note in assumed.notes],
        },
        "columns": checked.mapping,
        "country": summary.country.country,
        "countryFit": {
            "numbers": summary.country.numbers,
            "fits": summary.country.fits,
            "better": list(summary.country.better),
            "betterFits": summary.country.better_fits,
        },
        "rows": dict(summary.rows),
        "reach": [
            {
                "step": reach.step,
                "type": reach.type,
                "destinationField": reach.destination_field,
                "contacts": reach.contacts,
                "of": reach.of,
                "landlines": reach.no_sms.get("phone.landline_in_sms", 0),
                "noSms": sum(reach.no_sms.values()),
            }
            for reach in summary.reach
        ],
        "unreached": summary.unreached,
        "shared": dict(summary.shared),
        "suppression": _suppression(summary.suppression),
        "tidied": asdict(summary.tidied),
        "problems": [
            {
                "row": item.row,
                "column": item.column,
                "field": item.field,
                "code": item.code,
                "severity": item.severity,
                "value": item.value,
                "message": sentence(item),
                **({"proposal": item.params["proposal"]} if "proposal" in item.params else {}),
                **({"step": item.step} if item.step is not None else {}),
                **(
                    {"columns": list(checked.close[item.field or ""])} if item.code in (COLUMNS, SOMEBODY_ELSES) else {}
                ),
            }
            for item in problems
        ],
        "problems_total": summary.problems + len(template_errors),
    }


def _suppression(facts: SuppressionFacts) -> dict[str, Any]:
    return {
        "rule": facts.rule,
        "leftOut": [{"code": each.code, "column": each.column, "contacts": each.contacts} for each in facts.left_out],
        "reachedAnotherWay": facts.removed,
        "optOutColumns": [
            {
                "column": each.column,
                "channels": list(each.channels),
                "used": each.is_used,
                "optedOut": each.opted_out,
                "empty": each.empty,
                "unclear": [{"value": value, "rows": n} for value, n in each.values],
            }
            for each in facts.opt_out
        ],
        "hiddenOptOutColumns": list(facts.hidden),
    }


def print_check(checked: CheckedContacts, template_errors: list[Problem], output: Output) -> None:
    """Print the same as text: assumptions about the file, figures, and the first problems."""
    text, summary, assumed = output.text, checked.summary, checked.sheet.assumptions
    output.line(
        text(
            "cli.assumed",
            format=assumed.format,
            encoding=assumed.encoding or "–",
            delimiter={"\t": "TAB", None: "–"}.get(assumed.delimiter, assumed.delimiter),
            sheet=assumed.sheet or "–",
            header=_header(assumed, text),
        )
    )
    for field, header in checked.mapping.items():
        output.line(f"  {field} = {header}")
    if assumed.language:
        language = text(f"cli.language_{assumed.language}")
        output.line(text("cli.assumed_language", language=language, decimal=assumed.decimal or ""))
    for note in assumed.notes:
        output.line(text(f"sheet_note.{note.code}", **note.params))
    output.line(text("cli.country_assumed", country=summary.country.country))
    codes = {note.code for note in assumed.notes}
    if codes & _ABOUT_HEADER:
        output.line(text("cli.header_hint"))
    if assumed.unread_sheets:
        output.line(text("cli.sheet_hint"))
    for name, count in summary.rows.items():
        output.line(f"{text(f'rows.{name}'):<28}{text.number(count):>12}")
    for reach in summary.reach:
        name = text("cli.reach", step=reach.step, type=reach.type, field=reach.destination_field)
        output.line(f"{name:<28}{text.number(reach.contacts):>12} {reach_note(reach, text)}")
    for line in suppression_lines(summary, text, is_command=True):
        output.line(line)
    if summary.tidied.cells:
        output.line(text("contacts.tidied", n=summary.tidied.cells))
        for cell in summary.tidied.samples:
            place = text("contacts.tidied_cell", row=cell.row, column=cell.column)
            output.line(f"  {place}: {visible(cell.before)} → {visible(cell.after)}")
    if "phone" in checked.kinds.values() or "email" in checked.kinds.values():
        of_rows, count = checked.problems(0, _PROBLEMS_SHOWN), summary.problems
    else:
        # Every row would be reported without a destination while it is not known which columns hold them.
        of_rows, count = [], 0
        field = summary.reach[0].destination_field if summary.reach else "phone1"
        output.line(text("cli.no_column", field=field, columns=_named(checked.sheet.columns)))
        for reason, columns in why_unmatched(checked.sheet, kind_of_field(field), summary.country.country):
            output.line(text(f"contacts.{reason}", columns=columns))
            if reason == "hidden_left_out":
                output.line(text("cli.hidden_hint"))
    problems = [*template_errors, *of_rows]
    for problem in problems:
        output.line(text.problem(problem, "cli"))
    hidden = count - len(of_rows)
    if hidden > 0:
        output.line(text("cli.more_problems", n=hidden))


def _header(assumed: Assumptions, text: Text) -> str:
    if not assumed.header_row:
        return text("contacts.no_header")
    if assumed.header_height < 2:
        return text("contacts.row_number", row=assumed.header_row)
    return text("contacts.row_numbers", first=assumed.header_row - assumed.header_height + 1, row=assumed.header_row)


def _named(columns: Sequence[str]) -> str:
    more = ["…"] if len(columns) > _COLUMNS_NAMED else []
    return ", ".join([*columns[:_COLUMNS_NAMED], *more])
