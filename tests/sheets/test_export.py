"""Exported results: no cell is executed or changed, and reading a file returns the values written."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.core.destination import normalise_email, normalise_phone
from omni.core.field_kind import kind_of_field
from omni.sheets.checking.column_mapping import propose
from omni.sheets.reading.reader import read
from omni.sheets.writing import xlsx_writer
from omni.sheets.writing.csv_writer import write_csv, write_csv_columns
from omni.sheets.writing.sample_sheet import sample_sheet
from omni.sheets.writing.xlsx_writer import write_xlsx, write_xlsx_columns

HEADER = ["row", "Código", "Observação"]
TRICKY = [
    "+5511900000001", "-10,5", "=1+1", "@sum(a)", "\t=1", "\r=1", "\n=1", " =1", "  @x", "＝1", "＋1", "－1", "＠x",
    "'=1", "''=1", "'\t=", "' =x", "'", "''", "'a", "a'", '"', '""', 'a"b', "a;b", "a,b", "a\tb", "a|b",
    "linha 1\nlinha 2", "a\r\nb", "a\rb", " borda ", "\x1e", "\x1f", "0012", "5511900000001", "1e5", "TRUE", "#N/A",
    "_x0041_", "<a>&amp;", "https://example.com", "mailto:a@example.com", "São João", "\u200bx", "😀", "\u2028",
    "sep=;", "{=1}",
]  # fmt: skip


def cells_of(path: Path, column: int) -> list[str]:
    return read(path).table.column(column).to_pylist()


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_every_cell_comes_back_as_it_was(tmp_path, write):
    path = tmp_path / "ids"
    rows = [[str(at), cell, "x"] for at, cell in enumerate(TRICKY)]
    assert write(path, HEADER, iter(rows)) == len(TRICKY)
    assert cells_of(path, 1) == TRICKY
    assert read(path).columns == tuple(HEADER)


def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path):
    path = tmp_path / "ids.csv"
    write_csv(path, ["=1+1", "b"], [[cell, cell] for cell in TRICKY])
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = [cell for row in csv.reader(file, delimiter=";") for cell in row]
    assert len(written) == 2 + 2 * len(TRICKY)
    assert [
        cell for cell in written if cell.strip(" \t\r\n")[:1] in tuple("=+-@＝＋－＠") and cell.strip(" \t\r\n")
    ] == []
    assert [cell for cell in written if cell[:1] in ("\t", "\r", "\n")] == []


def test_a_csv_is_what_portuguese_excel_opens_by_a_double_click(tmp_path):
    path = tmp_path / "ids.csv"
    write_csv(path, ["Código", "Nome"], [["0012", "João; o 1º"], ["", ""]])
    assert path.read_bytes() == '\ufeffCódigo;Nome\r\n0012;"João; o 1º"\r\n;\r\n'.encode()
    file = io.BytesIO()
    write_csv(file, ["a", "b"], [["1", "2,5"]], delimiter=",", bom=False)
    assert file.getvalue() == b'a,b\r\n1,"2,5"\r\n'


def test_an_xlsx_holds_text_a_bold_header_that_stays_and_a_filter(tmp_path):
    path = tmp_path / "ids.xlsx"
    write_xlsx(path, HEADER, [["1", "0012", "=1+1"], ["2", "+5511900000001", ""]])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        HEADER,
        ["1", "0012", "=1+1"],
        ["2", "+5511900000001", None],
    ]
    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.number_format for cell in filled} == {"@"}
    assert {cell.data_type for cell in filled} <= {"s", "inlineStr"}
    assert all(cell.font.b for cell in sheet[1])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C3")
    assert sheet.column_dimensions["B"].width > 14


def test_rows_past_a_worksheet_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_writer, "ROWS_A_SHEET", 300)
    path = tmp_path / "ids.xlsx"
    assert write_xlsx(path, ["a"], ([str(at)] for at in range(700)), sheet="Ids") == 700
    book = openpyxl.load_workbook(path)
    assert {sheet.title: (sheet.max_row, sheet["A1"].value, sheet["A2"].value) for sheet in book.worksheets} == {
        "Ids": (301, "a", "0"),
        "Ids 2": (301, "a", "300"),
        "Ids 3": (101, "a", "600"),
    }
    write_xlsx(path, ["a"], ([str(at)] for at in range(300)))
    assert len(openpyxl.load_workbook(path).worksheets) == 1


def test_a_cell_longer_than_excel_allows_is_cut_there_and_whole_in_csv(tmp_path):
    long = "😀" * 20_000
    write_xlsx(tmp_path / "a.xlsx", ["a", "b"], [["1", long]])
    write_csv(tmp_path / "a.csv", ["a", "b"], [["1", long]])
    [cut] = cells_of(tmp_path / "a.xlsx", 1)
    assert long.startswith(cut)
    assert len(cut.encode("utf-16-le")) // 2 == xlsx_writer.LONGEST_CELL - 1  # the next character would need two
    assert cells_of(tmp_path / "a.csv", 1) == [long]


def test_half_a_sign_does_not_stop_a_report(tmp_path):
    for write in (write_csv, write_xlsx):
        write(tmp_path / "a", ["a", "b"], [["1", "x\ud800y"]])
        assert cells_of(tmp_path / "a", 1) == ["x?y"]


def test_rows_are_written_as_they_come(tmp_path):
    """A million results are never in memory: rows are written before the last one has been produced."""
    largest = 0

    def rows():
        nonlocal largest
        for at in range(20_000):
            yield [str(at), "x" * 50]
            if at == 19_999:
                largest = path.stat().st_size

    path = tmp_path / "a.csv"
    write_csv(path, ["a", "b"], rows())
    assert largest > 500_000


CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8) | st.sampled_from(TRICKY)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from(";,\t|"))
def test_whatever_is_written_is_read_again(tmp_path_factory, rows, delimiter):
    numbered = [[f"r{at}", *row] for at, row in enumerate(rows)]
    path = tmp_path_factory.mktemp("again") / "a.csv"
    write_csv(path, ["linha", "a", "b", "c"], numbered, delimiter=delimiter)
    sheet = read(path)
    assert sheet.columns == ("linha", "a", "b", "c")
    assert [list(row.values()) for row in sheet.table.to_pylist()] == numbered
    assert sheet.rows.to_pylist() == list(range(2, len(rows) + 2))


SPACES = "\0\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000 a=\"'-;\n"
SPACED = st.text(st.sampled_from(SPACES), max_size=4)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(CELL | SPACED, CELL | SPACED), min_size=1, max_size=8), st.sampled_from(";,"), st.booleans())
def test_columns_are_written_as_their_rows_are(rows, delimiter, bom):
    by_row, by_column = io.BytesIO(), io.BytesIO()
    count = write_csv(by_row, ["a", "b"], rows, delimiter=delimiter, bom=bom)
    parts = [[pa.array(column) for column in zip(*some, strict=True)] for some in (rows[:3], rows[3:]) if some]
    assert write_csv_columns(by_column, ["a", "b"], parts, delimiter=delimiter, bom=bom) == count
    assert by_column.getvalue() == by_row.getvalue()
    few = io.BytesIO()
    parts = [[column.dictionary_encode() for column in part] for part in parts]
    write_csv_columns(few, ["a", "b"], parts, delimiter=delimiter, bom=bom)
    assert few.getvalue() == by_row.getvalue()


ODD = ["\ufffe", "\uffff", "_x000d_", "_X0041_", "a_b", "<r>", "é", "x" * 40_000]
ANY = CELL | SPACED | st.text(max_size=4) | st.sampled_from(ODD)


def sheet_xml(file: io.BytesIO) -> str:
    return zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(ANY, ANY), max_size=6), st.integers(0, 6), st.booleans())
def test_the_rows_of_an_xlsx_are_written_as_xlsxwriter_writes_them(rows, cut, is_few):
    theirs, ours = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(theirs, {"constant_memory": True})
    styles = [book.add_format({"bold": True, "num_format": "@", "bottom": 1}), book.add_format({"num_format": "@"})]
    page = book.add_worksheet("Omni")
    widths = [max(map(len, column)) for column in zip(["a", "bc"], *rows, strict=True)]
    for place, width in enumerate(widths):
        page.set_column(place, place, min(60, 3 + width), styles[1])
    page.freeze_panes(1, 0)
    for number, row in enumerate([["a", "bc"], *rows]):
        for place, cell in enumerate(row):
            if cell:
                page.write_string(number, place, cell.encode("utf-8", "replace").decode(), styles[number > 0])
    page.autofilter(0, 0, len(rows), 1)
    book.close()
    texts = [
        [tuple(cell.encode("utf-8", "replace").decode() for cell in row) for row in some]
        for some in (rows[:cut], rows[cut:])
    ]
    parts = [[pa.array(column) for column in zip(*some, strict=True)] for some in texts if some]
    if is_few:
        parts = [[column.dictionary_encode() for column in part] for part in parts]
    assert write_xlsx_columns(ours, ["a", "bc"], parts) == len(rows)
    filled = max((at for at, row in enumerate(rows, start=1) if any(row)), default=0)
    area = f'<dimension ref="A1:B{filled + 1}"/>'  # the area ends with the last row that has a cell
    assert sheet_xml(ours).replace(f'<dimension ref="A1:B{len(rows) + 1}"/>', area) == sheet_xml(theirs)


def test_a_cell_that_looks_like_formatted_text_is_text(tmp_path):
    write_xlsx(tmp_path / "a.xlsx", ["<r>a</r>", "b"], [["<r>x</r>", "1"]])
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"].value == "<r>x</r>"
    assert read(tmp_path / "a.xlsx").columns == ("<r>a</r>", "b")


PRINTED = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(TRICKY)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(PRINTED, PRINTED), min_size=1, max_size=6))
def test_whatever_is_written_to_xlsx_is_read_again(tmp_path_factory, rows):
    numbered = [[f"r{at}", *row] for at, row in enumerate(rows)]
    path = tmp_path_factory.mktemp("again") / "a.xlsx"
    write_xlsx(path, ["linha", "a", "b"], numbered)
    assert [list(row.values()) for row in read(path).table.to_pylist()] == numbered


@pytest.mark.parametrize("language", ["pt_BR", "es", "en", "de"])
@pytest.mark.parametrize(
    "names",
    [
        ["phone1", "phone2", "email", "recipientName"],
        ["phone1"],
        ["email", "cidade"],
        ["phone2", "phone1", "phone3", "email", "email2", "nome", "recipientName", "city"],
        ["celular", "fone", "telefone"],
    ],
)
def test_a_sample_has_a_recognised_column_for_each_field_and_nobody_real(tmp_path, language, names):
    fields = {name: kind_of_field(name) for name in names}
    path = tmp_path / "sample.xlsx"
    path.write_bytes(sample_sheet(fields, language))
    sheet = read(path)
    assert sheet.table.num_rows == 3
    found = propose(sheet.columns, fields, sheet.table)
    assert [found[name] for name in names] == list(sheet.columns)
    for name, kind in fields.items():
        for cell in sheet.table.column(found[name]).to_pylist():
            if kind == "phone":
                assert normalise_phone(cell).value == cell
                assert cell.startswith("55119000000")
            elif kind == "email":
                assert (normalise_email(cell).value or "").endswith("@example.com")
            else:
                assert cell


def test_a_sample_speaks_the_operators_language(tmp_path):
    path = tmp_path / "sample.xlsx"
    headers = {}
    for language in ("pt_BR", "es", "en"):
        path.write_bytes(
            sample_sheet({"phone1": "phone", "phone2": "phone", "email": "email", "name": "text"}, language)
        )
        headers[language] = read(path).columns
    assert headers == {
        "pt_BR": ("Celular", "Telefone fixo", "E-mail", "Nome"),
        "es": ("Celular", "Teléfono fijo", "Correo electrónico", "Nombre"),
        "en": ("Mobile", "Landline", "E-mail", "Name"),
    }
