"""Phones without a country code of contacts whose country the sheet names."""

from __future__ import annotations

import pytest

from omni.sheets.checking.country_column import country_in
from omni.sheets.checking.screening import Agreed, screen
from omni.sheets.reading.reader import read


def screened(tmp_path, header, rows, **agreed):
    lines = [f"Nome;{header};Celular", *(";".join(row) for row in rows)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    sheet = read(path)
    return screen(sheet, {"phone1": "Celular"}, {"phone1": "phone"}, "BR", Agreed(**agreed))


ROWS = [
    ("Ana", "Brasil", "11987650001"),
    ("Beto", "Argentina", "1155550002"),
    ("Caio", "", "11987650003"),
    ("Dani", "Argentina", "+5511987650004"),
    ("Eva", "Chile", "987650005"),
]


@pytest.mark.parametrize("header", ["País", "Country", "País de residência", "Address 1 - Country", "Billing Country"])
def test_a_number_of_another_country_is_foreign_and_no_number_here(tmp_path, header):
    found = screened(tmp_path, header, ROWS)
    assert found.values["phone1"].to_pylist() == ["5511987650001", "", "5511987650003", "5511987650004", ""]
    assert found.problem["phone1"].to_pylist() == [None, "phone.foreign", None, None, "phone.foreign"]
    assert found.proposal["phone1"].to_pylist()[1] in ("541155550002", "5491155550002")
    assert found.proposal["phone1"].to_pylist()[4] == "56987650005"


def test_with_foreign_numbers_allowed_it_goes_to_its_own_country(tmp_path):
    found = screened(tmp_path, "País", ROWS, allow_foreign=True)
    values = found.values["phone1"].to_pylist()
    assert values[1].startswith("54")
    assert values[4] == "56987650005"
    assert found.warning["phone1"].to_pylist()[1] == "phone.foreign_allowed"


def test_a_number_that_its_own_country_does_not_have_is_read_as_before(tmp_path):
    found = screened(tmp_path, "País", [("Ana", "Portugal", "11987650001"), ("Bia", "Brasil", "11987650002")])
    assert found.values["phone1"].to_pylist() == ["5511987650001", "5511987650002"]


@pytest.mark.parametrize(
    "header", ["País de origem do produto", "País da loja", "Country of birth", "Nacionalidade", "Cidade"]
)
def test_a_country_of_something_else_changes_nothing(tmp_path, header):
    found = screened(tmp_path, header, ROWS[:2])
    assert found.values["phone1"].to_pylist() == ["5511987650001", "551155550002"]


def test_a_column_that_mostly_names_no_country_changes_nothing(tmp_path):
    rows = [("Ana", "Argentina", "1155550002"), ("Bia", "Sul", "11987650002"), ("Caio", "Norte", "11987650003")]
    assert screened(tmp_path, "País", rows).values["phone1"].to_pylist()[0] == "551155550002"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Brasil", "BR"), ("BRAZIL", "BR"), ("br", "BR"), ("BRA", "BR"), ("Argentina", "AR"), ("México", "MX"),
        ("mexico", "MX"), ("Perú", "PE"), ("Peru", "PE"), ("Estados Unidos", "US"), ("USA", "US"), ("EE.UU.", "US"),
        ("Espanha", "ES"), ("España", "ES"), ("Spain", "ES"), ("Alemanha", "DE"), (" Chile ", "CL"), ("", ""),
        ("SP", ""), ("x" * 40_000, ""),
    ],
)  # fmt: skip
def test_a_cell_names_a_country_in_three_languages_or_by_its_code(text, country):
    assert country_in(text) == country
