"""Screening whole columns follows exactly the rules for single values."""

from __future__ import annotations

import random

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from omni.core.destination import normalise_email, normalise_phone, sms_obstacle
from omni.core.numbering_plan import SPECIAL, numbering
from omni.errors import SheetError
from omni.sheets.checking.email_column import screen_emails
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.checking.screening import screen
from omni.sheets.checking.sms_column import NO_SMS, no_sms
from omni.sheets.sheet import Assumptions, Sheet

COUNTRIES = (
    "AR", "BO", "CL", "CO", "CR", "DO", "EC", "ES", "GB", "GT", "IT", "KZ", "MX", "PE", "PT", "PY", "US", "UY", "VE",
)  # fmt: skip


def as_sheet(**columns: list[str]) -> Sheet:
    table = pa.table(columns)
    return Sheet(
        columns=tuple(columns),
        table=table,
        rows=pa.array(range(2, table.num_rows + 2), pa.int64()),
        blank=0,
        hidden=0,
        assumptions=Assumptions(format="csv", header_row=1),
    )


def differences(values, country=None, **agreed):
    """Yield the values for which the column and the rule for one value disagree."""
    cells = pa.array(values, pa.string())
    column = screen_emails(cells, **agreed) if country is None else screen_phones(cells, country, **agreed)
    told = [
        part.to_pylist() for part in (column.values, column.repaired, column.problem, column.warning, column.proposal)
    ]
    obstacles = [NO_SMS[at] for at in no_sms(column.values, country)] if country else [None] * len(values)
    known = {}
    for value, obstacle, *found in zip(values, obstacles, *told, strict=True):
        if value not in known:
            single = normalise_email(value, **agreed) if country is None else normalise_phone(value, country, **agreed)
            parts = [single.value or "", single.repaired, single.problem, single.warning, single.proposal]
            known[value] = single, parts
        single, parts = known[value]
        if found != parts or obstacle != (sms_obstacle(single.value) if single.value and country else None):
            yield value, found, obstacle, single


def numbers_of(country: str, chance: random.Random, count: int) -> list[str]:
    """Return valid and damaged numbers of the country, in plain and unusual notation."""
    metadata = PhoneMetadata.metadata_for_region(country)
    kinds = (metadata.mobile, metadata.fixed_line, metadata.toll_free, metadata.shared_cost)
    examples = [kind.example_number for kind in kinds if kind and kind.example_number]
    heads = ["", "", "", str(metadata.country_code), str(metadata.country_code), metadata.national_prefix or "0"]
    odd_heads = ["0", "90", "015", "1", "9", "044", "00", str(metadata.country_code) * 2]

    def damaged(number: str) -> str:
        digits = list(number)
        for _ in range(chance.choice([0, 0, 0, 1, 2, 8])):
            digits[chance.randrange(len(digits))] = str(chance.randrange(10))
        if chance.random() < 0.1:
            digits.insert(chance.randrange(len(digits)), str(chance.randrange(10)))
        return "".join(digits[: chance.choice([99, 99, 99, 9, 8])])

    def decorated(number: str) -> str:
        match chance.randrange(12):
            case 0:
                return f"+{number}"
            case 1:
                return f"{number}.0"
            case 2:
                return f"({number[:2]}) {number[2:-4]}-{number[-4:]}"
            case 3:
                return f" {number}\u00a0"
            case 4:
                return "".join(digit + chance.choice(["", "", "-", " ", ".", "\u00a0", "/", "x"]) for digit in number)
            case 5:
                return f"{number}{chance.choice(['.00', ',0', ' ', '.', '.0 ', '.0.0'])}"
            case 6:
                return f"+ ({number}"
            case _:
                return number

    heads += [chance.choice(odd_heads)]
    return [decorated(chance.choice(heads) + damaged(chance.choice(examples))) for _ in range(count)]


AGREED = [{}, {"allow_foreign": False}, {"add_nine": True}, {"allow_foreign": False, "add_nine": True}]


@pytest.mark.parametrize(("seed", "agreed"), list(enumerate(AGREED)))
def test_brazilian_phones_by_the_tens_of_thousands_are_screened_as_one_by_one(seed, agreed):
    assert list(differences(numbers_of("BR", random.Random(seed), 36_000), "BR", **agreed)) == []


@pytest.mark.parametrize("country", COUNTRIES)
def test_phones_of_other_countries_are_screened_as_one_by_one(country):
    assert list(differences(numbers_of(country, random.Random(2), 1_000), country)) == []
    assert list(differences(numbers_of(country, random.Random(3), 200), country, allow_foreign=False)) == []


