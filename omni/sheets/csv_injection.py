"""Protection against CSV injection: cells that a spreadsheet program would run as a formula are escaped as plain text.

A cell that begins like a formula is prefixed with an apostrophe, and so is a cell that looks as if it already had been.
Removing one apostrophe therefore restores exactly the original cell. Phones such as ``+5511…`` and negative numbers are
escaped too, because the program would show 5,51E+12. Source of the signs: OWASP, «CSV Injection».
"""

from __future__ import annotations

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_FORMULA: Final = "'*(?:[\t\r\n]|[ \t\r\n']*[-=+@＝＋－＠])"  # valid in re and in RE2
_BEGINS_FORMULA: Final = re.compile(_FORMULA)
_MARKED: Final = re.compile(f"'(?={_FORMULA})")
_HARMLESS_STARTS: Final = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ(ÁÀÂÃÉÊÍÓÔÕÚÇáàâãéêíóôõúç"
)


def escape_formula(cell: str) -> str:
    """Escape a cell so that no spreadsheet program runs it as a formula."""
    if cell[:1] in _HARMLESS_STARTS or not _BEGINS_FORMULA.match(cell):
        return cell
    return f"'{cell}"


def escape_formulas(cells: pa.StringArray) -> pa.StringArray:
    """Apply ``escape_formula`` to every cell."""
    begins = pc.match_substring_regex(cells, f"^{_FORMULA}")
    if not pc.any(begins).as_py():
        return cells
    return pc.if_else(begins, pc.binary_join_element_wise("'", cells, ""), cells)


def unescape_formula(cell: str) -> str:
    """Restore the cell that ``escape_formula`` was given."""
    return _MARKED.sub("", cell, count=1) if _MARKED.match(cell) else cell


def unescape_formulas(table: pa.Table) -> tuple[pa.Table, bool]:
    """Apply ``unescape_formula`` to every cell; also return whether any changed."""
    changed = False
    for place, column in enumerate(table.columns):
        marked = pc.match_substring_regex(column, f"^'{_FORMULA}")
        if pc.any(marked).as_py():
            changed = True
            bare = pc.utf8_slice_codeunits(column, 1)
            table = table.set_column(place, table.schema.field(place), pc.if_else(marked, bare, column))
    return table, changed
