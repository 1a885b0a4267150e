"""Choice of the sheet of a workbook that holds the contacts, and a look at the sheets that are not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import normalise_email, normalise_phone
from omni.sheets.blanks import blank_cells, is_blank
from omni.sheets.reading.header import EMAILS, PHONES, rank, words_of
from omni.sheets.reading.table_start import SAMPLE_ROWS, find_start, joined_titles, kind_of, spread_groups
from omni.sheets.sheet import Note, UnreadSheet

_FEW: Final = 5
"""A sheet with less than one in so many of the contacts of another one is beside the point, such as a list of sellers.
"""
_ABOUT_OTHERS: Final = re.compile(
    r"leia|read\W?me|l[eé]eme|instru|ajuda|ayuda|help|exempl|ejempl|example|capa\b|portada|cover|d[uú]vidas|legenda"
    r"|dicion|diccion|vendedor|equipe|equipo|team|config|par[aâá]metro",
    re.IGNORECASE,
)
"""Names of sheets that explain a workbook, or list other people."""


@dataclass(frozen=True, slots=True)
class SheetContacts:
    """The number of rows with a phone or an e-mail on one sheet; None when the sheet could not be looked at."""

    name: str
    contacts: int | None
    is_visible: bool


def contacts_on(columns: Sequence[pa.Array]) -> int:
    """Count the rows with a phone or an e-mail in the columns of a sheet, which are as long as each other.

    A column counts when its title says so, or without such a title when most of its first cells are phones or
    addresses.
    """
    cells = [pc.fill_null(column.cast(pa.string()), "") for column in columns if column.null_count < len(column)]
    if not cells:
        return 0
    rows = [list(row) for row in zip(*(column.slice(0, SAMPLE_ROWS).to_pylist() for column in cells), strict=True)]
    start = find_start(rows)
    below = start.place + start.height
    titles = joined_titles(spread_groups(rows[start.place : below])) if start.height else [""] * len(cells)
    holding = [
        column.slice(below)
        for at, column in enumerate(cells)
        if _holds_contacts(titles[at], [row[at] for row in rows[below:]])
    ]
    if not holding:
        return 0
    filled = pc.invert(_blank(holding[0]))
    for column in holding[1:]:
        filled = pc.or_(filled, pc.invert(_blank(column)))
    return pc.sum(filled).as_py() or 0


def _blank(column: pa.Array) -> pa.Array:
    return blank_cells(pa.chunked_array([column]))


def _holds_contacts(title: str, sample: Sequence[str]) -> bool:
    filled = [cell for cell in sample if not is_blank(cell)]
    words = words_of(title)
    is_named = bool(rank(words, PHONES) or rank(words, EMAILS))
    if is_named and any(kind_of(cell) == "contact" for cell in filled):
        return True
    read = sum((normalise_email(cell) if "@" in cell else normalise_phone(cell)).value is not None for cell in filled)
    return len(filled) > 1 and 2 * read > len(filled)


def chosen(shown: Sequence[SheetContacts]) -> SheetContacts:
    """Choose the sheet to read among visible ones, of which there is at least one.

    It is the first with contacts, unless another has many more; sheets whose name says that they are about something
    else come last. Without contacts anywhere it is the first.
    """
    holding = [one for one in shown if one.contacts]
    preferred = [one for one in holding if not _ABOUT_OTHERS.search(one.name)] or holding or shown
    most = max(one.contacts or 0 for one in preferred)
    return next(one for one in preferred if (one.contacts or 0) * _FEW >= most)


def unread(found: Sequence[SheetContacts], name: str) -> tuple[UnreadSheet, ...]:
    """Return the sheets besides the one that is read."""
    return tuple(UnreadSheet(one.name, one.contacts, not one.is_visible) for one in found if one.name != name)


def unread_notes(sheets: Sequence[UnreadSheet]) -> list[Note]:
    """Return a note about sheets with contacts that are not read, and one about the others."""
    holding = [one for one in sheets if one.contacts]
    others = [one for one in sheets if not one.contacts]
    named = [f"{one.name} ({one.contacts})" for one in holding]
    rows = sum(one.contacts or 0 for one in holding)
    return [
        *(
            [Note("contacts_in_other_sheets", {"n": len(holding), "rows": rows, "names": ", ".join(named)})]
            if holding
            else []
        ),
        *(
            [Note("sheets_unread", {"n": len(others), "names": ", ".join(one.name for one in others)})]
            if others
            else []
        ),
    ]
