"""Values as the spreadsheet program shows them: in its language and with their formats, in xlsx, xls and ods."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime

import numpy as np
import pytest
import xlsxwriter
import xlwt

from omni.sheets.reading.format_code import sections
from omni.sheets.reading.number_format import NumberFormat
from omni.sheets.reading.number_text import NumberSection, general_text, general_texts
from omni.sheets.reading.reader import read
from omni.sheets.reading.sheet_language import ENGLISH, LANGUAGES, PORTUGUESE, SPANISH, Signs, guess_language
from omni.sheets.sheet import Note, ReadOptions
from tests.sheets.making import make_ods, make_xlsx
from tests.sheets.shown_formats import GROUPS

ACCOUNTING = '_-"R$"* #,##0.00_-;\\-"R$"* #,##0.00_-;_-"R$"* "-"??_-;_-@_-'
CELLS = [
    (1234.5, '"R$" #,##0.00', "R$ 1.234,50"),
    (99.90000000000001, "[$R$-416] #,##0.00", "R$ 99,90"),
    (-50, ACCOUNTING, "-R$ 50,00"),
    (0, ACCOUNTING, "R$ -"),
    (0.15, "0%", "15%"),
    (0.075, "0.0%", "7,5%"),
    (12500, "#,##0", "12.500"),
    (1.25, "[h]:mm", "30:00"),
    (46366, "dd/mm/yyyy", "10/12/2026"),
    (46327, "mmm/yy", "nov/26"),
    (46366, '[$-416]d "de" mmmm "de" yyyy;@', "10 de dezembro de 2026"),
    (46366, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "quinta-feira, 10 de dezembro de 2026"),
    (0.604166666666667, "hh:mm", "14:30"),
    (1234567890, "000\\.000\\.000\\-00", "012.345.678-90"),
    (1310100, "00000-000", "01310-100"),
    (1.5, "# ?/?", "1 1/2"),
    (1, '"Sim";;"Não"', "Sim"),
    (0, '"Sim";;"Não"', "Não"),
    (2500, '[>=1000]0.0,"k";0', "2,5k"),
    (0.1 + 0.2, "General", "0,3"),
]


def write_xlsx(path, cells, header="Valor", **options):
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nome", header])
        for row, (value, code) in enumerate(cells, start=1):
            sheet.write_string(row, 0, f"p{row}")
            sheet.write(row, 1, value, book.add_format({"num_format": code}))
    return path


def write_xls(path, cells, header="Valor"):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Plan1")
    for place, title in enumerate(["Nome", header]):
        sheet.write(0, place, title)
    for row, (value, code) in enumerate(cells, start=1):
        sheet.write(row, 0, f"p{row}")
        sheet.write(row, 1, value, xlwt.easyxf(num_format_str=code))
    book.save(str(path))
    return path


@pytest.mark.parametrize("write", [write_xlsx, write_xls])
def test_numbers_and_dates_are_read_as_they_are_shown(tmp_path, write):
    sheet = read(write(tmp_path / "a", [cell[:2] for cell in CELLS]))
    assert sheet.table.column("Valor").to_pylist() == [shown for _, _, shown in CELLS]
    assert (sheet.assumptions.language, sheet.assumptions.decimal) == ("pt", ",")


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("pt", ["R$ 1.234,50", "dez/26", "10/12/2026", "VERDADEIRO", "1,5"]),
        ("es", ["R$ 1.234,50", "dic/26", "10/12/2026", "VERDADERO", "1,5"]),
        ("en", ["R$ 1,234.50", "Dec/26", "12/10/2026", "TRUE", "1.5"]),
    ],
)
def test_the_language_decides_signs_names_and_built_in_formats(tmp_path, language, texts):
    cells = [(1234.5, '"R$" #,##0.00'), (46366, "mmm/yy"), (46366, 14), (True, "General"), (1.5, "General")]
    path = write_xlsx(tmp_path / "a.xlsx", cells)
    assert read(path, ReadOptions(language=language)).table.column("Valor").to_pylist() == texts
    other = read(path, ReadOptions(language=language, decimal=".")).assumptions
    assert (other.language, other.decimal) == (language, ".")


@pytest.mark.parametrize(
    ("texts", "signs", "expected"),
    [
        (["Nome", "Celular", "Vencimento"], Signs(), ("pt", ",")),
        (["Nombre", "Teléfono", "Vencimiento"], Signs(), ("es", ",")),
        (["Name", "Phone", "Due date", "Amount"], Signs(), ("en", ".")),
        (["Name", "Phone", "Amount"], Signs(codes=('"R$" #,##0.00',)), ("pt", ",")),
        (["A", "B"], Signs(words=("Plan1", "Porcentagem")), ("pt", ",")),
        (["A", "B"], Signs(words=("Hoja1", "Porcentaje")), ("es", ",")),
        (["A", "B"], Signs(document="es-MX"), ("es", ".")),
        (["Nombre", "Monto"], Signs(locales=("80A",)), ("es", ".")),
        (["Nombre", "Monto"], Signs(locales=("2C0A",)), ("es", ",")),
        (["Nombre", "Monto"], Signs(locales=("80A", "2C0A")), ("es", ",")),
        (["A", "B"], Signs(words=("Sheet1", "Normal", "Worksheets")), ("pt", ",")),
    ],
)
def test_the_language_is_guessed_by_words_locales_and_translated_names(texts, signs, expected):
    language, decimal = guess_language(signs, texts)
    assert (language.code, decimal) == expected


@pytest.mark.parametrize("extension", ["", '<extLst><ext uri="x"><x15:workbookPr xmlns:x15="y" a="1"/></ext></extLst>'])
def test_a_workbook_of_the_other_date_system_has_its_dates(tmp_path, extension):
    plain, path = write_xlsx(tmp_path / "a.xlsx", [(44904, "dd/mm/yyyy")], date_1904=True), tmp_path / "b.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            content = source.read(entry).replace(b"</workbook>", f"{extension}</workbook>".encode())
            target.writestr(entry, content)
    assert read(path).table.column("Valor").to_pylist() == ["10/12/2026"]


def test_a_phone_keeps_its_digits_whatever_its_format(tmp_path):
    codes = ["0.00E+00", "#,##0", "#,##0.00", "General", "00\\ 00\\ 00000\\-0000", "0"]
    sheet = read(write_xlsx(tmp_path / "a.xlsx", [(5511987654321, code) for code in codes], "Celular"))
    assert sheet.table.column("Celular").to_pylist() == [
        "5,51E+12",
        "5.511.987.654.321",
        "5.511.987.654.321,00",
        "5511987654321",
        "55 11 98765-4321",
        "5511987654321",
    ]
    digits = sheet.digits_of("Celular").to_pylist()
    assert digits == [*["5511987654321"] * 4, "55 11 98765-4321", "5511987654321"]
    assert sheet.digits_of("Nome") is sheet.table.column("Nome") or sheet.stored.column_names == ["Celular"]
    assert sheet.with_digits().column("Celular").to_pylist() == digits


def test_a_format_that_two_styles_share_is_shown_for_both(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nome", "Valor"])
        for row, bold in enumerate([True, False, True], start=1):
            sheet.write_string(row, 0, f"p{row}")
            sheet.write_number(row, 1, row / 10, book.add_format({"num_format": "0.00", "bold": bold}))
    assert read(path).table.column("Valor").to_pylist() == ["0,10", "0,20", "0,30"]


def test_errors_are_named_in_the_language_and_their_rows_are_noted(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nome", "Valor"])
        for row, error in enumerate(["#N/A", "#VALUE!", "#DIV/0!", "#NAME?"], start=1):
            sheet.write_string(row, 0, f"p{row}")
            sheet.write_formula(row, 1, "=NA()", None, error)
    found = read(path)
    assert found.table.column("Valor").to_pylist() == ["#N/D", "#VALOR!", "#DIV/0!", "#NOME?"]
    assert Note("errors_shown", {"n": 4, "rows": [2, 3, 4, 5]}) in found.assumptions.notes
    spanish = read(path, ReadOptions(language="es"))
    assert spanish.table.column("Valor").to_pylist() == ["#N/D", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?"]


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ('<c r="B2"><f>1+1</f><v/></c>', [2]),
        ('<c r="B2"><f>1+1</f><v></v></c>', [2]),
        ('<c r="B2"><f>1+1</f></c>', [2]),
        ('<c r="B2"><f t="shared" si="0"/></c>', [2]),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', []),
        ('<c r="B2"><f>A1/2</f><v>5</v></c>', []),
        ('<c r="B2"><f>1-1</f><v>0</v></c>', []),
    ],
)
def test_a_formula_that_was_never_calculated_is_noted_by_its_row(tmp_path, cells, rows):
    plain, path = write_xlsx(tmp_path / "a.xlsx", [(77, "General")]), tmp_path / "b.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            content = source.read(entry).replace(b'fullCalcOnLoad="1"', b"")
            if entry.endswith("sheet1.xml"):
                content = re.sub(b'<c r="B2"[^>]*><v>77</v></c>', cells.encode(), content)
                assert cells.encode() in content
            target.writestr(entry, content)
    noted = [note.params["rows"] for note in read(path).assumptions.notes if note.code == "formulas_uncalculated"]
    assert noted == ([rows] if rows else [])


def test_formulas_that_are_all_zero_in_a_workbook_to_be_calculated_are_noted(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nome", "Celular"])
        for row in range(1, 4):
            sheet.write_string(row, 0, f"p{row}")
            sheet.write_formula(row, 1, f'="55"&A{row}')
    assert Note("formulas_uncalculated", {"n": 3, "rows": [2, 3, 4]}) in read(path).assumptions.notes


def test_a_format_changes_texts_too(tmp_path):
    cells = [("Ana", '"Sra. "@'), ("Bia", ";;;"), ("Cid", "@"), ("Duda", ACCOUNTING), ("Eva", "0;0;0;@")]
    sheet = read(write_xlsx(tmp_path / "a.xlsx", cells))
    assert sheet.table.column("Valor").to_pylist() == ["Sra. Ana", "", "Cid", "Duda", "Eva"]


def test_dates_outside_of_the_calendar_are_shown_as_excel_does():
    made = NumberFormat("dd/mm/yyyy", PORTUGUESE, ",")
    shown = made.texts(np.array([0, 1, 59, 60, 61, -1, 2958465, 2958466], np.float64)).to_pylist()
    assert shown == [
        "00/01/1900", "01/01/1900", "28/02/1900", "29/02/1900", "01/03/1900", "########", "31/12/9999", "########",
    ]  # fmt: skip


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_columns_of_numbers_are_shown_like_single_numbers(language):
    draw = np.random.default_rng(7)
    values = np.concatenate(
        [
            draw.integers(0, 10**7, 400) / 100,
            draw.integers(0, 10**7, 400) / 1000,
            np.abs(draw.normal(0, 10.0 ** draw.integers(-6, 14, 400))),
            np.array([0.5, 1.5, 2.5, 1.005, 2.675, 1e15, 9.999999999e14, 123456789012345.0, 0.0]),
        ]
    )
    chosen = LANGUAGES[language]
    for codes, of in GROUPS:
        for code in codes if not isinstance(of[0], str) else ():
            for section in sections(code):
                if section.kind == "number":
                    made = NumberSection(section, chosen.decimal, chosen.group)
                    assert made.texts(values).to_pylist() == [made.text(value) for value in values.tolist()], code
    assert general_texts(values, ",").to_pylist() == [general_text(value, ",") for value in values.tolist()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5511987654321, "5511987654321"),
        (1 / 3, "0,333333333"),
        (1.5e-10, "1,5E-10"),
        (1234567.891, "1234567,891"),
        (1e20, "1E+20"),
    ],
)
def test_a_number_without_a_format_has_eleven_characters_and_all_whole_digits(value, text):
    assert general_text(value, ",") == text


def test_an_ods_shows_the_texts_that_it_stores(tmp_path):
    rows = [["Nome", "Valor"], ["p1", 1234.5], ["p2", 0.15], ["p3", 10.5], ["p4", datetime(2026, 12, 10)]]
    plain, path = make_ods(tmp_path / "a.ods", rows), tmp_path / "b.ods"
    shown = {"1234.5": "<text:s/>R$ 1.234,50<text:s/>", "0.15": "15%", "2026-12-10 00:00:00": "10/dez"}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            content = source.read(entry).decode("utf-8", "surrogateescape")
            for value, text in shown.items() if entry == "content.xml" else ():
                assert f"<text:p>{value}</text:p>" in content
                content = content.replace(f"<text:p>{value}</text:p>", f"<text:p>{text}</text:p>")
            target.writestr(entry, content.encode("utf-8", "surrogateescape"))
    assert read(path).table.column("Valor").to_pylist() == ["R$ 1.234,50", "15%", "10,5", "10/dez"]


def test_names_of_dates_are_those_of_the_locale_in_the_format():
    values = np.array([46366.0])
    for code, text in (("[$-409]mmmm", "December"), ("[$-es-MX]mmmm", "diciembre"), ("[$-416]dddd", "quinta-feira")):
        for language in (PORTUGUESE, SPANISH, ENGLISH):
            assert NumberFormat(code, language, language.decimal).texts(values).to_pylist() == [text]


@pytest.mark.parametrize(
    ("areas", "rows", "hidden"),
    [
        (["B2:B3"], [["Ana", "1", "x"], ["Bia", "1", "y"], ["Cid", "3", "z"]], [3]),
        (["B2:B4"], [["Ana", "1", "x"], ["Bia", "1", "y"], ["Cid", "1", "z"]], [3, 4]),
        (["A3:B3"], [["Ana", "1", "x"], ["Bia", "", "y"], ["Cid", "3", "z"]], [3]),
        (["B3:C4"], [["Ana", "1", "x"], ["Bia", "2", ""], ["Cid", "2", ""]], [3, 4]),
        (["A1:B1"], [["Ana", "1", "x"], ["Bia", "2", "y"], ["Cid", "3", "z"]], []),
    ],
)
def test_a_text_under_merged_cells_is_not_read_but_reported(tmp_path, areas, rows, hidden):
    path = make_xlsx(
        tmp_path / "a.xlsx", [["Nome", "Celular", "Obs"], ["Ana", "1", "x"], ["Bia", "2", "y"], ["Cid", "3", "z"]]
    )
    under = tmp_path / "b.xlsx"
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(under, "w") as target:
        for entry in source.namelist():
            content = source.read(entry).replace(
                b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
            )
            target.writestr(entry, content)
    sheet = read(under)
    assert [list(row.values()) for row in sheet.table.to_pylist()] == rows
    noted = [note.params["rows"] for note in sheet.assumptions.notes if note.code == "merged_hidden"]
    assert noted == ([hidden] if hidden else [])


def test_errors_truth_and_formulas_of_an_xls_are_read(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Plan1")
    for place, title in enumerate(["Nome", "Certo", "Soma"]):
        sheet.write(0, place, title)
    sheet.write(1, 0, "Ana")
    sheet.write(1, 1, True)
    sheet.write(1, 2, xlwt.Formula("1+1"))
    sheet.write(2, 0, "Bia")
    sheet.row(2).set_cell_error(1, 0x2A)
    book.save(str(tmp_path / "a.xls"))
    found = read(tmp_path / "a.xls")
    assert found.table.column("Certo").to_pylist() == ["VERDADEIRO", "#N/D"]
    assert {note.code: note.params["rows"] for note in found.assumptions.notes} == {
        "errors_shown": [3],
        "formulas_uncalculated": [2],
    }
