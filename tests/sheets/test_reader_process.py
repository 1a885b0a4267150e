"""Workbooks are read in a separate process: a hostile one is refused soon, with a message."""

from __future__ import annotations

import json
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from omni.errors import SheetError
from omni.sheets.arrow_files import open_sheet
from omni.sheets.limits import Limits
from omni.sheets.reading import reader_process
from omni.sheets.reading.reader import read
from omni.sheets.sheet import ReadOptions
from tests.sheets.making import make_ods, make_xls, make_xlsx

ROWS = [["Nome", "Celular"], ["Ana", "11 90000-0001"], ["Bia", 11900000002], [None, None], ["Cid", 10.5]]
SECONDS = 5.0
"""Limit in seconds of processor time."""
MEGABYTES = 300.0
ROOT = Path(__file__).resolve().parents[2]


def read_in_process(folder, path, limits=None, **options):
    folder.mkdir()
    reader_process.read_into(folder, path, ReadOptions(**options), limits or Limits())
    return open_sheet(folder)


@pytest.mark.parametrize("make", [make_xlsx, make_xls, make_ods])
def test_a_workbook_comes_back_as_it_was_read(tmp_path, make):
    path = make(tmp_path / "a", ROWS)
    here, there = read(path), read_in_process(tmp_path / "out", path)
    assert there.table.to_pylist() == here.table.to_pylist()
    assert (there.columns, there.rows, there.assumptions) == (here.columns, here.rows, here.assumptions)
    assert (there.blank, there.blank_rows, there.unseen.to_pylist()) == (1, here.blank_rows, [])


def test_a_text_file_is_read_in_this_process_with_the_same_result(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Código;c0;__row\n1;2;3\n;;\n4;5\n".encode("cp1252"))
    here, there = read(path), read_in_process(tmp_path / "out", path)
    assert (there.columns, there.table.to_pylist()) == (here.columns, here.table.to_pylist())
    assert there.assumptions == here.assumptions
    assert there.blank_rows.to_pylist() == [3]


def test_a_refusal_comes_back_as_it_was_made(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", ROWS)
    with pytest.raises(SheetError) as stopped:
        read_in_process(tmp_path / "one", path, sheet="Nada")
    assert (stopped.value.code, stopped.value.params) == ("sheet.unknown", {"sheet": "Nada", "sheets": "Plan1"})
    with pytest.raises(SheetError, match=r"file\.too_many_rows\(limit=2\)"):
        read_in_process(tmp_path / "two", path, limits=Limits(rows=2))
    with pytest.raises(SheetError, match=r"file\.missing"):
        read_in_process(tmp_path / "three", tmp_path / "nada.xlsx")


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_an_error_of_the_folder_is_raised_as_such(tmp_path, name):
    path = make_xlsx(tmp_path / name, ROWS) if name == "a.xlsx" else tmp_path / name
    if name == "a.csv":
        path.write_bytes(b"Nome;Celular\nAna;11\n")
    with pytest.raises(FileNotFoundError):
        reader_process.read_into(tmp_path / "gone", path, ReadOptions(), Limits())


def in_the_reader(monkeypatch, statement):
    """Run this in the reading process instead of the reader."""
    code = (
        "import sys\nfrom omni.sheets.reading import reader_process\n"
        f"def read(path, options, limits, make_room):\n    {statement}\n"
        "reader_process.read = read\nsys.exit(reader_process._main())"
    )
    monkeypatch.setattr(reader_process, "_READER", (sys.executable, "-c", code))


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("[0 for _ in iter(int, 1)]", "file.takes_too_long"),
        ("import os; os.abort()", "file.damaged"),
        ("import os; os.kill(os.getpid(), 11)", "file.damaged"),
        ("bytearray(2**40)", "file.damaged"),
        ("held = [bytearray(2**24) for _ in range(25)]; import os; os._exit(0)", "file.damaged"),
        ("import pyarrow; pyarrow.allocate_buffer(2**40)", "file.damaged"),
        ("raise RuntimeError('x')", "file.damaged"),
    ],
)
def test_a_reader_that_hangs_crashes_or_takes_all_memory_is_a_refusal(tmp_path, monkeypatch, statement, code):
    path = make_xlsx(tmp_path / "a.xlsx", ROWS)
    in_the_reader(monkeypatch, statement)
    if code == "file.takes_too_long":
        monkeypatch.setattr(reader_process, "CPU_SECONDS", 1.0)
    with pytest.raises(SheetError) as stopped:
        read_in_process(tmp_path / "out", path)
    assert stopped.value.code == code


def test_a_reader_that_waits_for_ever_is_ended_too(tmp_path, monkeypatch):
    path = make_xlsx(tmp_path / "a.xlsx", ROWS)
    in_the_reader(monkeypatch, "import time; time.sleep(3600)")
    monkeypatch.setattr(reader_process, "WALL_SECONDS", 1.0)
    with pytest.raises(SheetError, match=r"^file\.takes_too_long"):
        read_in_process(tmp_path / "out", path)


