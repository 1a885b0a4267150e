"""Questions about a spreadsheet that only the operator can answer, without whose answers nothing is sent.

Warnings about texts are here too: they are to be looked at, but keep nothing from being sent.
"""

from __future__ import annotations

from typing import Any, Final

from omni.core.problem import Problem
from omni.core.template import Template
from omni.service.checked_contacts import CheckedContacts
from omni.service.doubled_signs import doubled_signs
from omni.service.merge_tags import merge_tags
from omni.service.preparation import Preparation
from omni.sheets.sheet import Assumptions

OTHER_COUNTRY: Final = "country.fits_other"
OPT_OUT_VALUES: Final = "opt_out.unclear_values"
HEADER: Final = "header.unclear"
COLUMNS: Final = "columns.ambiguous"
SOMEBODY_ELSES: Final = "columns.somebody_elses"
_VALUES_NAMED: Final = 5
_LETTERS_SHOWN: Final = 80


def open_questions(checked: CheckedContacts, preparation: Preparation) -> list[Problem]:
    """Return the open questions as errors: about the header, columns, the country of the phones, and opt-outs."""
    found = []
    assumed = checked.sheet.assumptions
    if assumed.header_is_guess and preparation.reading.header_row is None:
        found.append(_about_header(assumed))
    for name, headers in checked.close.items():
        named = " · ".join(f"“{header}”" for header in headers)
        params: dict[str, Any] = {"columns": named, "header": headers[0]}
        code = COLUMNS if len(headers) > 1 else SOMEBODY_ELSES
        found.append(Problem(code, "error", field=name, column=headers[0], params=params))
    fit = checked.summary.country
    if fit.better and not preparation.is_country_chosen:
        params = {
            "n": fit.numbers,
            "fits_other": fit.better_fits,
            "country": ",".join(fit.better),
            "fits": fit.fits,
            "assumed_country": fit.country,
            "code": fit.better[0],
        }
        found.append(Problem(OTHER_COUNTRY, "error", params=params))
    for column in checked.summary.suppression.undecided:
        values = " · ".join(f"“{value}”" for value, _ in column.values[:_VALUES_NAMED])
        params = {"n": column.unclear, "values": values, "example": column.values[0][0]}
        found.append(Problem(OPT_OUT_VALUES, "error", column=column.column, params=params))
    return found


def text_warnings(template: Template, checked: CheckedContacts) -> list[Problem]:
    """Return a warning for each sign written twice, and for each merge tag of another program."""
    signs = doubled_signs(template, checked.sheet, checked.placeholders)
    return [*signs, *merge_tags(template, checked.sheet)]


def _about_header(assumed: Assumptions) -> Problem:
    """Ask about the row that may be the header; without a header that is the first filled row."""
    rows = [line for line in assumed.first_rows if line.text and line.row >= assumed.header_row]
    row, text = (rows[0].row, rows[0].text[:_LETTERS_SHOWN]) if rows else (1, "")
    return Problem(HEADER, "error", row=row, params={"text": text})
