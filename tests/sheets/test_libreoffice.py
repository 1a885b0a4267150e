"""Files saved by LibreOffice in common formats are read like the workbook they were made from."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from omni.sheets.reading.reader import read
from omni.sheets.sheet import Note, ReadOptions

_MISSING = "LibreOffice Calc is not installed: run `make programs`, or set SOFFICE to the path of its program."
_FILTERS = {
    "xlsx": "xlsx",
    "ods": "ods",
    "xls": "xls:MS Excel 97",
    "csv": "csv:Text - txt - csv (StarCalc):59,34,1,1,,0,false,true",  # semicolons, Windows-1252, as shown
    "tsv": "txt:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true",  # tabs, UTF-8
}
HEADER = ["Nome", "Interno", "Celular", "Nascimento", "Saldo", "Código", "Cidade"]


def write_source(path: Path) -> Path:
    """Write a workbook with formats, merged cells and hidden rows, as operators use them."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        zeros = book.add_format({"num_format": "00000"})
        sheet = book.add_worksheet("Clientes")
        sheet.merge_range("A1:G1", "Clientes de novembro")
        sheet.write_row(1, 0, HEADER)
        people = [("João", "11 90000-0001"), ("Conceição", 11900000002), ("Zé; Filho", "(11) 90000-0003"), ("Bia", "")]
        for row, (name, phone) in enumerate(people, start=2):
            sheet.write(row, 0, name)
            sheet.write(row, 1, f"i{row}")
            sheet.write(row, 2, phone)
            sheet.write_datetime(row, 3, datetime(1990, 1, row), day)
            sheet.write_formula(row, 4, f"=10.5+{row}", None, 10.5 + row)
            sheet.write_number(row, 5, row, zeros)
        sheet.merge_range("G3:G4", "São Paulo")
        sheet.write(4, 6, "Santos")
        sheet.set_row(5, options={"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.write_row(8, 0, ["Fim", "", "11900000009"])
        book.add_worksheet("Outra").write(0, 0, "x")
    return path


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> dict[str, Path]:
    """Save the workbook with LibreOffice in each format."""
    program = os.environ.get("SOFFICE") or shutil.which("soffice")
    if not program:
        pytest.fail(_MISSING, pytrace=False)
    folder = tmp_path_factory.mktemp("office")
    source = write_source(folder / "lista.xlsx")

    def convert(kind: str) -> Path:
        target = folder / kind
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile-{kind}",
                "--headless",
                "--convert-to",
                _FILTERS[kind],
                "--outdir",
                target,
                source,
            ],
            check=True,
            capture_output=True,
            timeout=600,
            env={**os.environ, "HOME": str(folder)},
        )
        [made] = target.iterdir()
        return made

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(_FILTERS, pool.map(convert, _FILTERS), strict=True))


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_workbook_saved_by_libreoffice_is_read_with_all_that_was_done_to_it(saved, kind):
    sheet = read(saved[kind])
    assert sheet.columns == ("Nome", "Celular", "Nascimento", "Saldo", "Código", "Cidade")
    assert sheet.hidden_columns == ("Interno",)
    assert sheet.rows.to_pylist() == [3, 4, 5, 9]
    assert (sheet.hidden, sheet.unseen_rows.to_pylist(), sheet.blank_rows.to_pylist()) == (1, [6], [7, 8])
    assert (sheet.assumptions.format, sheet.assumptions.sheet, sheet.assumptions.header_row) == (kind, "Clientes", 2)
    rows = sheet.table.to_pylist()
    assert [row["Celular"] for row in rows] == ["11 90000-0001", "11900000002", "(11) 90000-0003", "11900000009"]
    assert [row["Nascimento"] for row in rows] == ["02/01/1990", "03/01/1990", "04/01/1990", ""]
    assert [row["Saldo"] for row in rows] == ["12,5", "13,5", "14,5", ""]
    assert [row["Cidade"] for row in rows] == ["São Paulo", "São Paulo", "Santos", ""]
    assert Note("merged_filled", {"n": 1}) in sheet.assumptions.notes
    assert [row["Código"] for row in rows] == ["00002", "00003", "00004", ""]
    assert len(read(saved[kind], ReadOptions(include_hidden=True)).rows) == 5


@pytest.mark.parametrize(("kind", "encoding", "delimiter"), [("csv", "windows-1252", ";"), ("tsv", "utf-8", "\t")])
def test_a_text_file_saved_by_libreoffice_holds_what_was_shown(saved, kind, encoding, delimiter):
    sheet = read(saved[kind])
    assert (sheet.assumptions.encoding, sheet.assumptions.delimiter) == (encoding, delimiter)
    assert (sheet.columns, sheet.assumptions.header_row) == (tuple(HEADER), 2)
    rows = sheet.table.to_pylist()
    assert [row["Nome"] for row in rows][:3] == ["João", "Conceição", "Zé; Filho"]
    assert [row["Código"] for row in rows][:3] == ["00002", "00003", "00004"]
