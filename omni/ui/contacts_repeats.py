"""Rows that repeat each other: when they do, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from omni.service.checked_contacts import Summary
from omni.sheets.checking.duplicates import DUPLICATES, SAME
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import plain, t, text


def choices(draft: OpenDraft) -> None:
    """The two decisions, one above the other."""
    now = draft.preparation
    words = {choice: t(f"contacts.{choice}") for choice in DUPLICATES}
    widget = key("contacts", "duplicates")
    session.reflect(widget, now.duplicates)
    st.segmented_control(
        t("contacts.duplicates"),
        DUPLICATES,
        key=widget,
        required=True,
        help=t("contacts.duplicates_help"),
        format_func=words.__getitem__,
        on_change=_decide,
        args=(draft, "duplicates"),
    )
    shares = {choice: t(f"contacts.same_{choice}") for choice in SAME}
    widget = key("contacts", "same")
    session.reflect(widget, now.same)
    st.selectbox(
        t("contacts.same"),
        SAME,
        key=widget,
        help=t("contacts.same_help"),
        format_func=shares.__getitem__,
        on_change=_decide,
        args=(draft, "same"),
    )


def tell(draft: OpenDraft, summary: Summary) -> None:
    """What is shared, field by field, and that repeated rows are sent to where that was decided."""
    if parts := [f"{plain(field)} {text().number(n)}" for field, n in summary.shared.items() if n]:
        st.caption(f":material/join_inner: {t('contacts.shared', parts=' · '.join(parts))}")
    if summary.repeats and draft.preparation.duplicates == "keep_all":
        st.caption(f":material/content_copy: {t('contacts.repeats_sent', n=summary.repeats)}")


def _decide(draft: OpenDraft, name: str) -> None:
    wanted: dict[str, Any] = {name: session.value(key("contacts", name))}
    session.forget(key("contacts", "page"))
    draft.change(lambda now: replace(now, **wanted))
