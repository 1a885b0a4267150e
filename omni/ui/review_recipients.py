"""Who is in a request, fifty to a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from omni.ui.keys import key
from omni.ui.text import t

_A_PAGE: Final = 50
_ROW_HEIGHT: Final = 36


def show(contacts: Sequence[Mapping[str, int | str]], request: int) -> None:
    """The contacts in their order: row, where the first step sends to, and the steps that reach them."""
    pages = -(-len(contacts) // _A_PAGE)
    table = st.empty()
    first = 0
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            # As wide as its content it measures itself before it has any, and shows the page one is on alone.
            at = st.pagination(pages, key=key("review", "who_page", request), width="stretch")
            first = (at - 1) * _A_PAGE
    shown = contacts[first : first + _A_PAGE]
    frame = pd.DataFrame(
        {
            "row": [contact["row"] for contact in shown],
            "destination": [contact["destination"] for contact in shown],
            "steps": [", ".join(map(str, steps_of(int(contact["plan"])))) for contact in shown],
        }
    )
    table.dataframe(
        frame,
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height="content",
        column_config={
            "row": st.column_config.NumberColumn(t("review.row"), format="%d", width="small"),
            "destination": st.column_config.TextColumn(t("review.destination")),
            "steps": st.column_config.TextColumn(t("review.steps"), width="small"),
        },
    )


def steps_of(plan: int) -> list[int]:
    """The numbers of the steps that reach a contact: bit k of ``plan`` is step k + 1."""
    return [number + 1 for number in range(plan.bit_length()) if plan >> number & 1]
