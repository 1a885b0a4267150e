"""The dialog of one unknown request: the reason, the raw answers byte for byte, and its contacts."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from omni import wiring
from omni.core.unknown import UnknownRequest
from omni.service.raw_answers import LONGEST_SHOWN, RawAnswer, as_text, reason_sentence
from omni.ui import paging
from omni.ui.components.json_text import json_text
from omni.ui.keys import key
from omni.ui.text import moment, plain, t, text

_HEIGHT: Final = 260


def open_one(run: int, one: UnknownRequest) -> None:
    """Open the dialog of a request."""
    st.dialog(t("unknown.opened", number=str(one.number)), width="large", icon=":material/help:")(_opened)(run, one)


def _opened(run: int, one: UnknownRequest) -> None:
    st.text(reason_sentence(one, text()))
    answers = wiring.console().raw_answers(run, one.number)
    if not one.attempt:
        st.info(t("unknown.taken_out"), icon=":material/person_remove:")
    elif not any(each.attempt == one.attempt for each in answers):
        st.info(t("unknown.no_answer"), icon=":material/cloud_off:")
    for each in answers:
        _answer(run, one, each)
    _contacts(run, one)


def _answer(run: int, one: UnknownRequest, answer: RawAnswer) -> None:
    """Show an answer: attempt, time, status, its bytes as text, and a download."""
    title = t("unknown.answer", attempt=answer.attempt)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="content", gap="xxsmall"):
            st.markdown(f"**{plain(title)}**")
            status = str(answer.status) if answer.status is not None else t("unknown.no_status")
            st.caption(t("unknown.answer_facts", when=moment(answer.received_at), status=status))
        if answer.raw:
            # Offered as plain bytes: no browser opens them, even if they are HTML.
            st.download_button(
                t("unknown.download"),
                answer.raw,
                f"omni-{run}-{one.number}-{answer.attempt}.txt",
                "application/octet-stream",
                icon=":material/download:",
                on_click="ignore",
                help=t("unknown.download_about"),
                key=key("unknown", "answer", answer.attempt),
            )
    if not answer.raw:
        st.caption(t("unknown.empty_answer"))
        return
    shown, is_cut = as_text(answer.raw)
    json_text(shown, label=title, key=key("unknown", "raw", run, one.number, answer.attempt), height=_HEIGHT)
    if is_cut:
        st.caption(t("unknown.cut", shown=LONGEST_SHOWN, size=len(answer.raw)))


def _contacts(run: int, one: UnknownRequest) -> None:
    """Show one page of the request's contacts, including those that have an id."""
    total = one.contacts + one.with_ids
    st.markdown(f"**{t('unknown.contacts_of', n=total)}**")
    place = st.container()
    offset = paging.offset(total, key("contacts", "page", "unknown", run, one.number))
    found = wiring.console().unknown.contacts(run, one.number, limit=paging.ROWS_A_PAGE, offset=offset)
    rows = pd.DataFrame(
        [
            {
                "row": str(each.row),
                "destination": each.destination,
                "state": t("state.accepted" if each.has_id else "state.unknown"),
            }
            for each in found
        ]
    )
    columns = {name: st.column_config.TextColumn(t(f"results.{name}")) for name in ("row", "destination", "state")}
    place.dataframe(
        rows,
        hide_index=True,
        height=paging.height(len(rows), sight=6),
        column_config=columns,
        alt=t("results.title"),
    )
