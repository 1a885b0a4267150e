"""Unreadable files are refused with a reason, never with another exception."""

from __future__ import annotations

import random
import resource
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omni.errors import SheetError
from omni.sheets import limits
from omni.sheets.limits import Limits
from omni.sheets.reading.reader import read
from omni.sheets.sheet import ReadOptions
from tests.sheets.making import make_ods, make_xls, make_xlsx

ROWS = [["Nome", "Celular"], ["Ana", "11 90000-0001"], ["Bia", 11900000002], ["Cid", 10.5]]
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def directory_of(*streams: str) -> bytes:
    """Build the start of a compound file with these streams in its directory ([MS-CFB] 2.6.1)."""
    return COMPOUND + b"".join(name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64 for name in streams)


def archive(**entries: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b"", "file.empty", {}),
        (b"\n\n \n", "file.no_contacts", {}),
        (b"Nome;Celular\n", "file.no_contacts", {}),
        (b"Nome;Celular\n;\n ;\n", "file.no_contacts", {}),
        (b"Nome;Cel\0ular\nAna;1\n", "file.binary", {}),
        (bytes(range(256)) * 20, "file.binary", {}),
        (b"%PDF-1.7\n...", "file.not_a_sheet", {"found": "PDF"}),
        (b"\x89PNG\r\n\x1a\n....", "file.not_a_sheet", {"found": "PNG"}),
        (b"\xff\xd8\xff\xe0....", "file.not_a_sheet", {"found": "JPEG"}),
        (b"GIF89a....", "file.not_a_sheet", {"found": "GIF"}),
        (b"{\\rtf1 a}", "file.not_a_sheet", {"found": "RTF"}),
        (b"\x1f\x8b\x08....", "file.not_a_sheet", {"found": "GZIP"}),
        (b"<html><table><tr><td>Nome</td></tr></table></html>", "file.html", {}),
        (b"\r\n  <!DOCTYPE html>\n<html>", "file.html", {}),
        ("\ufeff<table>".encode("utf-16-le"), "file.html", {}),
        (b'<?xml version="1.0"?><Workbook/>', "file.not_a_sheet", {"found": "XML"}),
        (b'[{"nome": "Ana"}]', "file.not_a_sheet", {"found": "JSON"}),
        (archive(word__document_dot_xml=b"<w/>"), "file.not_a_sheet", {"found": "DOCX"}),
        (archive(xl__workbook_dot_bin=b"..", xl__styles_dot_bin=b"."), "file.not_a_sheet", {"found": "XLSB"}),
        (archive(a_dot_txt=b"Ana"), "file.not_a_sheet", {"found": "ZIP"}),
        (archive(mimetype=b"application/vnd.oasis.opendocument.text"), "file.not_a_sheet", {"found": "OpenDocument"}),
        (
            archive(
                mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
                **{"META-INF__manifest_dot_xml": b"<manifest:encryption-data/>"},
            ),
            "file.encrypted",
            {},
        ),
        (directory_of("Root Entry", "EncryptedPackage"), "file.encrypted", {}),
        (directory_of("Root Entry", "WordDocument"), "file.not_a_sheet", {"found": "DOC"}),
        (directory_of("Root Entry", "Contents"), "file.not_a_sheet", {"found": "OLE"}),
    ],
)
def test_what_is_no_spreadsheet_is_refused_by_what_it_is(tmp_path, content, code, params):
    path = tmp_path / "lista.xlsx"
    path.write_bytes(content)
    with pytest.raises(SheetError) as stopped:
        read(path)
    assert (stopped.value.code, stopped.value.params) == (code, params)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SheetError) as stopped:
        read(tmp_path / "nada.csv")
    assert (stopped.value.code, stopped.value.params) == ("file.missing", {"path": str(tmp_path / "nada.csv")})
    with pytest.raises(SheetError, match=r"^file\.unreadable"):
        read(tmp_path)


