"""Phones in plain dress, a column at once, and libphonenumber's patterns over them.

Plain dress is digits, blanks, brackets, dots, dashes and a leading ``+``. The conditions follow
``phonenumberutil.parse``: country code, then national prefix, then the pattern of a type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import Numbering
from omni.sheets.digit_bytes import ascii_digits

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
    settled = pc.if_else(coded, digits, pc.if_else(national, with_code(code, digits), None))

    trunk = pc.and_(inland, pc.match_substring_regex(digits, f"^0(?:{number})$"))
    if patterns.prefix and pc.any(trunk).as_py():
        bare = pc.utf8_slice_codeunits(digits, 1)
        trunk = pc.and_(trunk, pc.equal(_stripped(digits, patterns.prefix), bare))
        settled = pc.if_else(pc.fill_null(trunk, False), with_code(code, bare), settled)
    return settled


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
