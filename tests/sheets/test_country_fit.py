"""A country that fits the phones of a sheet better than the assumed one is found, and no other."""

from __future__ import annotations

import pytest

from omni.sheets.checking.column_mapping import propose
from omni.sheets.checking.country_fit import country_fit
from omni.sheets.checking.screening import screen
from tests.sheets.test_screening import as_sheet

PERU = ["987654321", "51987654322", "(01) 234 5678", "01-2345679", "51-1-2345681", "RPM #987654325", "912345678"]
VENEZUELA = ["0412-123.45.67", "(0414) 123-4568", "04161234569", "58 412 1234570", "0212-123.45.72", "4121234573"]
CHILE = ["9 8765 4321", "56 9 8765 4322", "(2) 2345 6789", "987654323", "22 345 6788", "+56 9 8765 4324"]
PORTUGAL = ["912 345 678", "213 456 789", "351 912 345 679", "93 123 45 67", "222 333 444", "961234567"]
ARGENTINA = ["11 15 2345-6789", "011 4321-0000", "0351 15 234 5678", "(0341) 420-1234", "11 2345-6788"]
MEXICO = ["55 1234 5678", "(33) 3615-1234", "044 55 1234 5679", "81 8340 1234", "999 123 4567"]
BRAZIL = ["(11) 98765-0001", "11 3333-0001", "0xx21 98765-0002", "5511987650003", "+1 201 555 0123", "98765-0004"]


def fit_of(cells, country="BR"):
    sheet = as_sheet(Celular=cells)
    return country_fit(screen(sheet, {"phone1": "Celular"}, {"phone1": "phone"}, country), sheet)


@pytest.mark.parametrize(
    ("cells", "country"), [(PERU, "PE"), (VENEZUELA, "VE"), (CHILE, "CL"), (PORTUGAL, "PT"), (ARGENTINA, "AR")]
)
def test_phones_of_another_country_are_noticed(cells, country):
    fit = fit_of(cells * 3)
    assert country in fit.better
    assert fit.better_fits > fit.fits
    assert fit_of(cells * 3, country).better == ()


@pytest.mark.parametrize(
    ("cells", "country"),
    [
        (BRAZIL * 3, "BR"),
        (MEXICO * 3, "MX"),
        (["x", "12", ""], "BR"),
        (["+51 987 654 321", "+51 987 654 322", "0051 987 654 323"], "BR"),  # a code leaves nothing to ask
        (["987654321", "987654322"], "BR"),  # too few
        ([*(f"(11) 98765-{at:04}" for at in range(6)), *(f"98765-{at:04}" for at in range(4))], "BR"),
        (["98765-0001", "98765-0002", "3333-0003", "98765-0004"], "BR"),  # without area codes
        (["3333-0003", "3333-0004", "2222-0004"], "BR"),  # too many countries have such numbers
        ([], "BR"),
    ],
)
def test_nothing_is_asked_where_the_assumed_country_explains_the_phones(cells, country):
    assert fit_of(cells, country).better == ()


def test_equally_good_countries_are_named_together():
    fit = fit_of([f"98765432{at}" for at in range(10)])
    assert {"PE", "CL"} <= set(fit.better)
    assert (fit.numbers, fit.fits, fit.better_fits) == (10, 0, 10)


def test_phones_that_no_field_is_matched_with_are_compared_as_well():
    sheet = as_sheet(A=["Juan", "Ana", "Luis"], B=["987654321", "987654322", "912345678"], C=["1234567", "x", ""])
    fit = country_fit(screen(sheet, {"name": "A"}, {"name": "text"}, "BR"), sheet)
    assert (fit.numbers, "PE" in fit.better) == (3, True)
    assert propose(sheet.columns, {"phone1": "phone"}, sheet.table, "PE") == {"phone1": "B"}
