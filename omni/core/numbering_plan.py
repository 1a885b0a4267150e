"""Countries, calling codes and number patterns as libphonenumber knows them.

The patterns are libphonenumber's own, so that whole columns can be screened at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata

LATIN_AMERICA: Final = (
    "BR", "AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "SV",
    "GT", "HN", "MX", "NI", "PA", "PY", "PE", "PR", "UY", "VE",
)  # fmt: skip
_NO_MATCH: Final = "[^0-9]"
SPECIAL: Final = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
"""Types that libphonenumber looks for before it decides between a fixed line and a mobile."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """A country's number patterns: regular expressions over national digits, in the syntax that Python and RE2 share.

    ``mobile`` and ``fixed`` match nothing in a country that has none. ``number`` matches either of the two and
    ``possible`` anything that may be a number. ``special`` matches the numbers of services (toll-free, premium rate,
    shared cost and the like) and other types that ``number`` does not name, which have ``special_lengths`` digits.
    ``prefix`` matches the part that libphonenumber strips from the front of a national number, ``abroad`` the digits
    that it takes for the start of a foreign number. ``code`` is the country code.
    """

    code: str
    mobile: str
    fixed: str
    number: str
    possible: str
    special: str
    special_lengths: frozenset[int]
    prefix: str | None
    abroad: str


def calling_codes() -> dict[str, int]:
    """Map each country (ISO 3166, two letters) to its calling code, Latin America first."""
    others = sorted(phonenumbers.SUPPORTED_REGIONS - set(LATIN_AMERICA))
    return {country: phonenumbers.country_code_for_region(country) for country in (*LATIN_AMERICA, *others)}


def calling_code(country: str) -> int:
    """Return the calling code of a country (ISO 3166, two letters); 0 when it has none."""
    return int(phonenumbers.country_code_for_region(country))


def is_calling_code(code: str) -> bool:
    """Tell whether digits are the calling code of a country."""
    return code.isdecimal() and len(code) < 4 and bool(phonenumbers.region_codes_for_country_code(int(code)))


@cache
def national_lengths(code: str) -> frozenset[int]:
    """Return the lengths, in digits, of the mobile and fixed numbers of the main country of a calling code."""
    country = main_country(code)
    metadata = PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is None or metadata.general_desc is None:
        return frozenset()
    kinds = (kind for kind in (metadata.mobile, metadata.fixed_line) if kind)
    return frozenset(
        length for kind in kinds for length in kind.possible_length or metadata.general_desc.possible_length
    )


def main_country(number: str) -> str | None:
    """Return the main country (ISO 3166) of the calling code that E.164 digits begin with; three digits are enough.

    ``001`` for a code that belongs to no country; None when the digits begin with no known code.
    """
    for size in (1, 2, 3):
        code = number[:size]
        if code.isdecimal() and (countries := phonenumbers.region_codes_for_country_code(int(code))):
            return str(countries[0])
    return None


def country_of(number: str) -> str:
    """Return the country (ISO 3166) of a valid phone number in E.164 digits; ``001`` when it belongs to no country."""
    main = main_country(number)
    if main and len(phonenumbers.region_codes_for_country_code(calling_code(main))) == 1:
        return main
    return str(phonenumbers.region_code_for_number(phonenumbers.parse(f"+{number}")))


@cache
def numbering(country: str) -> Numbering | None:
    """Return the number patterns of a country (ISO 3166, two letters).

    None for a country that libphonenumber does not know, and for one that shares its calling code with a larger
    country, because libphonenumber then applies the rules of the larger one too.
    """
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or metadata.country_code is None or metadata.general_desc is None:
        return None
    if phonenumbers.region_code_for_country_code(metadata.country_code) != country:
        return None
    mobile, fixed = (kind.national_number_pattern if kind else None for kind in (metadata.mobile, metadata.fixed_line))
    general = metadata.general_desc
    kinds = (getattr(metadata, name) for name in SPECIAL)
    special = [kind for kind in kinds if kind and kind.national_number_pattern]
    return Numbering(
        code=str(metadata.country_code),
        mobile=mobile or _NO_MATCH,
        fixed=fixed or _NO_MATCH,
        number="|".join(filter(None, (mobile, fixed))),
        possible=metadata.general_desc.national_number_pattern or "",
        special="|".join(kind.national_number_pattern for kind in special) or _NO_MATCH,
        special_lengths=frozenset(
            length for kind in special for length in kind.possible_length or general.possible_length
        ),
        prefix=metadata.national_prefix_for_parsing,
        abroad=f"00|{metadata.international_prefix or '00'}",
    )
