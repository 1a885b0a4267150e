"""Workbooks as Excel, LibreOffice and the libraries of other systems write them."""

from __future__ import annotations

import shutil
import time as time_module
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from omni.errors import SheetError
from omni.sheets.limits import Limits
from omni.sheets.reading.reader import read
from omni.sheets.sheet import Note, ReadOptions, Sheet
from tests.sheets.making import make_ods, make_xls, make_xlsx

HEADER = ["Nome", "Celular"]
PEOPLE = [["Ana", "11 90000-0001"], ["Bia", "11 90000-0002"]]


def by_row(sheet: Sheet) -> dict[int, list[str]]:
    return {
        row: list(cells.values()) for row, cells in zip(sheet.rows.to_pylist(), sheet.table.to_pylist(), strict=True)
    }


MAKERS = pytest.mark.parametrize(
    ("make", "kind"),
    [
        pytest.param(
            lambda path, rows, top=0, left=0: make_xlsx(path, rows, at=f"{'ABCDEF'[left]}{top + 1}"), "xlsx", id="xlsx"
        ),
        pytest.param(lambda path, rows, top=0, left=0: make_xls(path, rows, top=top, left=left), "xls", id="xls"),
        pytest.param(lambda path, rows, top=0, left=0: make_ods(path, rows, top=top, left=left), "ods", id="ods"),
    ],
)


@MAKERS
def test_a_workbook_becomes_rows_under_its_own_numbers(tmp_path, make, kind):
    sheet = read(make(tmp_path / "a", [HEADER, PEOPLE[0], [None, None], PEOPLE[1]]))
    assert sheet.columns == ("Nome", "Celular")
    assert by_row(sheet) == {2: PEOPLE[0], 4: PEOPLE[1]}
    assert (sheet.blank, sheet.hidden) == (1, 0)
    assert (sheet.assumptions.format, sheet.assumptions.sheet, sheet.assumptions.sheets) == (kind, "Plan1", ("Plan1",))
    assert (sheet.assumptions.header_row, sheet.assumptions.decimal) == (1, ",")


@MAKERS
def test_a_table_further_down_and_right_keeps_its_row_numbers_and_letters(tmp_path, make, kind):
    rows = [["Nome", None, "Celular"], ["Ana", "x", "1"], ["Bia", "y", "2"]]
    sheet = read(make(tmp_path / "a", rows, top=4, left=2))
    assert sheet.columns == ("Nome", "D", "Celular")
    assert by_row(sheet) == {6: ["Ana", "x", "1"], 7: ["Bia", "y", "2"]}
    assert sheet.assumptions.header_row == 5


@MAKERS
def test_numbers_dates_and_truth_become_the_text_people_expect_and_text_stays(tmp_path, make, kind):
    cells = [
        (11900000001, "11900000001"),
        (5511900000001.0, "5511900000001"),
        (551190000000123.0, "551190000000123"),
        (10.5, "10,5"),
        (-3.25, "-3,25"),
        (0.1 + 0.2, "0,3"),
        (1e-7, "0,0000001"),
        (3.0, "3"),
        ("10.5", "10.5"),
        ("1e5", "1e5"),
        ("00012", "00012"),
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05 00:00:00", "2024-01-05 00:00:00"),
        (True, "VERDADEIRO"),
        (False, "FALSO"),
        ("true", "true"),
        ("  x ", "  x "),
        ("ação\nnova", "ação\nnova"),
    ]
    # The format that each library gives to dates; an ods written by a library shows them without one.
    dates = {
        "xlsx": ("2024-01-05 0:00:00", "2024-01-05 13:45:00", "2024-01-05 13:45:07"),
        "xls": ("05/01/2024 00:00", "05/01/2024 13:45", "05/01/2024 13:45"),
        "ods": ("05/01/2024", "05/01/2024 13:45", "05/01/2024 13:45:07"),
    }[kind]
    cells += zip(
        (datetime(2024, 1, 5), datetime(2024, 1, 5, 13, 45), datetime(2024, 1, 5, 13, 45, 7)), dates, strict=True
    )
    if kind == "ods":
        cells = [
            (given, text) for given, text in cells if given != "ação\nnova" and given != "  x "
        ]  # ODF collapses runs of blanks
    sheet = read(make(tmp_path / "a", [["Nome", "Valor"], *([f"p{at}", given] for at, (given, _) in enumerate(cells))]))
    assert sheet.table.column("Valor").to_pylist() == [text for _, text in cells]
    assert {"numbers_as_text", "dates_as_text"} <= {note.code for note in sheet.assumptions.notes}


