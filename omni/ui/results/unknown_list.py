"""Which unknown requests an operator has chosen: one by one over many pages, or the whole list.

How unknown requests and their reasons are told in a table.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from omni.core.unknown import UnknownRequest
from omni.service.raw_answers import reason_sentence
from omni.ui import paging, session
from omni.ui.keys import key
from omni.ui.text import moment, t, text

_WIDTHS: Final = {
    "number": 85, "contacts": 90, "rows_column": 110, "destination": 150, "reason": 190, "sent": 140, "again": 190,
    "status": 80, "attempt": 90, "ended": 150, "why": 480,
}  # fmt: skip


def table_of(shown: Sequence[UnknownRequest]) -> dict[str, Any]:
    """What ``st.dataframe`` is given to show these requests."""
    columns = {name: st.column_config.TextColumn(t(f"unknown.{name}"), width=width) for name, width in _WIDTHS.items()}
    return {
        "data": pd.DataFrame([_row(one) for one in shown]),
        "hide_index": True,
        "column_config": columns,
        "column_order": list(_WIDTHS),
        "alt": t("unknown.alt"),
    }


def reason_name(reason: str) -> str:
    """A reason in two or three words."""
    return t(f"unknown.reason.{reason or 'none'}")


def _row(one: UnknownRequest) -> dict[str, str]:
    is_single = one.first_row == one.last_row
    return {
        "number": str(one.number),
        "contacts": text().number(one.contacts),
        "rows_column": str(one.first_row) if is_single else f"{one.first_row}–{one.last_row}",
        "destination": one.destination,
        "reason": reason_name(one.reason),
        "sent": _moment(one.claimed_at),
        "again": t("unknown.again_yes") if one.may_resend else t("unknown.again_no", n=one.with_ids),
        "status": str(one.status or "–"),
        "attempt": str(one.attempt),
        "ended": _moment(one.finished_at),
        "why": reason_sentence(one, text()),
    }


def _moment(epoch: float | None) -> str:
    return "–" if epoch is None else moment(epoch)


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
    options = table_of(shown) | {"height": paging.height(len(shown))}
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
