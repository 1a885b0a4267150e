"""The table of unknown requests, and the operator's selection in it: single requests on any page, or all."""

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
_STATE: Final = ("all", "chosen", "table")
"""Fields of the keys that hold the selection."""


def table_of(shown: Sequence[UnknownRequest]) -> dict[str, Any]:
    """Return the arguments of ``st.dataframe`` that show these requests."""
    columns = {name: st.column_config.TextColumn(t(f"unknown.{name}"), width=width) for name, width in _WIDTHS.items()}
    return {
        "data": pd.DataFrame([_row(one) for one in shown]),
        "hide_index": True,
        "column_config": columns,
        "column_order": list(_WIDTHS),
        "alt": t("unknown.alt"),
    }


def reason_name(reason: str) -> str:
    """Return a reason in two or three words."""
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


def chosen(run: int) -> frozenset[int]:
    """Return the numbers of the requests selected one by one."""
    numbers: frozenset[int] = session.value(key("unknown", "chosen", run), frozenset())
    return numbers


def takes_all(run: int) -> bool:
    """Return whether the whole list is selected."""
    return bool(session.value(key("unknown", "all", run)))


def ask_for_all(run: int, requests: int) -> None:
    """Show the checkbox that selects the whole list."""
    st.checkbox(t("unknown.all", n=requests), key=key("unknown", "all", run))


def forget(run: int) -> None:
    """Clear the selection."""
    session.forget(*(key("unknown", name, run) for name in _STATE))


def table(run: int, shown: Sequence[UnknownRequest]) -> None:
    """Show one page of the list; its rows can be selected unless the whole list is."""
    options = table_of(shown) | {"height": paging.height(len(shown))}
    if takes_all(run):
        st.dataframe(**options)
        return
    numbers = [one.number for one in shown]
    # Rows are selected by their place. When the list changes, a new key makes a new table: otherwise another request
    # would be selected.
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
