"""The country that phones without a country code fit best, in case it is not the one that was assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import LATIN_AMERICA, calling_code
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.checking.screening import Screened
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask, ascii_digits, one_chunk

_CANDIDATES: Final = (*LATIN_AMERICA, "PT", "ES", "US", "AO", "MZ")
_SAMPLE: Final = 200
"""Most numbers that are compared, from places all over the sheet."""
_FEWEST: Final = 3
_CODED: Final = r"^[\s(\[]*(?:\+|00)"
_FEWEST_DIGITS: Final = 7
_DIALLED: Final = r"^[^0-9A-Za-z]*(?:[0-9][^0-9A-Za-z]{0,3}){7,13}$"
_BRAZILIAN_LOCAL: Final = r"^ *9[0-9]{4}[-. ][0-9]{4} *$"
_MOST_ALIKE: Final = 4
"""Countries that fit equally well at most: more of them say nothing about where the phones are from."""
_NO_NUMBER: Final = pa.array(["phone.letters", "phone.several", "phone.scientific"])
"""Problems of cells that are not one number in any country."""
_SURELY: Final = 0.85
"""Share of numbers that fit the assumed country from which no other one is considered."""
_MOST: Final = 0.5
_FIRST_LOOK: Final = 50
_PROMISING: Final = 0.3
"""Share of the first cells looked at that a country has to fit, to be compared with all of them."""
_CLEARLY: Final = 0.15
_ONLY_HERE: Final = 0.1


@dataclass(frozen=True, slots=True)
class CountryFit:
    """Numbers without a country code that were compared, and how many of them fit which country.

    ``fits`` is about the assumed ``country`` (ISO 3166). ``better`` names those that fit most numbers and clearly more
    than the assumed one, equally good ones together, with ``better_fits``; empty when there are none.
    """

    country: str
    numbers: int = 0
    fits: int = 0
    better: tuple[str, ...] = ()
    better_fits: int = 0


def country_fit(screened: Screened, sheet: Sheet) -> CountryFit:
    """Compare the phones of a screened sheet with the numbers of other countries.

    Without a field of phones, the columns that look like phones are compared: in the wrong country none is matched.
    """
    country = screened.country
    fields = [name for name, kind in screened.kinds.items() if kind == "phone"]
    phones = [_Phones.of_field(screened, name) for name in fields] or _unmatched(screened, sheet)
    if not phones:
        return CountryFit(country)
    sample, known, problems = (
        pa.concat_arrays([getattr(part, name) for part in phones]) for name in ("cells", "values", "problems")
    )
    is_one_number = pc.invert(pc.is_in(problems, _NO_NUMBER))
    is_compared = pc.and_(
        pc.and_(is_one_number, pc.invert(pc.match_substring_regex(sample, _CODED))),
        pc.greater_equal(pc.binary_length(ascii_digits(sample)), _FEWEST_DIGITS),
    )
    sample, known = sample.filter(is_compared), known.filter(is_compared)
    n, here = len(sample), np.asarray(pc.starts_with(known, str(calling_code(country))))
    if country == "BR":  # written as in Brazil, though without an area code
        here |= np.asarray(pc.match_substring_regex(sample, _BRAZILIAN_LOCAL))
    fits = int(here.sum())
    if n < _FEWEST or fits >= _SURELY * n:
        return CountryFit(country, n, fits)
    # Most countries fit next to nothing, which a few cells show.
    few = sample.take(pa.array(np.unique(np.linspace(0, n - 1, min(n, _FIRST_LOOK)).astype(np.int64))))
    others = [
        other for other in _CANDIDATES if other != country and _fitting(few, other).sum() >= _PROMISING * len(few)
    ]
    if not others:
        return CountryFit(country, n, fits)
    found = {other: _fitting(sample, other) for other in others}
    most = max(int(mask.sum()) for mask in found.values())
    better = tuple(
        other for other, mask in found.items() if mask.sum() == most and (here & ~mask).sum() <= max(1, _ONLY_HERE * n)
    )
    if any(other in LATIN_AMERICA for other in better):
        better = tuple(other for other in better if other in LATIN_AMERICA)
    if len(better) > _MOST_ALIKE or most <= _MOST * n or most - fits < max(2, _CLEARLY * n) or not better:
        return CountryFit(country, n, fits)
    return CountryFit(country, n, fits, better, most)


@dataclass(frozen=True, slots=True, eq=False)
class _Phones:
    """Some cells of a column, with the results of screening them."""

    cells: pa.StringArray
    values: pa.StringArray
    problems: pa.StringArray

    @classmethod
    def of_field(cls, screened: Screened, name: str) -> _Phones:
        cells = one_chunk(screened.original[name])
        # The places are chosen before the cells are looked at, so that a million rows cost no more than a thousand.
        at = _spread(cells)
        values, problems = one_chunk(screened.values.column(name)), one_chunk(screened.problem[name])
        return cls(cells.take(at), values.take(at), problems.take(at))


def _unmatched(screened: Screened, sheet: Sheet) -> list[_Phones]:
    """Return the columns that no field is matched with and in which nearly every cell may be a phone."""
    found = []
    for header in sheet.columns:
        cells = one_chunk(sheet.digits_of(header).slice(0, 20 * _SAMPLE))
        cells = cells.take(_spread(cells))
        dialled = np.asarray(pc.match_substring_regex(cells, _DIALLED))
        if header not in screened.headers.values() and len(cells) and dialled.mean() >= _SURELY:
            column = screen_phones(cells, screened.country, add_nine=True)
            found.append(_Phones(cells, column.values, column.problem))
    return found


def _spread(cells: pa.StringArray) -> pa.Int64Array:
    """Return places of filled cells, evenly spread over the column."""
    step = max(1, len(cells) // (20 * _SAMPLE))
    places = np.arange(0, len(cells), step)
    filled = places[np.asarray(pc.greater(pc.binary_length(cells.take(pa.array(places))), 0))]
    return pa.array(filled[:: max(1, len(filled) // _SAMPLE)][:_SAMPLE], pa.int64())


def _fitting(cells: pa.StringArray, country: str) -> Mask:
    """Mark the cells that are numbers of the country."""
    values = screen_phones(cells, country, add_nine=True).values
    mask: Mask = np.asarray(pc.starts_with(values, str(calling_code(country))))
    return mask
