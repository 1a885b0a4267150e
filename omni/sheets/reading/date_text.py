"""Texts of dates, times and durations in one section of a format code, as Excel shows them, for whole columns.

A date is a number of days (ECMA-376 part 1, 18.17.4). In the usual date system day 1 is the 1st of January 1900, and
day 60 is the 29th of February 1900, which never was; in the other one day 0 is the 1st of January 1904.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.format_code import Section, Token, sections
from omni.sheets.reading.sheet_language import SheetLanguage, language_of_tag

DAYS_TO_1904: Final = 1462
"""Days between the beginnings of the two date systems."""
OUT_OF_RANGE: Final = "########"
"""Text that Excel shows instead of a date before 1900 or after 9999."""

_LAST_DAY: Final = 2_958_465
_LEAP_DAY: Final = 60
_EPOCH: Final = np.datetime64("1899-12-30")
_SECONDS: Final = 86_400
_MOST_FRACTIONS: Final = 3

Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


def date_texts(section: Section, values: Floats, language: SheetLanguage, *, is_1904: bool) -> pa.StringArray:
    """Return the texts of numbers of days; names are in the language that the section names, else in ``language``."""
    names = language_of_tag(section.tag) or language
    if section.system:
        code = names.long_date if section.system == "date" else names.long_time
        section = sections(code)[0]
    moment = _Moments(section.tokens, values, is_1904)
    texts = pc.binary_join_element_wise(*(moment.part(token, names) for token in section.tokens), "", "")
    if len(texts) != len(values):  # the section holds no part of a date
        texts = pa.array([texts[0].as_py()] * len(values), pa.string())
    if not moment.out_of_range.any():
        return texts
    return pc.if_else(pa.array(moment.out_of_range), OUT_OF_RANGE, texts)


class _Moments:
    """Parts of many dates, worked out as far as a section shows them."""

    def __init__(self, tokens: Sequence[Token], values: Floats, is_1904: bool) -> None:
        self._has_halves = any(token.kind == "half" for token in tokens)
        shown = max((len(token.text) for token in tokens if token.kind == "fraction"), default=0)
        self._ticks_a_second = 10 ** min(shown, _MOST_FRACTIONS)
        is_duration = any(token.kind == "elapsed" for token in tokens)
        self._is_negative = (values < 0) & is_duration & is_1904
        days = values if is_duration or not is_1904 else values + DAYS_TO_1904
        self.out_of_range = ((days < 0) & ~self._is_negative) | (days >= _LAST_DAY + 1)
        days = np.where(self.out_of_range, 1.0, np.abs(days))
        # Excel rounds to the smallest part of a second that is shown, and cuts off minutes and hours.
        self._ticks = np.floor(days * _SECONDS * self._ticks_a_second + 0.5).astype(np.int64)
        self._day, self._in_day = np.divmod(self._ticks, _SECONDS * self._ticks_a_second)

    def part(self, token: Token, names: SheetLanguage) -> pa.StringArray | str:
        """Return what a token shows of each date."""
        length = len(token.text)
        match token.kind:
            case "year":
                year, _, _ = self._calendar()
                return _padded(year, 4) if length > 2 else _padded(year % 100, 2)
            case "month":
                _, month, _ = self._calendar()
                if length <= 2:
                    return _padded(month, length)
                lists = {3: names.short_months, 5: tuple(name[0] for name in names.months)}
                return _named(lists.get(length, names.months), month - 1)
            case "day":
                if length <= 2:
                    return _padded(self._calendar()[2], length)
                return _named(names.short_days if length == 3 else names.days, (self._day + 6) % 7)
            case "hour":
                hour = self._seconds() // 3600
                return _padded((hour + 11) % 12 + 1 if self._has_halves else hour, min(length, 2))
            case "minute":
                return _padded(self._seconds() // 60 % 60, min(length, 2))
            case "second":
                return _padded(self._seconds() % 60, min(length, 2))
            case "fraction":
                fraction = self._in_day % self._ticks_a_second
                digits = _padded(fraction, min(length, _MOST_FRACTIONS))
                return pc.binary_join_element_wise(names.decimal, digits, "0" * (length - _MOST_FRACTIONS), "")
            case "half":
                before, after = token.text.split("/") if length == 3 else names.halves
                return _named((before, after), self._seconds() // 43_200)
            case "elapsed":
                unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
                whole = _padded(self._ticks // self._ticks_a_second // unit, length)
                if not self._is_negative.any():
                    return whole
                return pc.binary_join_element_wise(_named(("", "-"), self._is_negative.astype(np.int64)), whole, "")
            case "literal":
                return token.text
            case _:
                return ""

    def _seconds(self) -> _Ints:
        seconds: _Ints = self._in_day // self._ticks_a_second
        return seconds

    def _calendar(self) -> tuple[_Ints, _Ints, _Ints]:
        """Return year, month and day."""
        day = self._day
        dates = _EPOCH + (day + (day < _LEAP_DAY)).astype("timedelta64[D]")
        months = dates.astype("datetime64[M]")
        year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
        month = months.astype(np.int64) % 12 + 1
        day_of_month = (dates - months).astype(np.int64) + 1
        for number, shown in ((0, (1900, 1, 0)), (_LEAP_DAY, (1900, 2, 29))):
            is_odd = day == number
            if is_odd.any():
                year, month, day_of_month = (
                    np.where(is_odd, part, given)
                    for part, given in zip(shown, (year, month, day_of_month), strict=True)
                )
        return year, month, day_of_month


def _named(names: Sequence[str], places: Any) -> pa.StringArray:
    return pa.array(names, pa.string()).take(pa.array(places))


def _padded(numbers: _Ints, width: int) -> pa.StringArray:
    texts = pa.array(numbers).cast(pa.string())
    return pc.utf8_lpad(texts, width, "0") if width > 1 else texts