def test_only_hidden_rows_are_no_rows_and_counted(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", ROWS, hidden_rows={2, 3, 4})
    with pytest.raises(SheetError, match=r"file\.no_rows\(n=3\)"):
        read(path)
    assert read(path, ReadOptions(include_hidden=True)).table.num_rows == 3


@pytest.mark.parametrize("row", [-1, 5, 10**6])
def test_a_header_where_no_row_is_is_refused(tmp_path, row):
    with pytest.raises(SheetError, match=rf"header\.outside\(row={row}, last=4\)"):
        read(make_xlsx(tmp_path / "a.xlsx", ROWS), ReadOptions(header_row=row))


@pytest.mark.parametrize("delimiter", [";;", '"', "\n", "§"])
def test_a_delimiter_that_cannot_be_one_is_refused(tmp_path, delimiter):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n1;2\n")
    with pytest.raises(SheetError, match=r"^file\.delimiter"):
        read(path, ReadOptions(delimiter=delimiter))


def test_a_file_cut_off_is_damaged(tmp_path):
    whole = make_xlsx(tmp_path / "a.xlsx", ROWS).read_bytes()
    for cut in (100, len(whole) // 2, len(whole) - 10):
        (tmp_path / "b.xlsx").write_bytes(whole[:cut])
        with pytest.raises(SheetError, match=r"^file\.truncated"):
            read(tmp_path / "b.xlsx")
    whole = make_xls(tmp_path / "a.xls", ROWS).read_bytes()
    for cut in (40, 600, 2048):
        (tmp_path / "b.xls").write_bytes(whole[:cut])
        with pytest.raises(SheetError, match=r"^file\.truncated"):
            read(tmp_path / "b.xls")


def test_an_archive_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path):
    bomb = tmp_path / "a.xlsx"
    shutil.copy(make_xlsx(tmp_path / "b.xlsx", ROWS), bomb)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/media/zeros.bin", b"\0" * (limits.SMALL_ENTRY + 2**20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SheetError, match=r"^file\.unpacks_too_large\(megabytes=17"):
        read(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_entities_of_xml_are_never_expanded(tmp_path):
    path, bomb = make_xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "b.xlsx"
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, content.replace(b"<worksheet", laughs + b"<worksheet", 1))
    with pytest.raises(SheetError, match=r"^file\.unreadable.*DTD"):
        read(bomb)


def test_an_ods_with_a_garbled_tag_is_refused_at_once(tmp_path):
    path, garbled = make_ods(tmp_path / "a.ods", ROWS), tmp_path / "b.ods"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(garbled, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, source.read(entry).replace(b"</text:p></table:table-cell>", b"</text:p\xfa</x>", 1))
    with pytest.raises(SheetError, match=r"^file\.unreadable.*content\.xml"):
        read(garbled)


def test_a_file_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" * 300_000)
    with pytest.raises(SheetError, match=r"file\.too_large\(megabytes=2, limit=1\)"):
        read(path, limits=Limits(bytes=2**20))


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="ab;,\"\n\r\t='é0", max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(content)
    try:
        sheet = read(path)
    except SheetError:
        return
    assert sheet.table.num_rows == len(sheet.rows) > 0
    assert len(set(sheet.columns)) == len(sheet.columns) == sheet.table.num_columns
    assert all(sheet.columns)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls", "csv"])
# The same damage in every run: readers in native code cannot be stopped, so only damage known to end is tried.
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, kind, seed):
    whole = tmp_path / f"whole.{kind}"
    if not whole.exists():
        if kind == "csv":
            whole.write_text("\n".join(";".join(map(str, row)) for row in ROWS))
        else:
            {"xlsx": make_xlsx, "ods": make_ods, "xls": make_xls}[kind](whole, ROWS)
    chance = random.Random(seed)
    content = bytearray(whole.read_bytes())
    if kind in ("xlsx", "ods") and chance.random() < 0.7:
        content = bytearray(_with_a_damaged_entry(whole, chance))
    else:
        _damage(content, chance)
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(content)
    try:
        sheet = read(path)
    except SheetError:
        return
    assert sheet.table.num_rows == len(sheet.rows)


def _damage(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(content))
        match chance.randrange(3):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randrange(1, 40)]
            case _:
                content[at:at] = content[at // 2 : at // 2 + chance.randrange(1, 40)]
        content.extend(b" " * (not content))


def _with_a_damaged_entry(path: Path, chance: random.Random) -> bytes:
    """Build an intact archive with one damaged entry."""
    file = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(file, "w") as target:
        victim = chance.choice([name for name in source.namelist() if name.endswith(".xml")])
        for name in source.namelist():
            content = bytearray(source.read(name))
            if name == victim:
                _damage(content, chance)
            target.writestr(name, bytes(content))
    return file.getvalue()
