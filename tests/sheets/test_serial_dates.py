"""Numbers of days among dates are found in any file; formulas without a result are named as the reason."""

from __future__ import annotations

import numpy as np
import pytest

from omni.sheets.checking.check import check
from omni.sheets.checking.screening import screen
from omni.sheets.checking.serial_dates import ERROR_VALUE, SERIAL_DATE, error_values, serial_dates
from omni.sheets.reading.reader import read
from tests.sheets.making import make_xlsx


def read_column(path, header, cells):
    path.write_text("\n".join(["Nome;" + header, *(f"p{at};{cell}" for at, cell in enumerate(cells))]), "utf-8")
    return read(path)


@pytest.mark.parametrize(
    ("header", "cells", "found"),
    [
        ("Vencimento", ["2026-12-10 00:00:00", "46366", "12/10/2026", "10/12/26"], {3: "10/12/2026"}),
        ("Vencimento", ["46366", "46371", "46392"], {2: "10/12/2026", 3: "15/12/2026", 4: "05/01/2027"}),
        ("Coluna", ["10/12", "46366,5", ""], {3: "10/12/2026 12:00"}),
        ("Due date", ["46366", ""], {2: "10/12/2026"}),
        ("Fecha de nacimiento", ["32874", "01/02/1990"], {2: "01/01/1990"}),
        ("Hora", ["14:30", "0.604166666666667", "2:30 PM"], {3: "14:30"}),
        ("Código", ["46366", "46367"], {}),
        ("Valor", ["46366", "150,00", "99,90"], {}),
        ("Vencimento", ["10/12/2026", "5", ""], {}),
        ("Taxa", ["0.15", "0.3"], {}),
        ("CEP", ["46366", "01310-100"], {}),
        ("Datacenter", ["46366"], {}),
    ],
)
def test_a_number_of_days_among_dates_is_warned_of_with_its_date(tmp_path, header, cells, found):
    sheet = read_column(tmp_path / "a.csv", header, cells)
    warnings = serial_dates(sheet, header, header).to_pylist()
    assert {warning["row"]: warning["proposal"] for warning in warnings} == found
    assert {(warning["code"], warning["severity"]) for warning in warnings} <= {(SERIAL_DATE, "warning")}


def test_a_formula_that_was_never_calculated_is_the_reason_of_a_rejected_row(tmp_path):
    rows = [["Nome", "Telefone"], ["Ana", '="55"&"11987650003"'], ["Bia", None], ["Cid", "11 98765-0004"]]
    sheet = read(make_xlsx(tmp_path / "a.xlsx", rows))
    screened = screen(sheet, {"phone1": "Telefone"}, {"phone1": "phone"})
    checked = check(screened, sheet, [("phone1", "phone")])
    reasons = {finding["row"]: finding["code"] for finding in checked.findings(0, 3).to_pylist()}
    assert reasons == {2: "contact.uncalculated", 3: "contact.no_destination"}


def test_error_values_of_any_language_are_warned_of(tmp_path):
    errors = ["#N/D", "#N/A", "#REF!", "#¡VALOR!", "#¿NOMBRE?", "#DIV/0!", "#NÚM!", "Err:502", "########"]
    sheet = read_column(tmp_path / "a.csv", "Valor", [*errors, "#1", "# promo!", "#TBT", "N/D"])
    nowhere = np.zeros(sheet.table.num_rows, dtype=bool)
    found = error_values(sheet, "Valor", "Valor", nowhere).to_pylist()
    assert [(finding["code"], finding["value"]) for finding in found] == [(ERROR_VALUE, error) for error in errors]
    first = nowhere.copy()
    first[0] = True
    assert [finding["value"] for finding in error_values(sheet, "Valor", "Valor", first).to_pylist()] == errors[1:]