@pytest.mark.parametrize("home", ["BR", "MX", "DO"])
@pytest.mark.parametrize("allow_foreign", [True, False])
def test_numbers_of_every_country_in_one_column_are_screened_as_one_by_one(home, allow_foreign):
    chance = random.Random(5)
    countries = sorted(phonenumbers.SUPPORTED_REGIONS)
    written = [
        f"{chance.choice(['+', '00', '+', '+ '])}{number.lstrip('+ (')}"
        for country in countries
        for number in numbers_of(country, chance, 10)
    ]
    assert list(differences(written, home, allow_foreign=allow_foreign)) == []


@pytest.mark.parametrize("home", ["MX", "BR", "DO"])
@pytest.mark.parametrize("allow_foreign", [True, False])
def test_numbers_as_mexicans_dialled_them_are_screened_as_one_by_one(home, allow_foreign):
    chance = random.Random(6)
    heads = ["1", "521", "+521", "52 1 ", "+52 1 ", "044", "045", "01", "+5201", "0052 1", "11", "2", "+1"]
    written = [
        f"{chance.choice(heads)}{chance.choice(['55', '81', '15', '999'])}{chance.randrange(10**7, 10**8)}"
        for _ in range(2_000)
    ]
    assert list(differences(written, home, allow_foreign=allow_foreign)) == []


@pytest.mark.parametrize("correct_typos", [True, False])
def test_addresses_by_the_tens_of_thousands_are_screened_as_one_by_one(correct_typos):
    chance = random.Random(4)
    domains = [
        "gmail.com",
        "hotmail.com.br",
        "uol.com.br",
        "example.com",
        "loja-1.com.br",
        "YAHOO.com.br",
        "x",
        "c.us",
        "S.whatsapp.net",
    ]

    def slipped(domain):
        letters = list(domain)
        for _ in range(chance.choice([0, 0, 0, 1, 1, 2])):
            letters[chance.randrange(len(letters))] = chance.choice(["", "a", "o", ".", "m", "@", " ", ",", "é"])
        return "".join(letters)

    local = [f"{name}{at}" for name in ("ana", "Bia.Souza", "c..d", "joão", "e_f+g") for at in range(40)]
    forms = ["{}", " {} ", "<{}>", "{};", "Ana <{}>", "{}.", "{}"]
    written = [
        chance.choice(forms).format(f"{chance.choice(local)}@{slipped(chance.choice(domains))}") for _ in range(18_000)
    ]
    assert list(differences(written, correct_typos=correct_typos)) == []


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0159 +-().x/,;e\u00a0\u200b\n", max_size=18) | st.text(max_size=12), max_size=8))
def test_any_phones_are_screened_as_one_by_one(values):
    assert list(differences(values, "BR")) == []


@settings(deadline=None)
@given(
    st.lists(st.emails() | st.text(alphabet="aB1.-_@ é<>;,'\u200b\t", max_size=20) | st.text(max_size=12), max_size=8)
)
def test_any_addresses_are_screened_as_one_by_one(values):
    assert list(differences(values)) == []


def test_addresses_with_every_twist_are_screened_as_one_by_one():
    locals_ = ["ana", "Ana.Souza", "a..b", "x_y+z", "joão", "-a", "a" * 64, "a" * 65, ""]
    domains = [
        "example.com",
        "EXAMPLE.com",
        "a-b.example.com",
        "x",
        "açaí.example.com",
        "a--b.org",
        "-a.com",
        "a_b.com",
        "1.2.3.4",
        "e.c",
        "a" * 63 + ".com",
        "a" * 64 + ".com",
        ".".join(["a" * 60] * 4) + ".com",
    ]
    written = [f"{local}@{domain}" for local in locals_ for domain in domains]
    decorated = [form.format(address) for address in written for form in ("{}", " {}\t", "<{}>", "{};", "mailto:{}")]
    assert list(differences(decorated)) == []


def test_most_of_a_common_column_is_settled_without_asking_one_by_one(monkeypatch):
    """Speed is the purpose of column screening: it must not stop settling values without a test noticing."""
    asked: list[str] = []

    def counting(text, country, **agreed):
        asked.append(text)
        return normalise_phone(text, country, **agreed)

    monkeypatch.setattr("omni.sheets.checking.phone_column.normalise_phone", counting)
    plain = ["11900000001", "5511900000001", "+55 11 90000-0001", "(11) 3000-0001", "011900000001", "11900000001.0"]
    screen_phones(pa.array(plain * 100), "BR")
    assert asked == []
    slips = ["900000001", "3000-0001", "11 8000-0001", "+55 11 9000-0001", "+54 9 11 2345-6789", "00351 912345678"]
    for agreed in AGREED:
        screen_phones(pa.array(slips), "BR", **agreed)
    screen_phones(pa.array(["5215512345678", "+52 1 55 1234 5678"]), "MX")
    assert asked == []
    for country in ("MX", "CO", "AR", "CL", "PE"):
        metadata = PhoneMetadata.metadata_for_region(country)
        screen_phones(pa.array([f"{metadata.country_code}{metadata.mobile.example_number}"]), country)
    assert asked == []


