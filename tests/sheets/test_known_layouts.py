"""The right columns are proposed for the layouts of real exports."""

from __future__ import annotations

import csv

import pytest

from omni.service.column_mapping import propose_columns
from omni.service.preparation import COMMON_FIELDS
from omni.sheets.reading.reader import read
from tests.sheets.known_layouts import LAYOUTS, ROWS, table_of

STAFF = {"S", "X", "E"}


@pytest.mark.parametrize(("headers", "expected"), [layout[1:] for layout in LAYOUTS], ids=[each[0] for each in LAYOUTS])
def test_the_right_columns_of_an_export_are_proposed(tmp_path, headers, expected):
    table = table_of(headers)
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    sheet = read(path)
    assert sheet.table.num_rows == ROWS
    found = propose_columns(sheet, COMMON_FIELDS)
    wanted = dict(each.split("=", 1) for each in expected.split("|"))
    assert {field: header for field, header in found.mapping.items() if field in wanted} == wanted
    assert {field for field in ("phone1", "email") if field in found.mapping} == wanted.keys() & {"phone1", "email"}
    assert found.close == {}
    staff = {header for header, _, kind in (each.rpartition("=") for each in headers.split("|")) if kind in STAFF}
    assert not staff & set(found.mapping.values())


def test_there_are_at_least_eighty_layouts():
    assert len({name for name, *_ in LAYOUTS}) == len(LAYOUTS) >= 80
