"""Argentine mobiles that the same sheet writes with and without the 9: all are sent in the form that mobiles have.

A number without the 9 may be a landline or a mobile, so nothing is changed unless another cell shows which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_WITH_NINE: Final = r"^549[0-9]{10}$"
_WITHOUT_NINE: Final = r"^54[1-8][0-9]{9}$"
_CODE: Final = "54"


def with_known_nines(phones: Mapping[str, pa.ChunkedArray]) -> dict[str, pa.ChunkedArray]:
    """Return the columns of normalised phones, by field, in which a 9 has to be added, with it."""
    known: set[str] = set()
    for column in phones.values():
        if pc.any(pc.starts_with(column, "549")).as_py():
            known |= set(column.filter(pc.match_substring_regex(column, _WITH_NINE)).unique().to_pylist())
    if not known:
        return {}
    bare = pa.array([_CODE + number[3:] for number in known], pa.string())
    changed = {}
    for name, column in phones.items():
        lacks_nine = pc.and_(pc.match_substring_regex(column, _WITHOUT_NINE), pc.is_in(column, bare))
        if pc.any(lacks_nine).as_py():
            changed[name] = pc.if_else(lacks_nine, pc.replace_substring_regex(column, "^54", "549"), column)
    return changed