def test_the_patterns_of_every_country_work_in_arrow():
    for country in ("BR", *COUNTRIES):
        if numbering(country):
            screen_phones(pa.array(["1", "11900000001", "0011"]), country)
    assert numbering("DO") is None
    assert numbering("XX") is None


def test_every_mapped_field_is_screened_as_what_it_holds():
    sheet = as_sheet(Nome=[" Ana ", ""], Celular=["(11) 90000-0001", "900000001"], Email=["ana@example.com", "x"])
    mapping = {"phone1": "Celular", "email": "Email", "name": "Nome", "raw": "Celular"}
    screened = screen(sheet, mapping, {"phone1": "phone", "email": "email"})
    assert screened.values.to_pydict() == {
        "phone1": ["5511900000001", ""],
        "email": ["ana@example.com", ""],
        "name": ["Ana", ""],
        "raw": ["(11) 90000-0001", "900000001"],
    }
    assert {field: mask.to_pylist() for field, mask in screened.repaired.items()} == {
        "phone1": [True, False],
        "email": [False, False],
        "name": [False, False],
        "raw": [False, False],
    }
    assert {field: codes.to_pylist() for field, codes in screened.problem.items()} == {
        "phone1": [None, "phone.area_code_missing"],
        "email": [None, "email.malformed"],
        "name": [None, None],
        "raw": [None, None],
    }
    assert screened.original["name"].to_pylist() == [" Ana ", ""]
    assert screened.kinds == {"phone1": "phone", "email": "email", "name": "text", "raw": "text"}


def test_the_country_decides_what_a_number_without_code_is():
    sheet = as_sheet(Tel=["55 1234 5678"])
    assert screen(sheet, {"p": "Tel"}, {"p": "phone"}, "MX").values.to_pydict() == {"p": ["525512345678"]}
    assert screen(sheet, {"p": "Tel"}, {"p": "phone"}, "BR").values.to_pydict() == {"p": [""]}


def test_tables_in_several_pieces_are_screened_whole():
    whole = as_sheet(Tel=["11900000001", "x", ""] * 5)
    pieces = Sheet(
        whole.columns,
        pa.concat_tables([whole.table.slice(0, 4), whole.table.slice(4)]),
        whole.rows,
        0,
        0,
        whole.assumptions,
    )
    assert pieces.table.column("Tel").num_chunks == 2
    screened = screen(pieces, {"p": "Tel"}, {"p": "phone"})
    assert screened.values.column("p").to_pylist() == ["5511900000001", "", ""] * 5


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(SheetError, match=r"columns\.unknown\(field='p', header='Fone'\)"):
        screen(as_sheet(Tel=["1"]), {"p": "Fone"}, {"p": "phone"})


def numbers_of_all_types(chance: random.Random, each: int) -> list[str]:
    """Return E.164 digits of numbers of every type and country, valid ones and their neighbours."""
    numbers = []
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        metadata = PhoneMetadata.metadata_for_region(country)
        for name in ("mobile", "fixed_line", *SPECIAL):
            kind = getattr(metadata, name)
            if kind and kind.example_number:
                for _ in range(each):
                    digits = list(kind.example_number)
                    digits[chance.randrange(len(digits))] = str(chance.randrange(10))
                    numbers.append(f"{metadata.country_code}{''.join(digits)}")
    return [number for number in numbers if phonenumbers.is_valid_number(phonenumbers.parse(f"+{number}"))]


@pytest.mark.parametrize("home", ["BR", "AR", "MX", "US", "DO", "PT"])
def test_obstacles_to_an_sms_follow_libphonenumber_in_every_country(home: str) -> None:
    numbers = numbers_of_all_types(random.Random(7), each=3)
    assert len(numbers) > 2000
    found = [NO_SMS[at] for at in no_sms(pa.array(numbers), home)]
    assert found == [sms_obstacle(number) for number in numbers]
    assert {None, "phone.landline_in_sms", "phone.service_in_sms"} <= set(found)
