"""Questions about a spreadsheet that only the operator can answer, and without whose answers nothing is sent."""

from __future__ import annotations

from typing import Final

from omni.core.problem import Problem
from omni.service.checked_contacts import CheckedContacts
from omni.service.preparation import Preparation

OTHER_COUNTRY: Final = "country.fits_other"
OPT_OUT_VALUES: Final = "opt_out.unclear_values"
_VALUES_NAMED: Final = 5


def open_questions(checked: CheckedContacts, preparation: Preparation) -> list[Problem]:
    """Return the open questions as errors: about the country of the phones, and about cells of opt-out columns."""
    found = []
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
