"""The 9 of Argentine mobiles, added to numbers that a sheet writes without it.

A number without the 9 may be a landline or a mobile. So it is added where another cell of the sheet writes the same
line with it, and to all others only if the operator agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import numbering

_WITH_NINE: Final = r"^549[0-9]{10}$"
_WITHOUT_NINE: Final = r"^54[1-8][0-9]{9}$"
_CODE: Final = "54"
NINE_ADDED: Final = "phone.argentine_nine_added"
"""Code of the warning about a 9 that was added because the operator agreed."""


def with_nines(phones: Mapping[str, pa.ChunkedArray], *, to_all: bool) -> dict[str, pa.ChunkedArray]:
    """Return the columns of normalised phones, by field, in which a 9 has to be added, with it.

    With ``to_all`` it is added to every number that may be a mobile.
    """
    found = {name: pc.match_substring_regex(column, _WITHOUT_NINE) for name, column in _argentine(phones).items()}
    if not found:
        return {}
    longer = {name: pc.replace_substring_regex(phones[name], "^54", "549") for name in found}
    if to_all:
        mobile = f"^54(?:{_mobile_pattern()})$"
        found = {name: pc.and_(mask, pc.match_substring_regex(longer[name], mobile)) for name, mask in found.items()}
    else:
        bare = _lines_with_nine(phones)
        found = {name: pc.and_(mask, pc.is_in(phones[name], bare)) for name, mask in found.items()}
    return {name: pc.if_else(mask, longer[name], phones[name]) for name, mask in found.items() if pc.any(mask).as_py()}


def _argentine(phones: Mapping[str, pa.ChunkedArray]) -> dict[str, pa.ChunkedArray]:
    """Return the columns with any number of Argentina, so that no pattern is applied to the others."""
    return {name: column for name, column in phones.items() if pc.any(pc.starts_with(column, _CODE)).as_py()}


def _lines_with_nine(phones: Mapping[str, pa.ChunkedArray]) -> pa.StringArray:
    """Return the numbers, without their 9, that some cell writes with it."""
    known: set[str] = set()
    for column in phones.values():
        known |= set(column.filter(pc.match_substring_regex(column, _WITH_NINE)).unique().to_pylist())
    return pa.array([_CODE + number[len(_CODE) + 1 :] for number in known], pa.string())


def _mobile_pattern() -> str:
    patterns = numbering("AR")
    assert patterns is not None
    return patterns.mobile
