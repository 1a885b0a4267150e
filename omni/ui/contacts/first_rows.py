"""The first rows of the spreadsheet as they were read, beside the choice of its header."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

import pandas as pd
import streamlit as st

from omni.sheets.sheet import Assumptions, Line, Sheet
from omni.ui.keys import key
from omni.ui.text import plain, t

Role = Literal["left_out", "header", "contact", "blank", "hidden"]
_BEGINS_LINK: Final = re.compile(r"(@|/(?=/)|\bwww)", re.IGNORECASE)
_ASKS: Final = frozenset({"no_header_guess", "header_guess", "contacts_above_header"})
"""Notes with which the rows are shown open, because the operator should look at them."""


def first_rows(sheet: Sheet, choose_header: Callable[[], None]) -> None:
    """Show the first rows with their numbers and what each was read as; ``choose_header`` shows the choice."""
    assumed = sheet.assumptions
    asks = any(note.code in _ASKS for note in assumed.notes)
    with st.expander(
        t("contacts.first_rows"), expanded=asks, icon=":material/table_rows:", key=key("contacts", "first_rows")
    ):
        if assumed.header_is_guess:
            st.warning(t("contacts.check_header"), icon=":material/help:")
        choice, _ = st.columns([4, 9])
        with choice:
            choose_header()
        st.table(_table(sheet), border="horizontal", hide_index=True, width="content")


def _table(sheet: Sheet) -> pd.DataFrame:
    assumed = sheet.assumptions
    hidden = set(sheet.unseen_rows.to_pylist()) if sheet.unseen_rows is not None else set()
    lines = []
    last = 0
    for line in assumed.first_rows:
        if line.row > last + 1:
            lines.append(["⋮", "", *[""] * len(assumed.letters)])
        last = line.row
        role = role_of(line, assumed, hidden)
        cells = [_without_links(plain(cell)) for cell in line.cells[: len(assumed.letters)]]
        cells += [""] * (len(assumed.letters) - len(cells))
        if role == "header":
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append([str(line.row), t(f"contacts.read_as_{role}"), *cells])
    return pd.DataFrame(lines, columns=[t("rows.row"), t("contacts.read_as"), *assumed.letters])


def _without_links(text: str) -> str:
    """Keep markdown from making links of addresses, with a sign of no width."""
    return _BEGINS_LINK.sub("\\1\u2060", text)


def role_of(line: Line, assumed: Assumptions, hidden: set[int]) -> Role:
    """Return what a row was read as; ``hidden`` are the numbers of hidden rows that were left out."""
    if assumed.header_row - assumed.header_height < line.row <= assumed.header_row:
        return "header"
    if not line.text:
        return "blank"
    if line.row <= assumed.header_row:
        return "left_out"
    return "hidden" if line.row in hidden else "contact"
