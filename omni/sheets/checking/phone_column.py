"""A column of phones at once, by libphonenumber's own patterns; what they do not settle is asked one by one.

Settled are cells in plain dress whose digits are a mobile or fixed number in a spelling that libphonenumber reads in
one way, at home or abroad, and the slips that whole columns have in common.

Phones in plain dress, a column at once, and libphonenumber's patterns over them.

Plain dress is digits, blanks, brackets, dots, dashes and a leading ``+``. The conditions follow
``phonenumberutil.parse``: country code, then national prefix, then the pattern of a type.

Phones of other countries, found at once: those in plain dress that begin with ``+`` or ``00``.

The slips that whole columns have in common, found at once: Brazil's without area code or ninth digit, Mexico's 1.

What they are is said by ``omni.core.phone_number``; here are those spellings of them that a pattern tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import is_landline, normalise_phone
from omni.core.numbering_plan import Numbering, main_country, numbering
from omni.sheets.checking.screened_column import ScreenedColumn, by_pattern, by_value, code_where, fill_gaps
from omni.sheets.string_columns import ascii_digits

_PLAIN_DRESS: Final = r"^[ \x{a0}]*\+?[0-9 \x{a0}().-]+$"
_BLANKS: Final = " \u00a0"
_FLOAT_TAIL: Final = r"([0-9])\.0[ \x{a0}]*$"
_MONEY_TAIL: Final = r"\.00[ \x{a0}]*$"


@dataclass(frozen=True, slots=True, eq=False)
class PlainPhones:
    """``digits`` of cells in plain dress, null for others. ``plus`` where they begin with ``+``, ``inland`` where they
    are to be read as numbers of the country, with or without its code."""

    digits: pa.StringArray
    plus: pa.BooleanArray
    inland: pa.BooleanArray


def plain_phones(cells: pa.StringArray, patterns: Numbering) -> PlainPhones:
    """The cells as they are seen from the country of ``patterns``."""
    digits = _digits(cells)
    plus = pc.starts_with(pc.utf8_ltrim(cells, _BLANKS), "+")
    return PlainPhones(digits, plus, _neither(plus, pc.match_substring_regex(digits, f"^(?:{patterns.abroad})")))


def numbers_in(phones: PlainPhones, patterns: Numbering) -> pa.StringArray:
    """The E.164 digits of what is a mobile or fixed number of the country, null for the rest."""
    code, number = patterns.code, patterns.number
    digits, plus, inland = phones.digits, phones.plus, phones.inland

    national = pc.and_(inland, pc.match_substring_regex(digits, f"^(?:{number})$"))
    coded = pc.match_substring_regex(digits, f"^{code}(?:{number})$")
    # The last pattern is dear: it is asked about those alone that it may decide.
    possible = pc.match_substring_regex(pc.if_else(coded, digits, None), f"^(?:{patterns.possible})$")
    coded = pc.and_kleene(coded, pc.or_(plus, _neither(pc.invert(inland), possible)))
    bare = pc.if_else(coded, pc.utf8_slice_codeunits(digits, len(code)), digits)
    kept = _not_altered(bare, patterns.prefix)
    national, coded = pc.and_(national, kept), pc.and_(coded, kept)
    normalised = pc.if_else(coded, digits, pc.if_else(national, with_code(code, digits), None))

    trunk = pc.and_(inland, pc.match_substring_regex(digits, f"^0(?:{number})$"))
    if patterns.prefix and pc.any(trunk).as_py():
        bare = pc.utf8_slice_codeunits(digits, 1)
        trunk = pc.and_(trunk, pc.equal(_stripped(digits, patterns.prefix), bare))
        normalised = pc.if_else(pc.fill_null(trunk, False), with_code(code, bare), normalised)
    return normalised


def is_landline_of(values: pa.StringArray, patterns: Numbering) -> pa.BooleanArray:
    """Which E.164 digits are a fixed line of the country and nothing else."""
    return pc.and_not(
        pc.match_substring_regex(values, f"^{patterns.code}(?:{patterns.fixed})$"),
        pc.match_substring_regex(values, f"^{patterns.code}(?:{patterns.mobile})$"),
    )


def _digits(cells: pa.StringArray) -> pa.StringArray:
    """The digits of cells in plain dress, null for others. A float's ``.0`` is no digit."""
    plain = pc.match_substring_regex(cells, _PLAIN_DRESS)
    if pc.any(pc.match_substring(cells, ".0")).as_py():
        plain = _neither(pc.invert(plain), pc.match_substring_regex(cells, _MONEY_TAIL))
        cells = pc.replace_substring_regex(cells, _FLOAT_TAIL, r"\1")
    return pc.if_else(plain, ascii_digits(cells), None)


def _not_altered(numbers: pa.StringArray, prefix: str | None) -> pa.BooleanArray:
    """Whether libphonenumber leaves a national number as it is."""
    if not prefix:
        return pc.is_valid(numbers)
    if re.match(prefix, "") is None:
        return pc.invert(pc.match_substring_regex(numbers, f"^(?:{prefix})"))
    return pc.equal(_stripped(numbers, prefix), numbers)


def _stripped(numbers: pa.StringArray, prefix: str) -> pa.StringArray:
    return pc.replace_substring_regex(numbers, f"^(?:{prefix})", "", max_replacements=1)


