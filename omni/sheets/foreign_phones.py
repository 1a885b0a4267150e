"""Phones of other countries, found at once: those in plain dress that begin with ``+`` or ``00``."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import Numbering, main_country, numbering
from omni.sheets.phone_patterns import PlainPhones, numbers_in, plain_phones
from omni.sheets.screened_column import ScreenedColumn, settled, where


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
        return settled(cells, numbers, warning=where(abroad, "phone.foreign_allowed"), proposal=theirs)
    ours = pc.if_else(abroad, None, numbers)
    return settled(cells, ours, problem=where(abroad, "phone.foreign"), proposal=theirs)


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
