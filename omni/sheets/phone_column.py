"""A column of phones at once, by libphonenumber's own patterns; what they do not settle is asked one by one.

Settled are cells in plain dress whose digits are a mobile or fixed number in a spelling that libphonenumber reads in
one way, at home or abroad, and the slips that whole columns have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import is_landline, normalise_phone
from omni.core.numbering_plan import Numbering, numbering
from omni.sheets.foreign_phones import by_country, foreign
from omni.sheets.phone_patterns import is_landline_of, numbers_in, plain_phones
from omni.sheets.phone_slips import brazilian, mexican
from omni.sheets.screened_column import ScreenedColumn, asked, finished, settled

_Look = Callable[[pa.StringArray], ScreenedColumn]
_SLIPS: Final = {"BR": brazilian, "MX": mexican}


def screen_phones(
    cells: pa.StringArray, country: str, *, allow_foreign: bool = True, add_nine: bool = False
) -> ScreenedColumn:
    """``normalise_phone`` for every cell."""
    rule = partial(normalise_phone, country=country, allow_foreign=allow_foreign, add_nine=add_nine)
    looks: list[_Look] = []
    if patterns := numbering(country):
        looks.append(partial(_plainly_of, patterns=patterns))
        if country in _SLIPS:
            looks.append(partial(_SLIPS[country], patterns=patterns, add_nine=add_nine))
        looks.append(partial(foreign, home=patterns, is_allowed=allow_foreign))
    return _in_turn(cells, [*looks, partial(asked, normalise=rule)])


def _in_turn(cells: pa.StringArray, looks: Sequence[_Look]) -> ScreenedColumn:
    """What the first look says, and of the cells about which it says nothing what the next ones say."""
    column = looks[0](cells)
    return finished(column, cells, partial(_in_turn, looks=looks[1:])) if looks[1:] else column


def _plainly_of(cells: pa.StringArray, patterns: Numbering) -> ScreenedColumn:
    return settled(cells, numbers_in(plain_phones(cells, patterns), patterns))


def landlines(values: pa.StringArray, country: str) -> pa.BooleanArray:
    """``is_landline`` for every number that ``screen_phones`` gave; false for ``""``."""
    patterns = numbering(country)
    if patterns is None:
        at_home = fixed = pa.repeat(pa.scalar(False), len(values))
    else:
        at_home = pc.starts_with(values, patterns.code)
        fixed = is_landline_of(values, patterns)
    abroad = pc.and_(pc.invert(at_home), pc.not_equal(values, ""))
    if not pc.any(abroad).as_py():
        return fixed
    return pc.replace_with_mask(fixed, abroad, _landlines_abroad(values.filter(abroad)))


def _landlines_abroad(values: pa.StringArray) -> pa.BooleanArray:
    fixed = pa.nulls(len(values), pa.bool_())
    for patterns, mask in by_country(values):
        theirs = values.filter(mask)
        # Where several countries share a code, others have numbers that the first one's patterns do not know.
        known = pc.match_substring_regex(theirs, f"^{patterns.code}(?:{patterns.number})$")
        fixed = pc.replace_with_mask(fixed, mask, pc.if_else(known, is_landline_of(theirs, patterns), None))
    rest = pc.is_null(fixed)
    coded = values.filter(rest).dictionary_encode()
    answers = pa.array([is_landline(value) for value in coded.dictionary.to_pylist()], pa.bool_())
    return pc.replace_with_mask(fixed, rest, answers.take(coded.indices))
