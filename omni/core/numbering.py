"""A country's phone numbers as libphonenumber's own patterns, for screening whole columns at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata

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
