"""Cells of which blanks, invisible characters or an apostrophe are not sent, with a few of them before and after."""

from __future__ import annotations

import streamlit as st

from omni.core.clean_text import visible
from omni.service.checked_contacts import Summary
from omni.ui.text import plain, t


def tidied_cells(summary: Summary) -> None:
    """Show how many cells were tidied for the texts, and the first of them."""
    found = summary.tidied
    if not found.cells:
        return
    with st.expander(t("contacts.tidied", n=found.cells), icon=":material/cleaning_services:"):
        st.caption(t("contacts.tidied_about"))
        for cell in found.samples:
            place = t("contacts.tidied_cell", row=cell.row, column=plain(cell.column))
            st.text(f"{place}: {visible(cell.before)}  →  {cell.after.replace(chr(10), ' ↵ ')}")