@MAKERS
def test_the_decimal_sign_is_an_option(tmp_path, make, kind):
    path = make(tmp_path / "a", [["Nome", "Saldo"], ["Ana", 10.5], ["Bia", 1234567.25]])
    assert read(path, ReadOptions(decimal=".")).table.column("Saldo").to_pylist() == ["10.5", "1234567.25"]


def test_dates_before_rows_of_text_times_and_errors_of_excel(tmp_path):
    path = make_xlsx(
        tmp_path / "a.xlsx",
        [
            ["Nome", "Quando", "Erro"],
            ["Ana", time(5, 4), "#N/A"],
            ["Bia", timedelta(hours=7, minutes=30), "#REF!"],
            ["Cid", date(2024, 2, 29), None],
            ["Dora", "amanhã", "ok"],
        ],
    )
    sheet = read(path)
    assert sheet.table.column("Quando").to_pylist() == ["05:04:00", "07:30:00", "2024-02-29", "amanhã"]
    assert sheet.table.column("Erro").to_pylist() == ["#N/D", "#REF!", "", "ok"]
    assert Note("errors_shown", {"n": 2, "rows": [2, 3]}) in sheet.assumptions.notes


def test_numbers_too_long_for_excel_are_noted(tmp_path):
    sheet = read(make_xlsx(tmp_path / "a.xlsx", [["Nome", "Cartão"], ["Ana", 1234567890123456]]))
    assert Note("digits_lost", {"n": 1}) in sheet.assumptions.notes
    text = read(make_xlsx(tmp_path / "b.xlsx", [["Nome", "Cartão"], ["Ana", "1234567890123456"]]))
    assert text.assumptions.notes == ()


def test_the_stored_value_of_a_formula_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nome", "Celular"])
        sheet.write_string(1, 0, "Ana")
        sheet.write_formula(1, 1, '=CONCATENATE("11 9","0000-0001")', None, "11 90000-0001")
        sheet.write_rich_string(2, 0, "Bi", book.add_format({"bold": True}), "a")
        sheet.write_url(2, 1, "mailto:bia@example.com", string="bia@example.com")
    assert by_row(read(path)) == {2: ["Ana", "11 90000-0001"], 3: ["Bia", "bia@example.com"]}


def test_hidden_and_filtered_rows_of_an_xlsx_are_counted_and_can_be_included(tmp_path):
    rows = [HEADER, *([f"p{at}", str(at)] for at in range(2, 7)), [None, None], ["fim", "8"]]
    path = make_xlsx(tmp_path / "a.xlsx", rows, hidden_rows={3, 5, 7})
    sheet = read(path)
    assert sheet.rows.to_pylist() == [2, 4, 6, 8]
    assert (sheet.hidden, sheet.blank) == (2, 1)
    whole = read(path, ReadOptions(include_hidden=True))
    assert whole.rows.to_pylist() == [2, 3, 4, 5, 6, 8]
    assert (whole.hidden, whole.blank) == (0, 1)


