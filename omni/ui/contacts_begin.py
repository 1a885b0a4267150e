"""Before there is a spreadsheet: where to put it, and a sample for those who have none."""

from __future__ import annotations

import streamlit as st

from omni import wiring
from omni.service.preparation import Preparation
from omni.ui import contacts_downloads, contacts_lists, contacts_upload
from omni.ui.drafting import OpenDraft
from omni.ui.text import plain, t


def begin(draft: OpenDraft | None) -> None:
    """The way in. Of a campaign that was sent nothing changes any more: an upload begins another one."""
    open_draft = draft
    if draft is not None and draft.is_sent:
        st.info(t("contacts.sent_before", name=plain(draft.name)), icon=":material/lock:")
        open_draft = None
    with st.container(border=True):
        st.subheader(t("contacts.upload_title"), anchor=False)
        st.markdown(t("contacts.upload_about"))
        contacts_upload.say_what_failed(open_draft)
        contacts_upload.uploader(open_draft)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("contacts.sample_about"), width="stretch")
            preparation = (
                open_draft.preparation if open_draft else Preparation(country=wiring.console().settings.country)
            )
            contacts_downloads.sample(preparation.fields())
    contacts_lists.choose(open_draft)
