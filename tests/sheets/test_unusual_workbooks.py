"""Sound workbooks that programs other than Excel build in their own way."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from omni.errors import SheetError
from omni.sheets.reading.reader import read
from tests.sheets.making import make_xls, make_xlsx

ROWS = [["Nome", "Celular"], ["Ana", "11987650001"], ["Bia", "11987650002"]]


def rebuilt(
    path: Path, rename: Callable[[str], str], change: Callable[[bytes], bytes] = lambda content: content
) -> Path:
    """Write the archive again with other names of its entries, and other content."""
    new = path.with_name("b.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo("x")
            entry.filename = rename(name)  # ZipInfo itself would turn backslashes into slashes on some systems
            target.writestr(entry, change(source.read(name)))
    return new


def in_folder(folder: str) -> tuple[Callable[[str], str], Callable[[bytes], bytes]]:
    def rename(name: str) -> str:
        return name.replace("xl/", f"{folder}/", 1) if name.startswith("xl/") else name

    def change(content: bytes) -> bytes:
        return content.replace(b'"xl/', f'"{folder}/'.encode()).replace(b'"/xl/', f'"/{folder}/'.encode())

    return rename, change


def unchanged(content: bytes) -> bytes:
    return content


@pytest.mark.parametrize(
    ("rename", "change"),
    [
        pytest.param(*in_folder("app"), id="another folder"),
        pytest.param(*in_folder("XL"), id="the folder in capitals"),
        pytest.param(lambda name: name.replace("/", "\\"), unchanged, id="backslashes"),
        pytest.param(str.upper, unchanged, id="names in capitals"),
        pytest.param(
            lambda name: name.replace("xl/workbook.xml", "xl/workbook2.xml").replace(
                "_rels/workbook", "_rels/workbook2"
            ),
            lambda content: content.replace(b"xl/workbook.xml", b"xl/workbook2.xml"),
            id="workbook2.xml",
        ),
        pytest.param(
            lambda name: name.replace("worksheets/sheet1.xml", "worksheets/Plan A.xml"),
            lambda content: content.replace(b"worksheets/sheet1.xml", b"worksheets/Plan A.xml"),
            id="a sheet with a blank in its name",
        ),
    ],
)
def test_a_workbook_whose_parts_have_other_names_is_read(tmp_path, rename, change):
    path = rebuilt(make_xlsx(tmp_path / "a.xlsx", ROWS), rename, change)
    sheet = read(path)
    assert sheet.assumptions.format == "xlsx"
    assert [list(row.values()) for row in sheet.table.to_pylist()] == ROWS[1:]


@pytest.mark.parametrize("name", ["WORKBOOK", "workbook", "WorkBook"])
def test_an_xls_whose_stream_is_in_other_letter_case_is_read(tmp_path, name):
    path = make_xls(tmp_path / "a.xls", ROWS)
    whole = path.read_bytes()
    usual = "Workbook".encode("utf-16-le")
    assert usual in whole
    path.write_bytes(whole.replace(usual, name.encode("utf-16-le")))
    assert [list(row.values()) for row in read(path).table.to_pylist()] == ROWS[1:]


def test_another_document_in_a_package_is_not_taken_for_a_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(
            "[Content_Types].xml", '<Types><Override ContentType="wordprocessingml.document.main"/></Types>'
        )
        target.writestr("word/document.xml", "<w/>")
    with pytest.raises(SheetError, match=r"file\.not_a_sheet\(found='DOCX'\)"):
        read(path)
