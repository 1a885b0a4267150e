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
