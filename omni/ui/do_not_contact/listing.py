"""The do-not-contact list on its page: search, paging, removal of entries, and download."""

from __future__ import annotations

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from omni import wiring
from omni.locale import Text
from omni.ui import paging, session
from omni.ui.download_file import content_of
from omni.ui.keys import key
from omni.ui.text import moment, plain, t, text

_SEARCH: Final = key("people", "search")
_TABLE: Final = key("people", "table")


def download() -> None:
    """Offer the whole list as csv; nothing is shown while the list is empty."""
    if wiring.console().lists.do_not_contact.count():
        st.download_button(
            t("people.download"),
            partial(_file, text()),
            file_name=t("people.file"),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=key("people", "download"),
        )


def _file(words: Text) -> bytes:
    return content_of(lambda path: wiring.console().lists.write_blocked(path, words), ".csv")


def show() -> None:
    """Show one page of the list, with a button that removes the selected entries."""
    people = wiring.console().lists.do_not_contact
    total = people.count()
    st.subheader(t("people.count", n=total), anchor=False)
    if not total:
        st.caption(t("people.empty"))
        return
    search = st.text_input(
        t("people.search"),
        key=_SEARCH,
        icon=":material/search:",
        placeholder=t("people.search_hint"),
        width=420,
        label_visibility="collapsed",
    )
    found = people.page(search.strip(), 0)
    place = st.container()
    offset = paging.offset(found.total, key("contacts", "page", "people"))
    entries = people.page(search.strip(), paging.ROWS_A_PAGE, offset).entries
    if not entries:
        place.caption(t("people.nothing_found"))
        return
    table = pd.DataFrame(
        {
            "destination": [entry.destination for entry in entries],
            "source": [entry.source or t("people.pasted") for entry in entries],
            "added_by": [entry.added_by for entry in entries],
            "added_at": [moment(entry.added_at) for entry in entries],
        }
    )
    columns = {name: st.column_config.TextColumn(t(f"people.{name}")) for name in table.columns}
    chosen = place.dataframe(
        table,
        hide_index=True,
        column_config=columns,
        height="content",
        key=_TABLE,
        on_select="rerun",
        selection_mode="multi-row",
        alt=t("people.title"),
    )
    keys = [entries[at].key for at in chosen.selection.rows if at < len(entries)]
    names = [entries[at].destination for at in chosen.selection.rows if at < len(entries)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            t("people.remove", n=len(keys)), icon=":material/undo:", disabled=not keys, key=key("people", "remove")
        ):
            st.dialog(t("people.remove_title", n=len(keys)), icon=":material/warning:")(_confirm)(keys, names)
        st.caption(t("people.remove_hint"))


def _confirm(keys: list[str], names: list[str]) -> None:
    """Ask before removing the entries; up to ten of their ``names`` are shown."""
    st.text(t("people.remove_about"))
    st.markdown(" · ".join(plain(name) for name in names[:10]))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("people.keep"), key=key("people", "keep")):
            st.rerun()
        if st.button(t("people.remove_yes", n=len(keys)), type="primary", key=key("people", "remove", "yes")):
            n = wiring.console().lists.do_not_contact.remove(keys)
            session.forget(_TABLE)
            session.say_after_rerun(t("people.removed", n=n))
            st.rerun()
