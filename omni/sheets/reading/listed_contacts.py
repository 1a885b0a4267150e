"""Lists of contacts as people type them: beside each other on one line, or with the name and the number in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import normalise_phone
from omni.sheets.blanks import is_blank
from omni.sheets.reading.table_start import is_title, kind_of
from omni.sheets.sheet import Note

_LINES: Final = 100
_A_LIST: Final = 3
"""Contacts in each of several lines from which they are a list; two may be a person's mobile and landline."""
_SEPARATORS: Final = (re.compile(r"[/\\,;|]|\s(?:e|y|and)\s"), re.compile(r"\s+"))
_LONGEST: Final = 100_000
"""Characters of a list in one cell."""
_NAME_AND_NUMBER: Final = (
    r"^\s*(?:\d{1,3}[.)]\s+)?(?P<before>[^\d+(@<]*?)[\s:\x{2013}\x{2014}-]*"
    r"(?P<number>\+?\(?\d[\d\s().-]{6,}\d)"
    r"[\s:\x{2013}\x{2014}(-]*(?P<after>[^\d@<]*?)[\s)]*$"
)
"""A name before or after a number, apart by blanks, a dash, a colon or brackets: «Ana - 11 98765-0001»."""
_MOST_UNLIKE: Final = 0.2
"""Share of cells in another form up to which names and numbers can be separated."""


def as_list(cells: pa.Table) -> tuple[pa.Table, list[Note]]:
    """Return the contacts of a table without header one a row, with their names in a column of their own; and notes."""
    listed, notes = contacts_below_each_other(cells)
    apart, more = names_apart(listed)
    return apart, [*notes, *more]


def names_apart(cells: pa.Table) -> tuple[pa.Table, list[Note]]:
    """Return a column of names and one of numbers when ``cells`` has one column with both in a cell, else ``cells``.

    A cell in another form stays whole: among the numbers when it holds a contact, else among the names.
    """
    if cells.num_columns != 1 or not cells.num_rows:
        return cells, []
    column = cells.column(0).combine_chunks()
    sample = [cell for cell in column.slice(0, _LINES).to_pylist() if not is_blank(cell)]
    found = pc.extract_regex(pa.array(sample, pa.string()), _NAME_AND_NUMBER).to_pylist()
    alike = [one for one in found if one and kind_of(one["number"]) == "contact" and not _is_label(one)]
    if len(alike) < (1 - _MOST_UNLIKE) * len(sample) or not any(one["before"] or one["after"] for one in alike):
        return cells, []
    parts = pc.extract_regex(column, _NAME_AND_NUMBER)
    is_split = pc.is_valid(parts)
    before, number, after = (pc.struct_field(parts, name) for name in ("before", "number", "after"))
    holds_contact = pc.match_substring_regex(column, r"@|(?:\d\D{0,3}){8}")
    names = pc.utf8_trim_whitespace(pc.binary_join_element_wise(before, after, ""))
    names = pc.if_else(is_split, names, pc.if_else(holds_contact, "", column))
    numbers = pc.if_else(is_split, pc.utf8_trim_whitespace(number), pc.if_else(holds_contact, column, ""))
    note = Note("names_apart", {"n": pc.sum(pc.and_(is_split, pc.not_equal(names, ""))).as_py() or 0})
    return pa.table({"0": names, "1": numbers}), [note]


def _is_label(found: dict[str, str]) -> bool:
    """Tell whether what stands beside a number is no name: words that say what it is («Cel: …»), or a link."""
    before = found["before"]
    is_link = "//" in before or before.endswith(("/", "="))
    return is_link or any(is_title(found[side]) for side in ("before", "after") if found[side])


def contacts_below_each_other(cells: pa.Table) -> tuple[pa.Table, list[Note]]:
    """Return a table with one contact a row when ``cells`` is a list without names, else ``cells``; and notes about it.

    On a single line, and on full lines with a shorter last one, each phone or address is a contact. On lines of equal
    length it may also be that each line is one person, which a note asks the operator; likewise for names among the
    contacts of a single line.
    """
    if cells.num_rows > _LINES:
        return cells, []
    lines = [[cell for cell in row.values() if not is_blank(cell)] for row in cells.to_pylist()]
    lines = [line for line in lines if line]
    if [len(line) for line in lines] == [1]:
        lines = [_within(lines[0][0])]
    if not lines or len(lines[0]) < 2:
        return cells, []
    if not _are_contacts(lines):
        return cells, _names_among(lines)
    *full, last = lines
    widths = set(map(len, full))
    least = 2 if "@" in last[0] else _A_LIST
    if not full or (len(widths) == 1 and len(last) < len(full[0]) and len(full[0]) >= least):
        listed = [cell for line in lines for cell in line]
        return pa.table({"0": pa.array(listed, pa.string())}), [Note("contacts_listed", {"n": len(listed)})]
    if len(last) >= least and widths == {len(last)}:
        return cells, [Note("contacts_in_a_row", {"n": len(last)})]
    return cells, []


def _within(cell: str) -> list[str]:
    """Split the only cell of a file into its phones, if it consists of several: «11987650001 / 11987650002»."""
    for separator in _SEPARATORS:
        pieces = [piece for piece in separator.split(cell[:_LONGEST].strip()) if piece]
        if len(pieces) > 1 and all(normalise_phone(piece).value for piece in pieces):
            return pieces
    return [cell]


def _names_among(lines: Sequence[Sequence[str]]) -> list[Note]:
    """Make a note when a file's only line has several phones or addresses and several other cells."""
    if len(lines) > 1:
        return []
    contacts = [cell for cell in lines[0] if kind_of(cell) == "contact"]
    are_alike = len({"@" in cell for cell in contacts}) == 1
    is_list = are_alike and len(contacts) > 1 and len(lines[0]) > _A_LIST
    return [Note("contacts_in_a_row", {"n": len(contacts)})] if is_list else []


def _are_contacts(lines: Sequence[Sequence[str]]) -> bool:
    """Tell whether all cells are phones, or all are addresses."""
    are_addresses = {"@" in cell for line in lines for cell in line}
    return len(are_addresses) == 1 and all(kind_of(cell) == "contact" for line in lines for cell in line)
