"""Which unknown requests an operator has chosen: one by one over many pages, or the whole list."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import streamlit as st

from omni.service.raw_answers import UnknownRequest
from omni.ui import contacts_paging, session
from omni.ui.keys import key
from omni.ui.results_unknown_table import table_of
from omni.ui.text import t

_OF: Final = ("all", "chosen", "table")


def chosen(run: int) -> frozenset[int]:
    """The numbers of the requests that were chosen one by one."""
    numbers: frozenset[int] = session.value(key("unknown", "chosen", run), frozenset())
    return numbers


def takes_all(run: int) -> bool:
    """Whether the whole list is chosen."""
    return bool(session.value(key("unknown", "all", run)))


def ask_for_all(run: int, requests: int) -> None:
    """The box that chooses the whole list."""
    st.checkbox(t("unknown.all", n=requests), key=key("unknown", "all", run))


def forget(run: int) -> None:
    """Choose nothing."""
    session.forget(*(key("unknown", name, run) for name in _OF))


def table(run: int, shown: Sequence[UnknownRequest]) -> None:
    """A page of the list. Rows are chosen in it, unless the whole list is."""
    options = table_of(shown) | {"height": contacts_paging.height(len(shown))}
    if takes_all(run):
        st.dataframe(**options)
        return
    numbers = [one.number for one in shown]
    # A row chosen by its place must not turn into another request when the list moves up: then it is a new table.
    content = zlib.crc32(repr(numbers).encode())
    rows = [at for at, number in enumerate(numbers) if number in chosen(run)]
    event = st.dataframe(
        **options,
        key=key("unknown", "table", run, content),
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows}},
    )
    here = {numbers[at] for at in event.selection.rows if at < len(numbers)}
    session.put(key("unknown", "chosen", run), chosen(run) - set(numbers) | here)