def test_rows_filtered_out_by_excel_are_hidden_rows(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([HEADER, *PEOPLE]):
            sheet.write_row(row, 0, cells)
        sheet.autofilter(0, 0, 2, 1)
        sheet.filter_column(0, "x == Bia")
        sheet.set_row(1, options={"hidden": True})
    assert by_row(read(path)) == {3: PEOPLE[1]}


def test_hidden_and_filtered_rows_of_an_ods_are_counted(tmp_path):
    path = make_ods(tmp_path / "a.ods", [HEADER, *PEOPLE, ["Cid", "3"]], unseen={2: "collapse", 4: "filter"})
    sheet = read(path)
    assert by_row(sheet) == {3: PEOPLE[1]}
    assert sheet.hidden == 2


def test_hidden_rows_of_an_xls_are_counted(tmp_path):
    sheet = read(make_xls(tmp_path / "a.xls", [HEADER, *PEOPLE, ["Cid", "3"]], hidden_rows={2, 4}))
    assert by_row(sheet) == {3: PEOPLE[1]}
    assert sheet.hidden == 2


def test_a_sheet_whose_tags_have_a_prefix_and_no_row_numbers_is_read_alike(tmp_path):
    """ECMA-376 requires neither of them, and some exporters use both liberties."""
    plain, odd = make_xlsx(tmp_path / "a.xlsx", [HEADER, *PEOPLE], hidden_rows={2}), tmp_path / "b.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(odd, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
                content = content.replace(b"xmlns=", b"xmlns:x=").replace(b"<x:?xml", b"<?xml")
                for number in b"123":
                    content = content.replace(b'<x:row r="%c"' % number, b"<x:row")
            target.writestr(entry, content)
    sheet = read(odd)
    assert by_row(sheet) == {3: PEOPLE[1]}
    assert sheet.hidden == 1


def test_the_first_visible_sheet_with_anything_in_it_is_read(tmp_path):
    sheets = {"Segredo": [["x"], ["1"]], "Vazia": [], "Clientes": [HEADER, *PEOPLE], "Outra": [["y"], ["2"]]}
    path = make_xlsx(tmp_path / "a.xlsx", sheets, hidden_sheets={"Segredo"})
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("Gráfico", 0)
    book.save(path)

    sheet = read(path)
    assert (sheet.assumptions.sheet, by_row(sheet)) == ("Clientes", {2: PEOPLE[0], 3: PEOPLE[1]})
    assert sheet.assumptions.sheets == ("Segredo", "Vazia", "Clientes", "Outra")
    assert read(path, ReadOptions(sheet="Outra")).columns == ("y",)
    assert read(path, ReadOptions(sheet="Segredo")).columns == ("x",)
    with pytest.raises(SheetError) as stopped:
        read(path, ReadOptions(sheet="Clientela"))
    assert (stopped.value.code, stopped.value.params["sheet"]) == ("sheet.unknown", "Clientela")
    with pytest.raises(SheetError, match=r"file\.empty"):
        read(path, ReadOptions(sheet="Vazia"))


def test_a_title_above_the_table_is_left_out_and_reported(tmp_path):
    rows = [["Clientes de novembro"], [], HEADER, *PEOPLE]
    sheet = read(make_xlsx(tmp_path / "a.xlsx", rows))
    assert (sheet.columns, list(by_row(sheet))) == (("Nome", "Celular"), [4, 5])
    assert sheet.assumptions.notes == (
        Note("lines_above_header", {"n": 1, "rows": "1", "text": "Clientes de novembro"}),
    )
    chosen = read(tmp_path / "a.xlsx", ReadOptions(header_row=4))
    assert (chosen.columns, list(by_row(chosen))) == (("Ana", "11 90000-0001"), [5])
    headless = read(tmp_path / "a.xlsx", ReadOptions(header_row=0))
    assert (headless.columns, list(by_row(headless)), headless.blank) == (("A", "B"), [1, 3, 4, 5], 1)


def test_a_list_without_header_loses_no_contact(tmp_path):
    sheet = read(make_xlsx(tmp_path / "a.xlsx", [["Ana", 11900000001], ["Bia", 11900000002]]))
    assert (sheet.columns, by_row(sheet)) == (("A", "B"), {1: ["Ana", "11900000001"], 2: ["Bia", "11900000002"]})
    assert sheet.assumptions.header_row == 0


def test_thousands_of_formatted_empty_rows_and_columns_are_nothing(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", [HEADER, *PEOPLE])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.worksheets[0]["AB3000"] = "  "
    book.save(path)
    sheet = read(path)
    assert (sheet.columns, by_row(sheet), sheet.blank) == (("Nome", "Celular"), {2: PEOPLE[0], 3: PEOPLE[1]}, 0)


@pytest.mark.parametrize("corner", ["XFD1048576", "A1048576", "XFD3"])
def test_a_single_cell_far_away_does_not_eat_the_memory(tmp_path, corner):
    path = make_xlsx(tmp_path / "a.xlsx", [HEADER, *PEOPLE])
    book = openpyxl.load_workbook(path)
    book.worksheets[0][corner] = "perdida"
    book.save(path)
    if corner == "XFD1048576":
        with pytest.raises(SheetError, match=r"file\.too_many_cells"):
            read(path)
    else:
        sheet = read(path)
        assert "perdida" in by_row(sheet)[max(sheet.rows.to_pylist())]


def test_far_cells_are_counted_where_they_say_they_are(tmp_path):
    """A row's tag may misstate its cells; fastexcel goes by the cells."""
    path, lying = make_xlsx(tmp_path / "a.xlsx", [HEADER, ["Ana", "1"]]), tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(lying, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                content = content.replace(b'r="A2"', b'r="A999999"').replace(b'r="B2"', b'r="XFD2"')
                assert b"XFD2" in content
            target.writestr(entry, content)
    with pytest.raises(SheetError, match=r"file\.too_many_cells"):
        read(lying)


@pytest.mark.parametrize("place", ["XFD1048576", "Z999999"])
def test_a_far_cell_counts_though_its_tag_has_a_place_and_nothing_else(tmp_path, place):
    path, far = make_xlsx(tmp_path / "a.xlsx", [HEADER, *PEOPLE]), tmp_path / "b.xlsx"
    row = f'<row r="{place.lstrip("DFXZ")}"><c r="{place}"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(far, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", row.encode())
            target.writestr(entry, content)
    with pytest.raises(SheetError, match=r"file\.too_many_cells"):
        read(far)


def test_the_name_of_a_file_decides_nothing(tmp_path):
    xlsx = make_xlsx(tmp_path / "a.xlsx", [HEADER, *PEOPLE])
    for wrong in ("lista.csv", "lista.xls", "lista", "lista.pdf"):
        shutil.copy(xlsx, tmp_path / wrong)
        assert read(tmp_path / wrong).assumptions.format == "xlsx"
    disguised = tmp_path / "lista.xlsx"
    disguised.write_text("Nome;Celular\nAna;1\n")
    assert read(disguised).assumptions.format == "csv"
    shutil.copy(make_xls(tmp_path / "b.xls", [HEADER, *PEOPLE]), disguised)
    assert read(disguised).assumptions.format == "xls"


def test_limits_hold_for_rows_and_columns(tmp_path: Path):
    few = Limits(rows=10, columns=3)
    path = make_xlsx(tmp_path / "a.xlsx", [HEADER, *(["x", str(at)] for at in range(11))])
    with pytest.raises(SheetError, match=r"file\.too_many_rows\(limit=10\)"):
        read(path, limits=few)
    with pytest.raises(SheetError, match=r"file\.too_many_columns\(columns=4, limit=3\)"):
        read(make_xlsx(tmp_path / "b.xlsx", [list("abcd"), list("1234")]), limits=few)
    assert Limits().rows == 5_000_000


def hide_columns(path, *letters):
    book = openpyxl.load_workbook(path)
    for letter in letters:
        book.worksheets[0].column_dimensions[letter].hidden = True
    book.save(path)
    return path


WIDE = [["Nome", "Interno", "Celular"], ["Ana", "x", "1"], ["Bia", "y", "2"]]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_hidden_columns_are_left_out_named_and_can_be_included(tmp_path, kind):
    path = {
        "xlsx": lambda: hide_columns(make_xlsx(tmp_path / "a.xlsx", WIDE), "B"),
        "xls": lambda: make_xls(tmp_path / "a", WIDE, hidden_columns={1}),
        "ods": lambda: make_ods(tmp_path / "a", WIDE, hidden_columns={1}),
    }[kind]()
    sheet = read(path)
    assert (sheet.columns, sheet.hidden_columns) == (("Nome", "Celular"), ("Interno",))
    assert by_row(sheet) == {2: ["Ana", "1"], 3: ["Bia", "2"]}
    whole = read(path, ReadOptions(include_hidden_columns=True))
    assert (whole.columns, whole.hidden_columns) == (("Nome", "Interno", "Celular"), ())
    assert read(path, ReadOptions(include_hidden=True)).columns == ("Nome", "Celular")


def test_a_column_of_no_width_is_hidden_and_an_empty_one_is_nothing(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(WIDE):
            sheet.write_row(row, 0, cells)
        sheet.set_column(1, 1, 0)
        sheet.set_column(5, 9, None, None, {"hidden": True})
    assert read(path).hidden_columns == ("Interno",)
    path = hide_columns(make_xlsx(tmp_path / "b.xlsx", WIDE), "A", "B", "C")
    with pytest.raises(SheetError, match=r"file\.no_columns\(n=3\)"):
        read(path)


def test_hidden_and_blank_rows_can_be_looked_at(tmp_path):
    rows = [HEADER, *([f"p{at}", str(at)] for at in range(2, 7)), [None, None], ["fim", "8"]]
    sheet = read(make_xlsx(tmp_path / "a.xlsx", rows, hidden_rows={3, 5, 7}))
    assert sheet.unseen_rows.to_pylist() == [3, 5]
    assert sheet.unseen.to_pylist() == [{"Nome": "p3", "Celular": "3"}, {"Nome": "p5", "Celular": "5"}]
    assert sheet.blank_rows.to_pylist() == [7]
    whole = read(tmp_path / "a.xlsx", ReadOptions(include_hidden=True))
    assert (whole.unseen.num_rows, whole.blank_rows.to_pylist()) == (0, [7])


MERGED = [
    ["Clientes de novembro", None, None],
    ["Empresa", "Contato", None],
    ["Loja A", "Ana", "11900000001"],
    [None, "Bia", "11900000002"],
    [None, None, None],
    [None, "Cid", "11900000003"],
    ["Loja B", "Davi", "11900000004"],
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_merged_cells_count_for_every_row_and_name_every_column(tmp_path, kind):
    areas = ["A1:C1", "B2:C2", "A3:A6"]
    path = {
        "xlsx": lambda: make_xlsx(tmp_path / "a", MERGED, merged=areas),
        "xls": lambda: make_xls(tmp_path / "a", MERGED, merged=areas),
        "ods": lambda: make_ods(tmp_path / "a", MERGED, merged=areas),
    }[kind]()
    sheet = read(path)
    assert sheet.columns == ("Empresa", "Contato", "Contato (2)")
    assert by_row(sheet) == {
        3: ["Loja A", "Ana", "11900000001"],
        4: ["Loja A", "Bia", "11900000002"],
        6: ["Loja A", "Cid", "11900000003"],
        7: ["Loja B", "Davi", "11900000004"],
    }
    assert (sheet.blank, sheet.assumptions.header_row) == (1, 2)
    assert Note("merged_filled", {"n": 2}) in sheet.assumptions.notes


@pytest.mark.parametrize(
    ("rows", "areas", "columns", "header_row"),
    [
        (
            [["Nome", "Contato", None, "Cidade"], [None, "Celular", "E-mail", None]],
            ["A1:A2", "B1:C1", "D1:D2"],
            ("Nome", "Celular", "E-mail", "Cidade"),
            2,
        ),
        (
            [["Nome", "Titular", None, "Cônjuge", None], [None, "Fone", "E-mail", "Fone", "E-mail"]],
            ["A1:A2", "B1:C1", "D1:E1"],
            ("Nome", "Titular Fone", "Titular E-mail", "Cônjuge Fone", "Cônjuge E-mail"),
            2,
        ),
        (
            [["Clientes", None, None], ["Nome", "Celular", "Cidade"], [None, None, None]],
            ["A1:C1", "A2:A3", "B2:B3", "C2:C3"],
            ("Nome", "Celular", "Cidade"),
            3,
        ),
        (
            [["Cliente", None, "Contato", None], ["Nome", "Cidade", "Celular", "E-mail"]],
            ["A1:B1", "C1:D1"],
            ("Nome", "Cidade", "Celular", "E-mail"),
            2,
        ),
        (
            [["Titular", None, "Cônjuge", None], ["Nome", "Fone", "Nome", "Fone"]],
            ["A1:B1", "C1:D1"],
            ("Titular Nome", "Titular Fone", "Cônjuge Nome", "Cônjuge Fone"),
            2,
        ),
        ([["Nome", "Fones", None, "Fones"]], ["B1:C1"], ("Nome", "Fones", "Fones (2)", "Fones (3)"), 1),
        ([["Nome", "Celular", "Cidade"]], ["A1:A3"], ("Nome", "Celular", "Cidade"), 1),
        ([["Nome", "Cidade", "Fone"], ["Ana", "Recife", "-"]], ["A1:A2"], ("Nome", "Cidade", "Fone"), 1),
    ],
)
def test_a_header_of_merged_rows_is_one(tmp_path, rows, areas, columns, header_row):
    people = [
        ["Ana", "11 90000-0001", "a@example.com", "11 90000-0003", "x"],
        ["Bia", "11 90000-0002", "b@example.com", "11 90000-0004", "y"],
    ]
    people = [person[: len(columns)] for person in people]
    sheet = read(make_xlsx(tmp_path / "a.xlsx", [*rows, *people], merged=areas))
    assert (sheet.columns, sheet.assumptions.header_row) == (columns, header_row)
    assert sheet.rows.to_pylist() == list(range(header_row + 1, len(rows) + 3))
    assert sheet.blank == 0


def test_merges_over_merges_of_a_damaged_file_end(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(5_000):
            sheet.write_row(row, 0, ["Nome" if not row else None, f"x{row}"])
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                merges = b"".join(b'<mergeCell ref="A%d:A1048576"/>' % (2 + at % 50) for at in range(100_000))
                content = content.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")
            target.writestr(entry, content)
    began = time_module.process_time()
    assert read(broken).table.num_rows == 4_999
    assert time_module.process_time() - began < 5


@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        (1234, "00000", "01234"),
        (12345, "00000", "12345"),
        (123456, "00000", "123456"),
        (1310100, "00000-000", "01310-100"),
        (1234, "00000\\-000", "00001-234"),
        (11900000001, '"("00")" 00000"-"0000', "(11) 90000-0001"),
        (1234, "0", "1234"),
        (12345678901, "000\\.000\\.000\\-00", "123.456.789-01"),
    ],
)
def test_a_number_shown_with_zeros_in_front_has_them(tmp_path, stored, code, shown):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nome", "Código"])
        for row in range(1, 4):
            sheet.write_string(row, 0, f"p{row}")
            sheet.write_number(row, 1, stored, book.add_format({"num_format": code}))
        sheet.write_row(4, 0, ["texto", "77"])
    sheet = read(path)
    assert sheet.table.column("Código").to_pylist() == [shown] * 3 + ["77"]
    changed = [note.params["n"] for note in sheet.assumptions.notes if note.code == "zeros_shown"]
    assert changed == ([3] if shown != str(stored) else [])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([(1234, "01234"), (12345, "12345"), (7, "00007")], ["01234", "12345", "00007"]),
        ([(1310100, "01310-100"), (13101000, "13101-000")], ["01310-100", "13101-000"]),
        ([(0, "0"), (0, "00000")], ["0", "00000"]),
    ],
)
def test_zeros_that_an_ods_shows_are_read(tmp_path, cells, expected):
    rows = [["Nome", "Código"], *([f"p{at}", value] for at, (value, _) in enumerate(cells))]
    plain, shown = make_ods(tmp_path / "a.ods", rows), tmp_path / "b.ods"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(shown, "w") as target:
        for entry in source.namelist():
            content = source.read(entry).decode("utf-8", "surrogateescape")
            if entry == "content.xml":
                for value, text in cells:
                    content = content.replace(f"<text:p>{value}</text:p>", f"<text:p >{text}</text:p>", 1)
                content = content.replace("<text:p >", "<text:p>")
            target.writestr(entry, content.encode("utf-8", "surrogateescape"))
    sheet = read(shown)
    assert sheet.table.column("Código").to_pylist() == expected
    changed = sum(str(value) != text for (value, _), text in zip(cells, expected, strict=True))
    assert sheet.assumptions.notes == ((Note("zeros_shown", {"n": changed}),) if changed else ())
