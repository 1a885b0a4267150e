"""The slips that whole columns have in common, found at once: Brazil's without area code or ninth digit, Mexico's 1.

What they are is said by ``omni.core.phone_number``; here are those spellings of them that a pattern tells.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import Numbering
from omni.sheets.phone_patterns import plain_phones, with_code
from omni.sheets.screened_column import ScreenedColumn, settled, where

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
    problem, is_old = where(local, "phone.area_code_missing"), pc.is_valid(meant)
    if add_nine:
        return settled(cells, meant, problem=problem, warning=where(is_old, "phone.nine_added"), proposal=meant)
    problem = pc.if_else(is_old, "phone.nine_missing", problem)
    return settled(cells, pa.nulls(len(cells), pa.string()), problem=problem, proposal=meant)


def mexican(cells: pa.StringArray, patterns: Numbering, *, add_nine: bool) -> ScreenedColumn:  # noqa: ARG001
    """Numbers with the 1 that was dialled before mobiles; nothing is said of the rest."""
    phones = plain_phones(cells, patterns)
    former = pc.or_(
        pc.and_(phones.inland, pc.match_substring_regex(phones.digits, _FORMER_MEXICAN)),
        pc.and_(phones.plus, pc.match_substring_regex(phones.digits, _FORMER_MEXICAN_CODED)),
    )
    today = with_code(patterns.code, pc.utf8_slice_codeunits(pc.if_else(former, phones.digits, None), -10))
    values = pc.if_else(pc.match_substring_regex(today, f"^{patterns.code}(?:{patterns.number})$"), today, None)
    return settled(cells, values, warning=where(pc.is_valid(values), "phone.mexico_one"))
