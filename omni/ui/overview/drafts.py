"""Campaigns in preparation on the Overview page, each with buttons to continue or delete it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.service.preparation import Preparation
from omni.ui import drafting, session, shell
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import moment, plain, t

_FIRST: Final = 4


def open_drafts() -> list[OpenDraft]:
    """Return the drafts that no campaign was created from yet, the last saved first."""
    return [OpenDraft(draft) for draft in wiring.console().drafts.list() if draft.state == "open"]


def drafts(found: list[OpenDraft]) -> None:
    """Show a card for each draft; only the first few until the operator asks for all."""
    st.subheader(t("overview.drafts"), anchor=False)
    shows_all = session.value(key("overview", "all"), False)
    with st.grid(2, min_column_width=320, gap="small"):
        for draft in found if shows_all else found[:_FIRST]:
            _card(draft)
    if len(found) > _FIRST:
        st.toggle(t("overview.all_drafts", n=len(found)), key=key("overview", "all"))


def next_page(preparation: Preparation) -> str:
    """Return the name of the page to continue on: the first with something missing."""
    if preparation.upload is None:
        return "contacts"
    return "review" if preparation.template.steps else "flow"


def _card(draft: OpenDraft) -> None:
    upload = draft.preparation.upload
    with (
        st.container(border=True, height="stretch"),
        st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"),
    ):
        with st.container(gap="xxsmall", width="content"):
            st.markdown(f"**{plain(draft.name)}**")
            file = plain(upload.name) if upload else t("overview.no_file")
            steps = _steps(len(draft.preparation.template.steps))
            st.caption(f"{file} · {steps}")
            st.caption(t("overview.saved", when=moment(draft.saved_at)))
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            if st.button(t("overview.continue"), key=key("overview", "continue", draft.id)):
                session.use_draft(draft.id)
                st.switch_page(shell.page_path(next_page(draft.preparation)), query_params={"draft": draft.id})
            if st.button(t("overview.delete"), type="tertiary", key=key("overview", "delete", draft.id)):
                _confirm(draft)


def _steps(count: int) -> str:
    return t("overview.steps", n=count) if count else t("overview.no_steps")


def _confirm(draft: OpenDraft) -> None:
    """Open the dialog that asks before deleting a draft."""
    st.dialog(t("overview.delete_title"))(_ask)(draft)


def _ask(draft: OpenDraft) -> None:
    st.markdown(t("overview.delete_about", name=plain(draft.name)))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("overview.keep"), key=key("overview", "keep")):
            st.rerun()
        if st.button(
            t("overview.delete"),
            type="primary",
            icon=":material/delete:",
            key=key("overview", "delete_yes"),
            on_click=_delete,
            args=(draft.id,),
        ):
            st.rerun()


def _delete(identifier: str) -> None:
    drafting.discard(identifier)
    session.say_after_rerun(t("overview.deleted"), ":material/delete:")