def bomb(path, make, entry, change=bytes, padding=0):
    """Write a file with ``make``, change or add one entry, and append ``padding`` bytes of blanks to it."""
    whole = make(path.with_suffix(".1"), ROWS)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        names = dict.fromkeys([*source.namelist(), entry])
        for name in names:
            content = source.read(name) if name in source.namelist() else b""
            with made.open(name, "w") as target:
                target.write(change(content) if name == entry else content)
                for _ in range(padding // 2**20 if name == entry else 0):
                    target.write(b" " * 2**20)


def cut(path, make, length):
    path.write_bytes(make(path.with_suffix(".1"), ROWS).read_bytes()[:length])


def behind(start, more):
    return lambda xml: xml.replace(start, start + more, 1)


def before(start, more):
    return lambda xml: xml.replace(start, more + start, 1)


def lying(path, entry, size):
    """Write a bomb of half a gigabyte of shared strings whose archive claims to be small."""
    bomb(path, make_xlsx, entry, lambda xml: b"<sst/>", padding=2**29)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        real = struct.pack("<I", archive.getinfo(entry).file_size)
    assert content.count(real) == 2  # in front of the entry, and in the table of contents
    path.write_bytes(content.replace(real, struct.pack("<I", size)))


def far_cell(place):
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").encode()
    cell = b'<row r="%s"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row>' % (row, place.encode())
    return lambda path: bomb(path, make_xlsx, SHEET, before(b"</sheetData>", cell))


SHEET, CONTENT, STRINGS = "xl/worksheets/sheet1.xml", "content.xml", "xl/sharedStrings.xml"
LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9))
    + b"]>"
)
HOSTILE = {
    "one cell far away": far_cell("XFD1048576"),
    "one cell far down, and not beyond Z": far_cell("Z999999"),
    "one cell far to the right": far_cell("XFD1900"),
    "a row that no program has": far_cell("A4294967295"),
    "an archive that lies about its sizes": lambda path: lying(path, STRINGS, 1000),
    "shared strings by the million": lambda path: bomb(
        path, make_xlsx, STRINGS, lambda xml: b"<sst>" + b"<si><t>x</t></si>" * 4_000_000 + b"</sst>"
    ),
    "a billion laughs": lambda path: bomb(path, make_xlsx, SHEET, before(b"<worksheet", LAUGHS)),
    "laughs in an ods": lambda path: bomb(path, make_ods, CONTENT, before(b"<office:document", LAUGHS)),
    "a sheet of blanks": lambda path: bomb(path, make_xlsx, SHEET, padding=2**28),
    "a table of contents of blanks": lambda path: bomb(path, make_xlsx, "xl/workbook.xml", padding=2**28),
    "cells repeated by the thousand": lambda path: bomb(
        path,
        make_ods,
        CONTENT,
        lambda xml: xml.replace(
            b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" '
        ).replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="10000">'),
    ),
    "cut off": lambda path: cut(path, make_xlsx, -60),
    "cut off in an xls": lambda path: cut(path, make_xls, 2600),
    "cut off in an ods": lambda path: cut(path, make_ods, -60),
    "rows repeated by the million": lambda path: bomb(
        path,
        make_ods,
        CONTENT,
        lambda xml: xml.replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="9" ').replace(
            b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">'
        ),
    ),
    "zeros shown by the million": lambda path: bomb(
        path,
        make_ods,
        CONTENT,
        lambda xml: (
            xml.replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="900" ')
            .replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="40000">')
            .replace(b">11900000002</text:p>", b">011900000002</text:p>")
        ),
    ),
    "a tag without end": lambda path: bomb(path, make_xlsx, SHEET, behind(b"<sheetData>", b"<" + b"a" * 2**25)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_soon_and_within_little_memory(tmp_path, name):
    """Measured in a separate process, imports included, because its reading process counts as well."""
    path = tmp_path / "hostile.bin"
    HOSTILE[name](path)
    before = processor_seconds_of_children()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    took = processor_seconds_of_children() - before
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["code"].startswith("file."), found
    assert found["megabytes"] < MEGABYTES, found
    assert took < SECONDS, found


def processor_seconds_of_children():
    """Return the processor time of ended child processes and their children, which a busy machine does not inflate."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


MEASURED = """
import json, re, resource, sys
from pathlib import Path
from omni.errors import SheetError
from omni.sheets.reading.reader_process import read_into
from omni.sheets.reading.reader import Limits, ReadOptions
try:
    read_into(Path(sys.argv[2]), Path(sys.argv[1]), ReadOptions(), Limits())
    code = "read"
except SheetError as err:
    code = err.code
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
most = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps({"code": code, "megabytes": most / 1024}))
"""
