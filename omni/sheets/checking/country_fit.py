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
from omni.sheets.string_columns import Mask, ascii_digits, one_chunk

_CANDIDATES: Final = (*LATIN_AMERICA, "PT", "ES", "US", "AO", "MZ")
_SAMPLE: Final = 200
"""Most numbers that are compared, from places all over the sheet."""
_FEWEST: Final = 3
_CODED: Final = r"^[\s(\[]*(?:\+|00)"
_FEWEST_DIGITS: Final = 7
_NO_NUMBER: Final = pa.array(["phone.letters", "phone.several", "phone.scientific"])
"""Problems of cells that are not one number in any country."""
_SURELY: Final = 0.85
"""Share of numbers that fit the assumed country from which no other one is considered."""
_MOST: Final = 0.5
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


def country_fit(screened: Screened) -> CountryFit:
    """Compare the phones of a screened sheet with the numbers of other countries."""
    country = screened.country
    phones = [name for name, kind in screened.kinds.items() if kind == "phone"]
    cells = [one_chunk(screened.original[name]) for name in phones]
    values = [one_chunk(screened.values.column(name)) for name in phones]
    if not cells:
        return CountryFit(country)
    # The places are chosen before the cells are looked at, so that a million rows cost no more than a thousand.
    places = [_spread(cell) for cell in cells]
    sample = pa.concat_arrays([cell.take(at) for cell, at in zip(cells, places, strict=True)])
    problems = pa.concat_arrays(
        [one_chunk(screened.problem[name]).take(at) for name, at in zip(phones, places, strict=True)]
    )
    known = pa.concat_arrays([value.take(at) for value, at in zip(values, places, strict=True)])
    is_one_number = pc.invert(pc.is_in(problems, _NO_NUMBER))
    is_compared = pc.and_(
        pc.and_(is_one_number, pc.invert(pc.match_substring_regex(sample, _CODED))),
        pc.greater_equal(pc.binary_length(ascii_digits(sample)), _FEWEST_DIGITS),
    )
    sample, known = sample.filter(is_compared), known.filter(is_compared)
    n, here = len(sample), np.asarray(pc.starts_with(known, str(calling_code(country))))
    fits = int(here.sum())
    if n < _FEWEST or fits >= _SURELY * n:
        return CountryFit(country, n, fits)
    found = {other: _fitting(sample, other) for other in _CANDIDATES if other != country}
    most = max(int(mask.sum()) for mask in found.values())
    better = tuple(
        other for other, mask in found.items() if mask.sum() == most and (here & ~mask).sum() <= max(1, _ONLY_HERE * n)
    )
    if most <= _MOST * n or most - fits < max(2, _CLEARLY * n) or not better:
        return CountryFit(country, n, fits)
    return CountryFit(country, n, fits, better, most)


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
