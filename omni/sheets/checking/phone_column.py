"""Screening of a column of phones at once by libphonenumber's own patterns, and of the remaining cells one by one.

The patterns are applied to plain cells: digits, blanks, brackets, dots, dashes and a leading ``+``. The conditions
follow ``phonenumberutil.parse``: country code, then national prefix, then the pattern of a type. Decided this way are

- mobile and fixed numbers of the country in a spelling that libphonenumber reads in only one way;
- numbers of other countries that begin with ``+`` or ``00``;
- errors that whole columns have in common: Brazilian numbers without area code or ninth digit, and Mexican numbers with
  the former 1. ``omni.core.phone_number`` defines them; only the spellings that a pattern recognises are decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import normalise_phone
from omni.core.numbering_plan import Numbering, main_country, numbering
from omni.sheets.checking.screened_column import ScreenedColumn, by_pattern, by_value, code_where, fill_gaps
from omni.sheets.string_columns import ascii_digits

_PLAIN_CELL: Final = r"^[ \x{a0}]*\+?[0-9 \x{a0}().-]+$"
_BLANKS: Final = " \u00a0"
_FLOAT_TAIL: Final = r"([0-9])\.0[ \x{a0}]*$"
_MONEY_TAIL: Final = r"\.00[ \x{a0}]*$"
_LOCAL: Final = "^(?:[2-9][0-9]{7}|9[0-9]{8})$"
_OLD_MOBILE: Final = "^(?:55)?([1-9][1-9])([689][0-9]{7})$"
_OLD_MOBILE_CODED: Final = "^55[1-9][1-9][689][0-9]{7}$"
_FORMER_MEXICAN: Final = "^(?:52)?1[0-9]{10}$"
_FORMER_MEXICAN_CODED: Final = "^521[0-9]{10}$"

_Rule = Callable[[pa.StringArray], ScreenedColumn]


def screen_phones(
    cells: pa.StringArray, country: str, *, allow_foreign: bool = True, add_nine: bool = False
) -> ScreenedColumn:
    """Apply ``normalise_phone`` to every cell."""
    rule = partial(normalise_phone, country=country, allow_foreign=allow_foreign, add_nine=add_nine)
    rules: list[_Rule] = []
    if patterns := numbering(country):
        rules.append(partial(_plain_numbers, patterns=patterns))
        if country in _COUNTRY_RULES:
            rules.append(partial(_COUNTRY_RULES[country], patterns=patterns, add_nine=add_nine))
        rules.append(partial(_foreign, home=patterns, is_allowed=allow_foreign))
    return _first_that_decides(cells, [*rules, partial(by_value, normalise=rule)])


def _first_that_decides(cells: pa.StringArray, rules: Sequence[_Rule]) -> ScreenedColumn:
    """Apply the first rule, and the following rules to the cells that it leaves undecided."""
    column = rules[0](cells)
    return fill_gaps(column, cells, partial(_first_that_decides, rules=rules[1:])) if rules[1:] else column


def _plain_numbers(cells: pa.StringArray, patterns: Numbering) -> ScreenedColumn:
    return by_pattern(cells, _numbers_in(_plain_phones(cells, patterns), patterns))


@dataclass(frozen=True, slots=True, eq=False)
class _PlainPhones:
    """The digits of plain cells, null for others.

    ``plus`` marks cells that begin with ``+``, ``inland`` those that are read as numbers of the country, with or
    without its code.
    """

    digits: pa.StringArray
    plus: pa.BooleanArray
    inland: pa.BooleanArray


def _plain_phones(cells: pa.StringArray, patterns: Numbering) -> _PlainPhones:
    """Read the plain cells as seen from the country of ``patterns``."""
    digits = _digits(cells)
    plus = pc.starts_with(pc.utf8_ltrim(cells, _BLANKS), "+")
    return _PlainPhones(digits, plus, _neither(plus, pc.match_substring_regex(digits, f"^(?:{patterns.abroad})")))


def _numbers_in(phones: _PlainPhones, patterns: Numbering) -> pa.StringArray:
    """Return the E.164 digits of mobile and fixed numbers of the country, null for the rest."""
    code, number = patterns.code, patterns.number
    digits, plus, inland = phones.digits, phones.plus, phones.inland

    national = pc.and_(inland, pc.match_substring_regex(digits, f"^(?:{number})$"))
    coded = pc.match_substring_regex(digits, f"^{code}(?:{number})$")
    # The last pattern is slow, so it is applied only to the cells that it may decide.
    possible = pc.match_substring_regex(pc.if_else(coded, digits, None), f"^(?:{patterns.possible})$")
    coded = pc.and_kleene(coded, pc.or_(plus, _neither(pc.invert(inland), possible)))
    bare = pc.if_else(coded, pc.utf8_slice_codeunits(digits, len(code)), digits)
    kept = _not_altered(bare, patterns.prefix)
    national, coded = pc.and_(national, kept), pc.and_(coded, kept)
    normalised = pc.if_else(coded, digits, pc.if_else(national, _with_code(code, digits), None))

    trunk = pc.and_(inland, pc.match_substring_regex(digits, f"^0(?:{number})$"))
    if patterns.prefix and pc.any(trunk).as_py():
        bare = pc.utf8_slice_codeunits(digits, 1)
        trunk = pc.and_(trunk, pc.equal(_stripped(digits, patterns.prefix), bare))
        normalised = pc.if_else(pc.fill_null(trunk, False), _with_code(code, bare), normalised)
    return normalised


def _digits(cells: pa.StringArray) -> pa.StringArray:
    """Return the digits of plain cells, null for others. The ``.0`` of a float is removed first."""
    plain = pc.match_substring_regex(cells, _PLAIN_CELL)
    if pc.any(pc.match_substring(cells, ".0")).as_py():
        plain = _neither(pc.invert(plain), pc.match_substring_regex(cells, _MONEY_TAIL))
        cells = pc.replace_substring_regex(cells, _FLOAT_TAIL, r"\1")
    return pc.if_else(plain, ascii_digits(cells), None)


def _not_altered(numbers: pa.StringArray, prefix: str | None) -> pa.BooleanArray:
    """Mark the national numbers that libphonenumber does not change."""
    if not prefix:
        return pc.is_valid(numbers)
    if re.match(prefix, "") is None:
        return pc.invert(pc.match_substring_regex(numbers, f"^(?:{prefix})"))
    return pc.equal(_stripped(numbers, prefix), numbers)


def _stripped(numbers: pa.StringArray, prefix: str) -> pa.StringArray:
    """Remove the national prefix."""
    return pc.replace_substring_regex(numbers, f"^(?:{prefix})", "", max_replacements=1)


def _with_code(code: str, national: pa.StringArray) -> pa.StringArray:
    """Turn national digits into E.164 digits."""
    return pc.binary_join_element_wise(code, national, "")


def _neither(one: pa.BooleanArray, other: pa.BooleanArray) -> pa.BooleanArray:
    return pc.invert(pc.or_(one, other))


def _foreign(cells: pa.StringArray, home: Numbering, *, is_allowed: bool) -> ScreenedColumn:
    """Screen numbers with a country code, also that of ``home``; the rest stays undecided."""
    phones = _plain_phones(cells, home)
    from_abroad = pc.and_(pc.invert(phones.plus), pc.starts_with(phones.digits, "00"))
    digits = pc.if_else(from_abroad, pc.utf8_slice_codeunits(phones.digits, 2), phones.digits)
    digits = pc.if_else(pc.or_(phones.plus, from_abroad), digits, None)
    numbers = pa.nulls(len(cells), pa.string())
    for country, mask in _by_country(digits):
        numbers = pc.replace_with_mask(numbers, mask, _numbers_of(digits.filter(mask), country))
    abroad = pc.invert(pc.starts_with(numbers, home.code))
    theirs = pc.if_else(abroad, numbers, None)
    if is_allowed:
        return by_pattern(cells, numbers, warning=code_where(abroad, "phone.foreign_allowed"), proposal=theirs)
    ours = pc.if_else(abroad, None, numbers)
    return by_pattern(cells, ours, problem=code_where(abroad, "phone.foreign"), proposal=theirs)


def _by_country(numbers: pa.StringArray) -> Iterator[tuple[Numbering, pa.BooleanArray]]:
    """Yield the main countries of the codes that E.164 digits begin with, each with the mask of its numbers."""
    starts = pc.utf8_slice_codeunits(numbers, 0, 3)
    found: dict[str, list[str]] = {}
    for start in pc.unique(starts).drop_null().to_pylist():
        if known := main_country(start):
            found.setdefault(known, []).append(start)
    for name, theirs in found.items():
        if patterns := numbering(name):
            yield patterns, pc.is_in(starts, pa.array(theirs, pa.string()))


def _numbers_of(digits: pa.StringArray, country: Numbering) -> pa.StringArray:
    everywhere = pa.repeat(pa.scalar(True), len(digits))
    return _numbers_in(_PlainPhones(digits, plus=everywhere, inland=pc.invert(everywhere)), country)


def _brazilian(cells: pa.StringArray, patterns: Numbering, *, add_nine: bool) -> ScreenedColumn:
    """Screen Brazilian numbers without area code, and mobiles of eight digits; the rest stays undecided."""
    phones = _plain_phones(cells, patterns)
    local = pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _LOCAL))
    old = pc.or_(
        pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _OLD_MOBILE)),
        pc.and_(phones.plus, pc.match_substring_regex(phones.digits, _OLD_MOBILE_CODED)),
    )
    with_nine = pc.replace_substring_regex(pc.if_else(old, phones.digits, None), _OLD_MOBILE, r"55\19\2")
    with_nine = pc.if_else(pc.match_substring_regex(with_nine, f"^55(?:{patterns.mobile})$"), with_nine, None)
    problem, is_old = code_where(local, "phone.area_code_missing"), pc.is_valid(with_nine)
    if add_nine:
        return by_pattern(
            cells, with_nine, problem=problem, warning=code_where(is_old, "phone.nine_added"), proposal=with_nine
        )
    problem = pc.if_else(is_old, "phone.nine_missing", problem)
    return by_pattern(cells, pa.nulls(len(cells), pa.string()), problem=problem, proposal=with_nine)


def _mexican(cells: pa.StringArray, patterns: Numbering, *, add_nine: bool) -> ScreenedColumn:  # noqa: ARG001
    """Screen Mexican numbers with the 1 that was dialled before mobiles; the rest stays undecided."""
    phones = _plain_phones(cells, patterns)
    former = pc.or_(
        pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _FORMER_MEXICAN)),
        pc.and_(phones.plus, pc.match_substring_regex(phones.digits, _FORMER_MEXICAN_CODED)),
    )
    today = _with_code(patterns.code, pc.utf8_slice_codeunits(pc.if_else(former, phones.digits, None), -10))
    values = pc.if_else(pc.match_substring_regex(today, f"^{patterns.code}(?:{patterns.number})$"), today, None)
    return by_pattern(cells, values, warning=code_where(pc.is_valid(values), "phone.mexico_one"))


_COUNTRY_RULES: Final = {"BR": _brazilian, "MX": _mexican}
