"""What to do about contacts of which we cannot know whether the provider took them: a person decides, and types it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from omni import wiring
from omni.errors import OmniError
from omni.ui import session
from omni.ui.keys import key
from omni.ui.text import error_sentence, t


def show(run: int, count: int, *, may_resend: bool) -> None:
    """The notice with the decisions there are: a cancelled campaign sends nothing any more."""
    with st.container(border=True):
        st.subheader(t("results.unknown_title", n=count), anchor=False)
        st.text(t("results.unknown_about"))
        with st.container(horizontal=True):
            if st.button(t("results.keep"), icon=":material/done:", key=key("results", "keep")):
                _open(run, "keep", count)
            if may_resend and st.button(t("results.resend"), icon=":material/redo:", key=key("results", "resend")):
                _open(run, "resend", count)


def _open(run: int, what: Literal["keep", "resend"], count: int) -> None:
    st.dialog(t(f"results.{what}"), icon=":material/help:")(_decide)(run, what, count)


def _decide(run: int, what: Literal["keep", "resend"], count: int) -> None:
    st.text(t(f"results.{what}_about", n=count))
    typed = st.text_input(t("results.type_count", count=str(count)), key=key("results", "typed", what))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("results.not_now"), key=key("results", "not_now")):
            st.rerun()
        if st.button(t(f"results.{what}_yes"), type="primary", disabled=typed.strip() != str(count),
                     key=key("results", "yes", what)):
            try:
                n = wiring.console().resolve_unknown(run, what, wiring.operator())
                session.say_after_rerun(t("results.kept" if what == "keep" else "results.resent", n=n))
            except OmniError as err:
                session.say_after_rerun(error_sentence(err), ":material/error:")
            st.rerun()
