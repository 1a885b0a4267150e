"""Every row written into a workbook is read, or counted as hidden or blank."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omni.errors import SheetError
from omni.sheets.reading.reader import read
from omni.sheets.sheet import ReadOptions
from tests.sheets.making import make_ods, make_xls

HEADER = ["a", "b", "c"]
CELL = st.none() | st.integers(0, 10**14) | st.text("aZ0é;\"'\u00a0", max_size=4) | st.just("11 90000-0001")
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8)
SOME_ROWS = st.sets(st.integers(2, 9), max_size=4)
SOME_COLUMNS = st.sets(st.integers(0, 2), max_size=2)


def make_xlsx(path: Path, rows, hidden_rows, hidden_columns) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    (sheet.write_string if isinstance(cell, str) else sheet.write_number)(number, place, cell)
        for number in hidden_rows:
            sheet.set_row(number - 1, options={"hidden": True})
        for place in hidden_columns:
            sheet.set_column(place, place, None, None, {"hidden": True})
    return path


MAKE = {
    "xlsx": make_xlsx,
    "xls": lambda path, rows, down, across: make_xls(path, rows, hidden_rows=down, hidden_columns=across),
    "ods": lambda path, rows, down, across: make_ods(
        path, rows, unseen=dict.fromkeys(down, "collapse"), hidden_columns=across
    ),
}


@pytest.mark.parametrize("kind", MAKE)
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(ROWS, SOME_ROWS, SOME_COLUMNS)
def test_every_cell_is_read_or_accounted_for(tmp_path, kind, rows, hidden_rows, hidden_columns):
    path = MAKE[kind](tmp_path / f"a.{kind}", [HEADER, *rows], hidden_rows, hidden_columns)
    there = {number: ["" if cell is None else str(cell) for cell in row] for number, row in enumerate(rows, start=2)}
    filled = {number for number, row in there.items() if "".join(row).strip("\u00a0")}
    try:
        sheet = read(path, ReadOptions(header_row=1))
    except SheetError as err:
        assert err.code == ("file.no_rows" if filled else "file.no_contacts")
        assert filled <= hidden_rows
        return
    shown = [place for place in range(3) if place not in hidden_columns]
    assert sheet.columns == tuple(HEADER[place] for place in shown)
    assert set(sheet.hidden_columns) == {HEADER[place] for place in hidden_columns}
    kept = dict(zip(sheet.rows.to_pylist(), sheet.table.to_pylist(), strict=True))
    unseen = dict(zip(sheet.unseen_rows.to_pylist(), sheet.unseen.to_pylist(), strict=True))
    assert set(kept) == filled - hidden_rows
    assert set(unseen) == filled & hidden_rows
    assert set(sheet.blank_rows.to_pylist()) == set(range(2, max(filled) + 1)) - filled
    for number, row in (kept | unseen).items():
        assert list(row.values()) == [there[number][place] for place in shown]
    whole = read(path, ReadOptions(header_row=1, include_hidden=True, include_hidden_columns=True))
    assert dict(zip(whole.rows.to_pylist(), whole.table.to_pylist(), strict=True)) == {
        number: dict(zip(HEADER, there[number], strict=True)) for number in filled
    }
