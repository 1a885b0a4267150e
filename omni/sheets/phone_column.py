"""A column of phones at once, by libphonenumber's own patterns; what they do not settle is asked one by one.

Settled are only cells in plain dress (digits, blanks, brackets, dots, dashes, a leading ``+``) whose digits
are a mobile or fixed number of the country in a spelling that libphonenumber reads in one way. The conditions
follow ``phonenumberutil.parse``: country code, then national prefix, then the pattern of a type.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import is_landline, normalise_phone
from omni.core.numbering import Numbering, numbering
from omni.sheets.digit_bytes import ascii_digits
from omni.sheets.screened_column import ScreenedColumn, completed

_PLAIN_DRESS: Final = r"^[ \x{a0}]*\+?[0-9 \x{a0}().-]+$"
_BLANKS: Final = " \u00a0"
_FLOAT_TAIL: Final = r"([0-9])\.0[ \x{a0}]*$"
_MONEY_TAIL: Final = r"\.00[ \x{a0}]*$"


def screen_phones(
    cells: pa.StringArray, country: str, *, allow_foreign: bool = True, add_nine: bool = False
) -> ScreenedColumn:
    """``normalise_phone`` for every cell."""
    patterns = numbering(country)
    settled = _settled(cells, patterns) if patterns else pa.nulls(len(cells), pa.string())
    one = partial(normalise_phone, country=country, allow_foreign=allow_foreign, add_nine=add_nine)
    return completed(cells, settled, one)


def landlines(values: pa.StringArray, country: str) -> pa.BooleanArray:
    """``is_landline`` for every number that ``screen_phones`` gave; false for ``""``."""
    patterns = numbering(country)
    if patterns is None:
        at_home = pa.repeat(pa.scalar(False), len(values))
        fixed = at_home
    else:
        at_home = pc.starts_with(values, patterns.code)
        fixed = pc.and_not(
            pc.match_substring_regex(values, f"^{patterns.code}(?:{patterns.fixed})$"),
            pc.match_substring_regex(values, f"^{patterns.code}(?:{patterns.mobile})$"),
        )
    abroad = pc.and_(pc.invert(at_home), pc.not_equal(values, ""))
    asked = values.filter(abroad).dictionary_encode()
    if not len(asked):
        return fixed
    answers = pa.array([is_landline(value) for value in asked.dictionary.to_pylist()], pa.bool_())
    return pc.replace_with_mask(fixed, abroad, answers.take(asked.indices))


def _settled(cells: pa.StringArray, patterns: Numbering) -> pa.StringArray:
    """The E.164 digits of the cells that are plain, null for the rest."""
    code, number = patterns.code, patterns.number
    digits = _digits(cells)
    plus = pc.starts_with(pc.utf8_ltrim(cells, _BLANKS), "+")
    inland = _neither(plus, pc.match_substring_regex(digits, f"^(?:{patterns.abroad})"))

    national = pc.and_(inland, pc.match_substring_regex(digits, f"^(?:{number})$"))
    coded = pc.match_substring_regex(digits, f"^{code}(?:{number})$")
    # The last pattern is dear: it is asked about those alone that it may decide.
    possible = pc.match_substring_regex(pc.if_else(coded, digits, None), f"^(?:{patterns.possible})$")
    coded = pc.and_kleene(coded, pc.or_(plus, _neither(pc.invert(inland), possible)))
    bare = pc.if_else(coded, pc.utf8_slice_codeunits(digits, len(code)), digits)
    kept = _not_altered(bare, patterns.prefix)
    national, coded = pc.and_(national, kept), pc.and_(coded, kept)
    settled = pc.if_else(coded, digits, pc.if_else(national, _coded(code, digits), None))

    trunk = pc.and_(inland, pc.match_substring_regex(digits, f"^0(?:{number})$"))
    if patterns.prefix and pc.any(trunk).as_py():
        bare = pc.utf8_slice_codeunits(digits, 1)
        trunk = pc.and_(trunk, pc.equal(_stripped(digits, patterns.prefix), bare))
        settled = pc.if_else(pc.fill_null(trunk, False), _coded(code, bare), settled)
    return settled


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


def _coded(code: str, national: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(code, national, "")


def _neither(one: pa.BooleanArray, other: pa.BooleanArray) -> pa.BooleanArray:
    return pc.invert(pc.or_(one, other))
