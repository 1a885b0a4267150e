"""Long tables a page at a time, in a frame that does not push the rest of the page away."""

from __future__ import annotations

from typing import Any, Final, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from omni.ui import session
from omni.ui.keys import key

ROWS_A_PAGE: Final = 50
_ROW_HEIGHT: Final = 36
_ROWS_IN_SIGHT: Final = 12
_MARK: Final = {True: "background-color: rgba(220, 38, 38, 0.16)", False: ""}
"""Red enough to be seen on white and on black, and not to hide what stands on it."""


def offset(total: int, *parts: str, rows: int = ROWS_A_PAGE) -> int:
    """Draws the control; returns where the page asked for begins. No control when everything fits on one."""
    pages = -(-total // rows)
    if pages < 2:
        return 0
    widget = key("contacts", "page", *parts)
    if session.value(widget, 1) > pages:
        session.put(widget, pages)
    with st.container(horizontal=True, horizontal_alignment="center"):
        # As wide as its content it measures itself before it has any, and shows the page one is on alone.
        return (st.pagination(pages, key=widget, width="stretch") - 1) * rows


def height(rows: int, sight: int = _ROWS_IN_SIGHT) -> int | Literal["content"]:
    """How high a table is drawn: past ``sight`` rows it scrolls."""
    return "content" if rows <= sight else (sight + 1) * _ROW_HEIGHT + 2


def show(
    place: DeltaGenerator, table: pd.DataFrame, columns: dict[str, Any], *, alt: str, marked: pd.DataFrame | None = None
) -> None:
    """One page of a table; ``alt`` says what it is to those who do not see it. ``marked`` is a table of the same
    shape, true for the cells that stand out."""
    place.dataframe(
        table if marked is None else table.style.apply(lambda _: marked.map(_MARK.__getitem__), axis=None),
        hide_index=True,
        height=height(len(table)),
        row_height=_ROW_HEIGHT,
        placeholder="",
        column_config=columns,
        alt=alt,
    )
