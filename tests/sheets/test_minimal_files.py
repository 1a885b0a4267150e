"""Files with as little as the formats allow: no cell references, no styles, no shared strings."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from omni.sheets.reading.reader import read
from omni.sheets.sheet import Note, ReadOptions

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
BOOK = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
    f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="Leads" sheetId="1" '
    'r:id="b"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="b" '
    f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm"/>'
    '<numFmt numFmtId="165" formatCode="[$-416]00000\\-000;@"/></numFmts><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


def text(cell: str) -> str:
    return f'<c t="inlineStr"><is><t>{cell}</t></is></c>'


def write(path: Path, data: str, before: str = "", behind: str = "", styles: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, content in BOOK.items():
            target.writestr(name, content)
        if styles:
            target.writestr("xl/styles.xml", styles)
        sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{behind}</worksheet>'
        target.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def rows_of(sheet) -> dict[int, list[str]]:
    cells = [list(row.values()) for row in sheet.table.to_pylist()]
    return dict(zip(sheet.rows.to_pylist(), cells, strict=True))


HEADER = f"<row>{text('Nome')}{text('Celular')}{text('CEP')}</row>"


def test_cells_without_positions_follow_one_another(tmp_path):
    data = (
        f"{HEADER}<row>{text('Ana')}<c><v>11900000001</v></c></row><row/>"
        f"<row hidden='1'>{text('Bia')}<c><v>11900000002</v></c></row>"
        f"<row>{text('Cid')}<c/><c><v>77</v></c></row>"
    )
    sheet = read(write(tmp_path / "a.xlsx", data))
    assert sheet.columns == ("Nome", "Celular", "CEP")
    assert rows_of(sheet) == {2: ["Ana", "11900000001", ""], 5: ["Cid", "", "77"]}
    assert (sheet.unseen_rows.to_pylist(), sheet.blank_rows.to_pylist()) == ([4], [3])


@pytest.mark.parametrize("has_places", [True, False])
@pytest.mark.parametrize(
    "cell",
    [
        '<c s="2"><v>1310100</v></c>',
        '<c r="C2" s="2"><v>1310100</v></c>',
        "<c r='C2' s='2'><v>1310100</v></c>",
        '<c s="2" r="C2"><v>1310100</v></c>',
        '<c r="C2" t="n" s="2"><v>1310100</v></c>',
        '<c r="C2" s="2" t="n"><v>1310100</v></c>',
        '<c r="C2" s="2" ><v>1310100</v></c>',
        '<c r="C2" cm="1" s="2"><v>1310100</v></c>',
    ],
)
def test_zeros_are_shown_however_a_cell_is_written(tmp_path, cell, has_places):
    data = f"{HEADER}<row>{text('Ana')}{text('11 90000-0001')}{cell}</row>"
    if has_places:
        for place in ("A1", "B1", "C1", "A2", "B2"):
            data = data.replace("<c t=", f'<c r="{place}" t=', 1)
    sheet = read(write(tmp_path / "a.xlsx", data, styles=STYLES))
    assert rows_of(sheet) == {2: ["Ana", "11 90000-0001", "01310-100"]}
    assert sheet.assumptions.notes == (Note("zeros_shown", {"n": 1}),)


def test_what_is_hidden_and_merged_is_known_by_its_own_tags_only(tmp_path):
    data = f"{HEADER}<row>{text('&lt;row hidden=&quot;1&quot;&gt;')}{text('hidden=')}{text('x')}</row>"
    before = '<cols><col min="2" max="2" width="0" customWidth="1"/><col min="3" max="3" width="0.5"/></cols>'
    sheet = read(write(tmp_path / "a.xlsx", data, before))
    assert (sheet.columns, sheet.hidden_columns, sheet.hidden) == (("Nome", "CEP"), ("Celular",), 0)
    whole = read(tmp_path / "a.xlsx", ReadOptions(include_hidden_columns=True))
    assert rows_of(whole) == {2: ['<row hidden="1">', "hidden=", "x"]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n", '"sep=;"\r\n'])
def test_text_with_a_mark_and_a_line_that_names_the_separator(tmp_path, encoding, first):
    path = tmp_path / "a.csv"
    path.write_bytes(f"{first}Nome;Celular\r\nJoão;11 90000-0001\r\n".encode(encoding))
    sheet = read(path)
    assert (sheet.columns, rows_of(sheet)) == (("Nome", "Celular"), {2: ["João", "11 90000-0001"]})


def test_unicode_text_of_excel_is_tabs_in_utf16(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes('Nome\tObservação\tCelular\r\n"Ana ""A"""\tx;y\t11 90000-0001\r\n'.encode("utf-16"))
    sheet = read(path)
    assert (sheet.assumptions.format, sheet.assumptions.encoding) == ("tsv", "utf-16-le")
    assert rows_of(sheet) == {2: ['Ana "A"', "x;y", "11 90000-0001"]}
