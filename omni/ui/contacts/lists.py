"""Lists of contacts kept under a name in one campaign, to be used again in another."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.core.draft import ContactList
from omni.errors import OmniError
from omni.service.checked_contacts import CheckedContacts, whole_of
from omni.ui import drafting, session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import error_sentence, moment, plain, t

_NAME_LENGTH: Final = 80


def keep(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show the button, with a small form, that keeps the draft's contacts as a list under a name."""
    done = int(session.value(key("contacts", "lists_kept"), 0))
    with st.popover(t("contacts.keep_list"), icon=":material/bookmark_add:", key=key("contacts", "keep", done)):
        st.caption(t("contacts.keep_about"))
        name = st.text_input(
            t("contacts.list_name"), value=draft.name, max_chars=_NAME_LENGTH, key=key("contacts", "list_name", done)
        )
        if st.button(t("contacts.keep_yes"), type="primary", key=key("contacts", "keep_yes")) and name.strip():
            try:
                _keep(draft, name.strip(), checked)
            except OmniError as err:
                st.error(plain(error_sentence(err)), icon=":material/error:")
                return
            session.put(key("contacts", "lists_kept"), done + 1)
            session.say_after_rerun(t("contacts.list_kept", name=plain(name.strip())), ":material/bookmark_added:")
            st.rerun()


def _keep(draft: OpenDraft, name: str, checked: CheckedContacts) -> None:
    console = wiring.console()
    contacts = whole_of(checked).summary.rows["ready"]
    console.lists.keep(console.workspace(draft.id), draft.preparation, name, contacts)


def choose(draft: OpenDraft | None) -> None:
    """Show the kept lists, each with a button to use it; nothing if there are none."""
    lists = wiring.console().lists.kept.all()
    if not lists:
        return
    with st.container(border=True):
        st.subheader(t("contacts.kept_lists"), anchor=False)
        st.caption(t("contacts.kept_about"))
        for kept in lists:
            _row(draft, kept)


def _row(draft: OpenDraft | None, kept: ContactList) -> None:
    """Show a kept list: its name and facts, and buttons to rename, download, delete and use it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap="xxsmall", width="stretch"):
            st.text(kept.name)
            st.caption(t("contacts.kept_facts", n=kept.contacts, when=moment(kept.created_at)))
        with st.popover(t("contacts.list_more"), icon=":material/more_horiz:", key=key("contacts", "list", kept.id)):
            renamed = key("contacts", "rename", kept.id)
            st.text_input(
                t("contacts.list_name"),
                value=kept.name,
                max_chars=_NAME_LENGTH,
                key=renamed,
                on_change=_rename,
                args=(kept.id,),
            )
            name, file = wiring.console().lists.spreadsheet(kept)
            if file.exists():
                st.download_button(
                    t("contacts.list_download"),
                    file.read_bytes,
                    file_name=name,
                    on_click="ignore",
                    icon=":material/download:",
                    key=key("contacts", "list_file", kept.id),
                )
            if st.button(t("contacts.list_delete"), icon=":material/delete:", key=key("contacts", "forget", kept.id)):
                st.dialog(t("contacts.list_delete_title", name=plain(kept.name)))(_ask)(kept)
        if st.button(t("contacts.list_use"), icon=":material/arrow_forward:", key=key("contacts", "use", kept.id)):
            _use(draft, kept)


def _use(draft: OpenDraft | None, kept: ContactList) -> None:
    """Put the kept list into the draft, or into a new one; on an error a new draft is deleted again."""
    target = draft or drafting.start(name=kept.name)
    try:
        console = wiring.console()
        wanted = console.lists.use(kept, console.workspace(target.id), target.preparation)
    except OmniError as err:
        if draft is None:
            drafting.discard(target.id)
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return
    target.change(lambda _: wanted)
    st.rerun()


def _rename(list_id: str) -> None:
    name = str(session.value(key("contacts", "rename", list_id)) or "").strip()
    if name:
        wiring.console().lists.kept.rename(list_id, name)


def _ask(kept: ContactList) -> None:
    """Ask before deleting a kept list; shown in a dialog."""
    st.text(t("contacts.list_delete_about"))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("contacts.list_keep"), key=key("contacts", "forget_not")):
            st.rerun()
        if st.button(
            t("contacts.list_delete"),
            type="primary",
            icon=":material/delete:",
            key=key("contacts", "forget_yes"),
            on_click=_forget,
            args=(kept,),
        ):
            st.rerun()


def _forget(kept: ContactList) -> None:
    wiring.console().lists.forget(kept.id)
    session.say_after_rerun(t("contacts.list_deleted", name=plain(kept.name)), ":material/delete:")
