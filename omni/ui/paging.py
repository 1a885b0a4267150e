"""Long tables, one page at a time, in a frame of limited height."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from omni.ui import session

ROWS_A_PAGE: Final = 50
ROW_HEIGHT: Final = 36
"""Height of a table row in pixels."""
_ROWS_IN_SIGHT: Final = 12
_MARK: Final = {True: "background-color: rgba(220, 38, 38, 0.16)", False: ""}
"""Style of a marked cell: red enough to be seen on white and on black without hiding the text."""


def offset(
    total: int,
    widget: str,
    *,
    rows: int = ROWS_A_PAGE,
    centred: bool = True,
    width: Literal["stretch", "content"] = "stretch",
) -> int:
    """Draw the page control and return the index of the first row of the chosen page.

    ``total`` rows are shown ``rows`` to a page; ``widget`` is the control's key. No control is drawn, and 0 is
    returned, when all rows fit on one page. If the list has become shorter than the page last chosen, the last page is
    chosen. ``centred`` puts the control in a row of its own.
    """
    pages = -(-total // rows)
    if pages < 2:
        return 0
    if session.value(widget, 1) > pages:
        session.put(widget, pages)
    with st.container(horizontal=True, horizontal_alignment="center") if centred else nullcontext():
        # In a horizontal row the width "content" is measured before there is content: only the current page would show.
        return (st.pagination(pages, key=widget, width=width) - 1) * rows


def height(rows: int, sight: int = _ROWS_IN_SIGHT) -> int | Literal["content"]:
    """Return the height at which a table of ``rows`` rows is drawn; beyond ``sight`` rows it scrolls."""
    return "content" if rows <= sight else (sight + 1) * ROW_HEIGHT + 2


def show(
    place: DeltaGenerator, table: pd.DataFrame, columns: dict[str, Any], *, alt: str, marked: pd.DataFrame | None = None
) -> None:
    """Show one page of a table in ``place``.

    ``alt`` describes the table to screen readers. ``marked`` has the shape of ``table`` and is true for the cells to
    highlight.
    """
    place.dataframe(
        table if marked is None else table.style.apply(lambda _: marked.map(_MARK.__getitem__), axis=None),
        hide_index=True,
        height=height(len(table)),
        row_height=ROW_HEIGHT,
        placeholder="",
        column_config=columns,
        alt=alt,
    )
