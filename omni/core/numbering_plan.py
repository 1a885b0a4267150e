"""The countries whose phone numbers libphonenumber knows, with Latin America first.

A country's phone numbers as libphonenumber's own patterns, for screening whole columns at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata

_NEAR: Final = (
    "BR", "AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "SV",
    "GT", "HN", "MX", "NI", "PA", "PY", "PE", "PR", "UY", "VE",
)  # fmt: skip


def calling_codes() -> dict[str, int]:
    """Country (ISO 3166, two letters) to the code before its phone numbers, Latin America first."""
    far = sorted(phonenumbers.SUPPORTED_REGIONS - set(_NEAR))
    return {country: phonenumbers.country_code_for_region(country) for country in (*_NEAR, *far)}


def calling_code(country: str) -> int:
    """The code before the phone numbers of a country; 0 when it has none of its own."""
    return int(phonenumbers.country_code_for_region(country))


def main_country(number: str) -> str | None:
    """The first of the countries (ISO 3166) that use the code with which E.164 digits begin; three digits are enough.

    ``001`` for a code that is no country's; None when no code begins so.
    """
    for size in (1, 2, 3):
        code = number[:size]
        if code.isdecimal() and (countries := phonenumbers.region_codes_for_country_code(int(code))):
            return str(countries[0])
    return None


def country_of(number: str) -> str:
    """The country (ISO 3166) of a valid phone number in E.164 digits; ``001`` for no country's own."""
    main = main_country(number)
    if main and len(phonenumbers.region_codes_for_country_code(calling_code(main))) == 1:
        return main
    return str(phonenumbers.region_code_for_number(phonenumbers.parse(f"+{number}")))


_NOTHING: Final = "[^0-9]"


@dataclass(frozen=True, slots=True)
class Numbering:
    """Regular expressions over national digits, in the syntax that Python and RE2 share.

    ``mobile`` and ``fixed`` match nothing where a country has none. ``number`` is either of the two, ``possible`` what
    may be a number at all, ``prefix`` what libphonenumber takes off the front of a national number, ``abroad`` what it
    takes for the start of a foreign one. ``code`` is the country code.
    """

    code: str
    mobile: str
    fixed: str
    number: str
    possible: str
    prefix: str | None
    abroad: str


@cache
def numbering(country: str) -> Numbering | None:
    """The patterns of a country (ISO 3166, two letters).

    None for a country that shares its code with a larger one, whose rules libphonenumber asks as well, and
    for one it does not know.
    """
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or metadata.country_code is None or metadata.general_desc is None:
        return None
    if phonenumbers.region_code_for_country_code(metadata.country_code) != country:
        return None
    mobile, fixed = (kind.national_number_pattern if kind else None for kind in (metadata.mobile, metadata.fixed_line))
    return Numbering(
        code=str(metadata.country_code),
        mobile=mobile or _NOTHING,
        fixed=fixed or _NOTHING,
        number="|".join(filter(None, (mobile, fixed))),
        possible=metadata.general_desc.national_number_pattern or "",
        prefix=metadata.national_prefix_for_parsing,
        abroad=f"00|{metadata.international_prefix or '00'}",
    )
