"""Lists of contacts written beside each other: ``11987650001, 11987650002, 11987650003`` on one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from omni.sheets.blanks import is_blank
from omni.sheets.reading.table_start import kind_of
from omni.sheets.sheet import Note

_LINES: Final = 100
_A_LIST: Final = 3
"""Contacts in each of several lines from which they are a list; two may be a person's mobile and landline."""


def contacts_below_each_other(cells: pa.Table) -> tuple[pa.Table, list[Note]]:
    """Return a table with one contact a row when ``cells`` is a list without names, else ``cells``; and notes about it.

    On a single line, and on full lines of three and more with a shorter last one, each phone or address is a contact.
    On lines of equal length it may also be that each line is one person, which a note asks the operator.
    """
    if cells.num_columns < 2 or cells.num_rows > _LINES:
        return cells, []
    lines = [[cell for cell in row.values() if not is_blank(cell)] for row in cells.to_pylist()]
    lines = [line for line in lines if line]
    if not lines or not _are_contacts(lines):
        return cells, []
    *full, last = lines
    widths = set(map(len, full))
    if (not full and len(last) > 1) or (len(widths) == 1 and len(last) < len(full[0]) and len(full[0]) >= _A_LIST):
        listed = [cell for line in lines for cell in line]
        return pa.table({"0": pa.array(listed, pa.string())}), [Note("contacts_listed", {"n": len(listed)})]
    if len(last) >= _A_LIST and widths == {len(last)}:
        return cells, [Note("contacts_in_a_row", {"n": len(last)})]
    return cells, []


def _are_contacts(lines: Sequence[Sequence[str]]) -> bool:
    """Tell whether all cells are phones, or all are addresses."""
    are_addresses = {"@" in cell for line in lines for cell in line}
    return len(are_addresses) == 1 and all(kind_of(cell) == "contact" for line in lines for cell in line)
