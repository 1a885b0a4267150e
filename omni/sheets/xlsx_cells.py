"""Columns of text as the XML of a worksheet's rows. Every cell holds its own text, so that no table of all texts is in
memory; characters that mean something in XML or Excel are escaped as xlsxwriter escapes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]  # it publishes no types

from omni.sheets.cells import Harmless, bytes_of, changed

LONGEST_CELL: Final = 32_767
"""Longest text of an xlsx cell, in UTF-16 units."""

# U+FFFE and U+FFFF begin with EF; ``_x0041_`` is an escaped character.
_HARMLESS: Final = Harmless.but(inside=b"&<>_\xef", longest=LONGEST_CELL)
_ESCAPED: Final = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SPACE_AT_AN_END: Final = re.compile(r"^\s|\s$")
_END: Final = "</t></is></c>"


def rows_xml(columns: Sequence[pa.Array], first: int, style: int) -> memoryview:
    """Return the rows, numbered from ``first``, in that style. Empty cells and empty rows are left out."""
    if not columns or not len(columns[0]):
        return memoryview(b"")
    numbers = pa.array(range(first, first + len(columns[0]))).cast(pa.string())
    cells: list[pa.StringArray | str] = []
    are_filled = False
    for place, column in enumerate(columns):
        texts, any_changed = changed(column, _HARMLESS, _in_xml)
        filled = pc.not_equal(texts, "")
        all_filled = pc.all(filled).as_py()
        begin = f'<c r="{xl_col_to_name(place)}'
        middle = f'" s="{style}" t="inlineStr"><is><t>'
        if any_changed:
            # A text that keeps a space at one end brings its own <t>.
            own = pc.starts_with(texts, "<")
            texts = pc.if_else(own, texts, pc.binary_join_element_wise("<t>", texts, ""))
            middle = middle.removesuffix("<t>")
        if all_filled:
            are_filled = True
            cells += [begin, numbers, middle, texts, _END]
        else:
            cells.append(pc.if_else(filled, pc.binary_join_element_wise(begin, numbers, middle, texts, _END, ""), ""))
    rows = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
    if not are_filled:
        rows = rows.filter(pc.invert(pc.ends_with(rows, '"></row>')))
    return bytes_of(rows)


def _in_xml(cells: pa.StringArray) -> pa.StringArray:
    return pa.array(map(_cell_in_xml, cells.to_pylist()), pa.string())


def _cell_in_xml(cell: str) -> str:
    if len(cell) > LONGEST_CELL // 2:
        cell = cell.encode("utf-16-le")[: LONGEST_CELL * 2].decode("utf-16-le", "ignore")
    cell = _NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", _ESCAPED.sub(r"_x005F\1", cell))
    written = escape(cell)
    return f'<t xml:space="preserve">{written}' if _SPACE_AT_AN_END.search(cell) else written
