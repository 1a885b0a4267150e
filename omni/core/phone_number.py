"""The one phone number that a cell's text stands for, or why it cannot be known.

Whether a number exists is libphonenumber's verdict. Added here: several numbers in one cell, digits lost to
scientific notation, Brazil's numbers that parse and still are not known (no area code, no ninth digit), and Mexico's
numbers as they were dialled until 2019.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, ValidationResult

from omni.core.dress import digits_in, plain, undressed

_SCIENTIFIC: Final = re.compile(r"\+?(\d+)(?:[.,](\d*))?[eE]\+?(\d{1,4})")
_APART: Final = re.compile(r"[/;|,&\\\n]|\s(?:e|y|o|ou|or|and)\s", re.IGNORECASE)
_FOREIGN_TO_PHONES: Final = re.compile(r"[^\d\s.,;:/\\|&()\[\]{}'\"_~-]")
_DIGITS_AND_MARKS: Final = re.compile(r"\+?[\d.-]*")
_BRAZIL, _MEXICO = 55, 52
_FORMER_MEXICAN: Final = re.compile(r"(1|01|04[45])(\d{10})")
_REASONS: Final = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.area_code_missing",
    ValidationResult.TOO_SHORT: "phone.too_short",
    ValidationResult.TOO_LONG: "phone.too_long",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A valid ``number``, or the code of a ``problem``, never both. ``note`` is a code for what was taken for granted
    on the way; ``proposal`` a number that would be valid, if the operator says that it was meant."""

    number: PhoneNumber | None = None
    problem: str | None = None
    note: str | None = None
    proposal: PhoneNumber | None = None


def read_number(text: str, country: str) -> Reading | None:
    """What the text stands for; None when nothing is there. See ``normalise_phone``."""
    home = _metadata(country)
    shown = plain(text)
    if not shown:
        return None
    if short := _SCIENTIFIC.fullmatch(shown.strip("'\"=")):
        mantissa, fraction, exponent = short[1], short[2] or "", int(short[3])
        if len(fraction) < exponent or fraction[exponent:].strip("0"):
            return Reading(problem="phone.scientific")
        bare = mantissa + fraction[:exponent]
    else:
        bare = undressed(shown)
    if problem := _unreadable(bare):
        return Reading(problem=problem)
    return _parsed(digits_in(bare), bare.lstrip(" ([").startswith("+"), country, home)


@cache
def _metadata(country: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None:
        raise ValueError(f"no phone numbers are known for country {country!r}")
    return metadata


def _unreadable(bare: str) -> str | None:
    """Why ``bare`` is not one number, before any look at its digits."""
    if _DIGITS_AND_MARKS.fullmatch(bare):
        return None
    pieces = [len(digits_in(piece)) for piece in _APART.split(bare)]
    words = [len(digits_in(word)) for word in re.split(r"[\s(+]+", bare)]
    long_pieces = sum(size >= 8 for size in pieces)
    if long_pieces >= 2 or sum(size >= 8 for size in words) >= 2 or _has_shorthand(bare):
        return "phone.several"
    if any(char.isalpha() for char in bare):
        return "phone.letters"
    if _FOREIGN_TO_PHONES.search(re.sub(r"^[\s(\[]*\+", "", bare)):
        return "phone.invalid"
    return None


def _has_shorthand(bare: str) -> bool:
    """``3333-4444/4445``: a second number of which only the end is written."""
    ahead, slash, behind = bare.rpartition("/")
    return bool(slash) and len(digits_in(ahead)) >= 8 and 1 <= len(digits_in(behind)) <= 7


def _parsed(digits: str, plus: bool, country: str, home: PhoneMetadata) -> Reading:
    """The valid number written as ``digits``, or the problem it has."""
    if len(digits.lstrip("0")) < 3:
        return Reading(problem="phone.too_short")
    readings = [digits] if plus else []
    if not plus and digits.startswith("00"):
        readings.append(digits[2:])
        if ahead := re.match(home.international_prefix or "00", digits):
            readings.append(digits[ahead.end() :])  # 00, a carrier's code, country code
    first: Reading | None = None
    for reading in readings:
        found = _judged("+" + reading, None)
        if found.number is not None:
            return found
        first = first or found
    if first is not None:
        return first
    if country == "BR" and len(digits) in (8, 9) and not digits.startswith(("0", "90", "800")):
        return _without_area_code(digits)  # what ``_brazilian`` would say, in a fraction of the time
    return _judged(digits, country)


def _judged(written: str, country: str | None) -> Reading:
    try:
        number = phonenumbers.parse(written, country)
    except NumberParseException as err:
        problem = {
            NumberParseException.TOO_LONG: "phone.too_long",
            NumberParseException.TOO_SHORT_NSN: "phone.too_short",
            NumberParseException.TOO_SHORT_AFTER_IDD: "phone.too_short",
        }.get(err.error_type, "phone.invalid")
        return Reading(problem=problem)
    valid = phonenumbers.is_valid_number(number)
    if number.country_code == _BRAZIL and (found := _brazilian(number, written, valid)):
        return found
    if valid:
        return Reading(number)
    if number.country_code == _MEXICO and (found := _mexican(number)):
        return found
    return Reading(problem=_REASONS.get(phonenumbers.is_possible_number_with_reason(number), "phone.invalid"))


def _brazilian(number: PhoneNumber, written: str, valid: bool) -> Reading | None:
    national = phonenumbers.national_significant_number(number)
    if written.startswith("90") and len(national) < len(written):
        # libphonenumber takes 90 for a collect call; in a sheet it begins a local number, or a foreign one without
        # its plus.
        return Reading(problem="phone.area_code_missing" if len(written) == 8 else "phone.too_long")
    if len(national) in (8, 9) and not (valid and national.startswith("800")):
        return _without_area_code(national)
    if valid:
        return None
    if len(national) == 10 and national[2] in "6789":
        longer = PhoneNumber(country_code=_BRAZIL, national_number=int(f"{national[:2]}9{national[2:]}"))
        if phonenumbers.is_valid_number(longer):
            return Reading(problem="phone.nine_missing", proposal=longer)
    return None


def _without_area_code(national: str) -> Reading:
    # Short service numbers (4004-1234) look the same as a local number whose area code is missing.
    local = national[0] in "23456789" if len(national) == 8 else national[0] == "9"
    return Reading(problem="phone.area_code_missing" if local else "phone.too_short")


def _mexican(number: PhoneNumber) -> Reading | None:
    """A number as it was dialled there until August 2019, or to a mobile from abroad (the 1).

    Today there are ten digits and nothing before them (IFT, *Plan Técnico Fundamental de Numeración*).
    """
    former = _FORMER_MEXICAN.fullmatch(phonenumbers.national_significant_number(number))
    if former is None:
        return None
    today = PhoneNumber(country_code=_MEXICO, national_number=int(former[2]))
    if not phonenumbers.is_valid_number(today):
        return None
    return Reading(today, note="phone.mexico_one" if former[1] == "1" else None)
