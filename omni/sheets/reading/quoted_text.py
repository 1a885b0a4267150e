"""Cells of text files that say in the language of a spreadsheet program that they are text: ``="0012"`` and ``'Nome``.

Programs write them so that Excel keeps zeros in front; the signs around the text are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.blanks import is_blank
from omni.sheets.csv_injection import unescape_formula

_TEXT: Final = r'^="(?:[^"]|"")*"$'
_COMPILED: Final = re.compile(_TEXT)


def bare_text(cell: str) -> str:
    """Return the text of a cell that is exactly ``="text"``, and any other cell unchanged."""
    if cell[:2] != '="' or not _COMPILED.fullmatch(cell):
        return cell
    return cell[2:-1].replace('""', '"')


def bare_texts(table: pa.Table) -> tuple[pa.Table, int]:
    """Apply ``bare_text`` to every cell; also return the number of cells that changed."""
    changed = 0
    for place, column in enumerate(table.columns):
        marked = pc.match_substring_regex(column, _TEXT)
        if count := pc.sum(marked).as_py():
            changed += count
            bare = pc.replace_substring(pc.utf8_slice_codeunits(column, 2, -1), '""', '"')
            table = table.set_column(place, table.schema.field(place), pc.if_else(marked, bare, column))
    return table, changed


def without_apostrophe(titles: Sequence[str]) -> list[str]:
    """Return the titles without the apostrophe that disarms a formula, or that all of them begin with."""
    filled = [title for title in titles if not is_blank(title)]
    if filled and all(title[0] == "'" for title in filled):
        return [title.removeprefix("'") for title in titles]
    return [unescape_formula(title) for title in titles]