def with_code(code: str, national: pa.StringArray) -> pa.StringArray:
    """National digits as E.164 digits."""
    return pc.binary_join_element_wise(code, national, "")


def _neither(one: pa.BooleanArray, other: pa.BooleanArray) -> pa.BooleanArray:
    return pc.invert(pc.or_(one, other))


def foreign(cells: pa.StringArray, home: Numbering, *, is_allowed: bool) -> ScreenedColumn:
    """Numbers with a country code, also that of ``home``; nothing is said of the rest."""
    phones = plain_phones(cells, home)
    from_abroad = pc.and_(pc.invert(phones.plus), pc.starts_with(phones.digits, "00"))
    digits = pc.if_else(from_abroad, pc.utf8_slice_codeunits(phones.digits, 2), phones.digits)
    digits = pc.if_else(pc.or_(phones.plus, from_abroad), digits, None)
    numbers = pa.nulls(len(cells), pa.string())
    for country, mask in by_country(digits):
        numbers = pc.replace_with_mask(numbers, mask, _numbers(digits.filter(mask), country))
    abroad = pc.invert(pc.starts_with(numbers, home.code))
    theirs = pc.if_else(abroad, numbers, None)
    if is_allowed:
        return by_pattern(cells, numbers, warning=code_where(abroad, "phone.foreign_allowed"), proposal=theirs)
    ours = pc.if_else(abroad, None, numbers)
    return by_pattern(cells, ours, problem=code_where(abroad, "phone.foreign"), proposal=theirs)


def by_country(numbers: pa.StringArray) -> Iterator[tuple[Numbering, pa.BooleanArray]]:
    """The countries whose codes numbers in E.164 digits begin with, and where."""
    starts = pc.utf8_slice_codeunits(numbers, 0, 3)
    found: dict[str, list[str]] = {}
    for start in pc.unique(starts).drop_null().to_pylist():
        if known := main_country(start):
            found.setdefault(known, []).append(start)
    for name, theirs in found.items():
        if patterns := numbering(name):
            yield patterns, pc.is_in(starts, pa.array(theirs, pa.string()))


def _numbers(digits: pa.StringArray, country: Numbering) -> pa.StringArray:
    everywhere = pa.repeat(pa.scalar(True), len(digits))
    return numbers_in(PlainPhones(digits, plus=everywhere, inland=pc.invert(everywhere)), country)


_LOCAL: Final = "^(?:[2-9][0-9]{7}|9[0-9]{8})$"
_OLD_MOBILE: Final = "^(?:55)?([1-9][1-9])([689][0-9]{7})$"
_OLD_MOBILE_CODED: Final = "^55[1-9][1-9][689][0-9]{7}$"
_FORMER_MEXICAN: Final = "^(?:52)?1[0-9]{10}$"
_FORMER_MEXICAN_CODED: Final = "^521[0-9]{10}$"


def brazilian(cells: pa.StringArray, patterns: Numbering, *, add_nine: bool) -> ScreenedColumn:
    """Local numbers, and mobiles of eight digits; nothing is said of the rest."""
    phones = plain_phones(cells, patterns)
    local = pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _LOCAL))
    old = pc.or_(
        pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _OLD_MOBILE)),
        pc.and_(phones.plus, pc.match_substring_regex(phones.digits, _OLD_MOBILE_CODED)),
    )
    meant = pc.replace_substring_regex(pc.if_else(old, phones.digits, None), _OLD_MOBILE, r"55\19\2")
    meant = pc.if_else(pc.match_substring_regex(meant, f"^55(?:{patterns.mobile})$"), meant, None)
    problem, is_old = code_where(local, "phone.area_code_missing"), pc.is_valid(meant)
    if add_nine:
        return by_pattern(cells, meant, problem=problem, warning=code_where(is_old, "phone.nine_added"), proposal=meant)
    problem = pc.if_else(is_old, "phone.nine_missing", problem)
    return by_pattern(cells, pa.nulls(len(cells), pa.string()), problem=problem, proposal=meant)


def mexican(cells: pa.StringArray, patterns: Numbering, *, add_nine: bool) -> ScreenedColumn:  # noqa: ARG001
    """Numbers with the 1 that was dialled before mobiles; nothing is said of the rest."""
    phones = plain_phones(cells, patterns)
    former = pc.or_(
        pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _FORMER_MEXICAN)),
        pc.and_(phones.plus, pc.match_substring_regex(phones.digits, _FORMER_MEXICAN_CODED)),
    )
    today = with_code(patterns.code, pc.utf8_slice_codeunits(pc.if_else(former, phones.digits, None), -10))
    values = pc.if_else(pc.match_substring_regex(today, f"^{patterns.code}(?:{patterns.number})$"), today, None)
    return by_pattern(cells, values, warning=code_where(pc.is_valid(values), "phone.mexico_one"))


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
    return _in_turn(cells, [*looks, partial(by_value, normalise=rule)])


def _in_turn(cells: pa.StringArray, looks: Sequence[_Look]) -> ScreenedColumn:
    """What the first look says, and of the cells about which it says nothing what the next ones say."""
    column = looks[0](cells)
    return fill_gaps(column, cells, partial(_in_turn, looks=looks[1:])) if looks[1:] else column


def _plainly_of(cells: pa.StringArray, patterns: Numbering) -> ScreenedColumn:
    return by_pattern(cells, numbers_in(plain_phones(cells, patterns), patterns))


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
