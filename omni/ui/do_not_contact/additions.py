"""The last additions to the do-not-contact list, each with a button that undoes it as a whole."""

from __future__ import annotations

import streamlit as st

from omni import wiring
from omni.ui import session
from omni.ui.keys import key
from omni.ui.text import moment, plain, t


def show() -> None:
    """Show the last additions; nothing while there are none."""
    additions = wiring.console().lists.do_not_contact.additions()
    if not additions:
        return
    with st.expander(t("people.additions", n=len(additions)), icon=":material/history:"):
        for each in additions:
            with st.container(horizontal=True, vertical_alignment="center"):
                source = plain(each.source) if each.source else t("people.pasted")
                facts = t(
                    "people.addition", n=each.entries, who=plain(each.added_by), when=plain(moment(each.added_at))
                )
                st.markdown(f"**{source}** · {facts}", width="stretch")
                if st.button(
                    t("people.undo"), icon=":material/undo:", type="tertiary", key=key("people", "undo", each.id)
                ):
                    title = t("people.undo_title", n=each.only_here)
                    st.dialog(title, icon=":material/warning:")(_confirm)(each.id, each.entries, each.only_here)


def _confirm(addition: int, entries: int, only_here: int) -> None:
    """Ask before undoing an addition; entries that another addition asked for stay."""
    st.text(t("people.remove_about"))
    if stay := entries - only_here:
        st.text(t("people.undo_stay", n=stay))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("people.keep"), key=key("people", "undo_keep")):
            st.rerun()
        if st.button(t("people.undo_yes"), type="primary", key=key("people", "undo_yes")):
            n = wiring.console().lists.do_not_contact.undo(addition)
            session.say_after_rerun(t("people.removed", n=n))
            st.rerun()
