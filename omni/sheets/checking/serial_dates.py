"""Cells that no text should use as they are: error values, and numbers of days in a column of dates.

``46366`` is what a spreadsheet program shows as 10/12/2026. Such numbers get into a text file, or into cells without a
format, when dates are copied as values.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import ERROR_VALUES
from omni.sheets.checking.findings import SCHEMA, findings_about
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask, one_chunk

SERIAL_DATE: Final = "text.serial_date"
ERROR_VALUE: Final = "text.error_value"
"""Codes of the findings."""

_DATE: Final = r"^\s*(?:\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{4}-\d{1,2}-\d{1,2})(?:[T ,]+\d{1,2}:\d\d.*)?\s*$"
_TIME: Final = r"^\s*\d{1,2}:\d\d(?::\d\d)?(?:\s*[AaPp]\.?\s?[Mm]\.?)?\s*$"
_DAYS: Final = r"^\s*[2-7]\d{4}(?:[.,]\d+)?\s*$"
"""Days from 1954 to 2119."""
_PART_OF_DAY: Final = r"^\s*0[.,]\d{2,}\s*$"
_SMALLEST_SHARE: Final = 0.5
"""Share of dates among the cells that are neither empty nor numbers of days, in a column of dates."""
_EPOCH: Final = date(1899, 12, 30)
_MINUTES: Final = 1_440
_TITLE: Final = re.compile(
    r"\b(?:data|date|fecha|dia|venc\w*|nasc\w*|nacim\w*|anivers\w*|cumple\w*|due|birth\w*|birthday|emiss\w*|emision|"
    r"cadastr\w*|validade)\b"
)


def serial_dates(sheet: Sheet, header: str, name: str) -> pa.Table:
    """Return a warning, in the form of ``SCHEMA``, for each number of days among the dates or times of a column.

    ``name`` is the placeholder that uses the column. A column whose title says that it holds dates needs no other date.
    """
    cells = one_chunk(sheet.table.column(header))
    for shown, number in ((_DATE, _DAYS), (_TIME, _PART_OF_DAY)):
        is_number = np.asarray(pc.match_substring_regex(cells, number))
        if not is_number.any():
            continue
        others = cells.filter(pa.array(~is_number))
        filled = pc.sum(pc.not_equal(pc.utf8_trim_whitespace(others), "")).as_py() or 0
        dates = pc.sum(pc.match_substring_regex(others, shown)).as_py() or 0
        if (dates >= filled * _SMALLEST_SHARE) if filled else (shown == _DATE and bool(_TITLE.search(_plain(header)))):
            found = cells.filter(pa.array(is_number))
            proposals = pa.array([_meant(text) for text in found.to_pylist()], pa.string())
            return findings_about(
                sheet, is_number, cells, code=SERIAL_DATE, header=header, field=name, proposals=proposals
            )
    return SCHEMA.empty_table()


def error_values(sheet: Sheet, header: str, name: str, empty: Mask) -> pa.Table:
    """Return a warning, in the form of ``SCHEMA``, for each error value such as ``#N/D`` in a column.

    Cells that count as ``empty`` are left out: they are gaps.
    """
    cells = one_chunk(sheet.table.column(header))
    is_error = np.asarray(pc.match_substring_regex(cells, ERROR_VALUES)) & ~empty
    return findings_about(sheet, is_error, cells, code=ERROR_VALUE, header=header, field=name)


def _meant(text: str) -> str:
    """Return the date or time that a program shows for a number of days."""
    days, _, rest = text.strip().replace(",", ".").partition(".")
    minutes = round(float(f"0.{rest or 0}") * _MINUTES)
    time = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if days == "0":
        return time
    shown = (_EPOCH + timedelta(days=int(days))).strftime("%d/%m/%Y")
    return f"{shown} {time}" if minutes else shown


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char))
