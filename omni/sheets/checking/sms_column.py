"""Screening of a column of phones for numbers that cannot get an SMS, by libphonenumber's types.

Most numbers are decided by patterns; those of countries that share a calling code go through ``sms_obstacle``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import NO_MOBILE, SmsObstacle, sms_obstacle
from omni.core.numbering_plan import Numbering, main_country, numbering
from omni.sheets.string_columns import Mask

NO_SMS: Final[tuple[SmsObstacle | None, ...]] = (
    None,
    "phone.landline_in_sms",
    "phone.service_in_sms",
    "phone.no_mobile_in_sms",
)
"""Reasons for which a number cannot get an SMS, as codes of findings."""
_NONE, _LANDLINE, _SERVICE, _NO_MOBILE = range(4)
_UNDECIDED: Final = -1

Kinds = npt.NDArray[np.int8]
"""An index in ``NO_SMS`` for each number."""


def no_sms(values: pa.StringArray, country: str) -> Kinds:
    """Apply ``sms_obstacle`` to every number that ``screen_phones`` returned for ``country``; 0 for ``""``."""
    found = np.full(len(values), _UNDECIDED, dtype=np.int8)
    found[np.asarray(pc.equal(values, ""))] = _NONE
    if patterns := numbering(country):
        _decide(values, patterns, found, np.asarray(pc.starts_with(values, patterns.code)))
    for patterns, mask in _by_country(values, found):
        _decide(values, patterns, found, mask)
    rest = np.flatnonzero(found == _UNDECIDED)
    if len(rest):
        coded = values.take(pa.array(rest)).dictionary_encode()
        answers = np.array([NO_SMS.index(sms_obstacle(value)) for value in coded.dictionary.to_pylist()], np.int8)
        found[rest] = answers[np.asarray(coded.indices)]
    return found


def _by_country(values: pa.StringArray, found: Kinds) -> Iterator[tuple[Numbering, Mask]]:
    """Yield the countries whose codes the undecided numbers begin with, each with the mask of its numbers."""
    open_places = np.flatnonzero(found == _UNDECIDED)
    if not len(open_places):
        return
    starts = pc.utf8_slice_codeunits(values.take(pa.array(open_places)), 0, 3).dictionary_encode()
    names = [main_country(start) for start in starts.dictionary.to_pylist()]
    indices = np.asarray(starts.indices)
    for name in dict.fromkeys(filter(None, names)):
        if patterns := numbering(name):
            mask = np.zeros(len(values), dtype=bool)
            mask[open_places[np.isin(indices, [at for at, each in enumerate(names) if each == name])]] = True
            yield patterns, mask


def _decide(values: pa.StringArray, patterns: Numbering, found: Kinds, mask: Mask) -> None:
    """Decide the numbers in ``mask`` that the country's patterns know, in ``found``."""
    places = np.flatnonzero(mask & (found == _UNDECIDED))
    if not len(places):
        return
    numbers = values if len(places) == len(values) else values.take(pa.array(places))
    special = _special(numbers, patterns)
    mobile = _matches(numbers, patterns, patterns.mobile)
    kinds = np.where(special, _UNDECIDED, np.where(mobile, _NONE, _UNDECIDED)).astype(np.int8)
    if patterns.code in NO_MOBILE:
        no_mobile = np.asarray(pc.match_substring_regex(numbers, NO_MOBILE[patterns.code]))
        kinds[mobile & ~special & no_mobile] = _NO_MOBILE
    rest = np.flatnonzero(~special & ~mobile)
    if len(rest):
        fixed = _matches(numbers.take(pa.array(rest)), patterns, patterns.fixed)
        kinds[rest[fixed]] = _LANDLINE
    found[places] = kinds


def _special(numbers: pa.StringArray, patterns: Numbering) -> Mask:
    """Mark the numbers of services; only those of their lengths are looked at, which most mobiles do not have."""
    lengths = np.asarray(pc.binary_length(numbers)) - len(patterns.code)
    places = np.flatnonzero(np.isin(lengths, list(patterns.special_lengths)))
    found = np.zeros(len(numbers), dtype=bool)
    if len(places):
        found[places] = _matches(numbers.take(pa.array(places)), patterns, patterns.special)
    return found


def _matches(numbers: pa.StringArray, patterns: Numbering, pattern: str) -> Mask:
    mask: Mask = np.asarray(pc.match_substring_regex(numbers, f"^{patterns.code}(?:{pattern})$"))
    return mask
