"""Countries of phone numbers."""

from __future__ import annotations

import phonenumbers
import pytest

from omni.core.numbering_plan import calling_code, country_of, main_country


@pytest.mark.parametrize(
    ("number", "country", "main"),
    [
        ("5511900000001", "BR", "BR"),
        ("5491123456789", "AR", "AR"),
        ("351912345678", "PT", "PT"),
        ("12015550123", "US", "US"),
        ("18092345678", "DO", "US"),
        ("77012345678", "KZ", "RU"),
        ("80012345678", "001", "001"),
    ],
)
def test_a_number_belongs_to_a_country_also_where_several_share_a_code(number: str, country: str, main: str) -> None:
    assert (country_of(number), main_country(number)) == (country, main)


def test_every_example_number_belongs_to_its_country() -> None:
    for country in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number(country)
        digits = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
        assert country_of(digits) == phonenumbers.region_code_for_number(example)
        assert digits.startswith(str(calling_code(country)))


@pytest.mark.parametrize("number", ["", "0", "999", "x"])
def test_unassigned_prefixes_belong_to_no_country(number: str) -> None:
    assert main_country(number) is None
