"""How unknown requests and their reasons are told in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from omni.service.raw_answers import UnknownRequest, reason_sentence
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
