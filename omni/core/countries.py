"""The countries whose phone numbers libphonenumber knows, with Latin America first."""

from __future__ import annotations

from typing import Final

import phonenumbers

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
