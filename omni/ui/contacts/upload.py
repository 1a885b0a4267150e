"""Uploads of a spreadsheet, and the Contacts page before there is one.

An upload is saved to disk and read once; only if that succeeds does it replace the draft's former spreadsheet.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from omni import wiring
from omni.errors import OmniError
from omni.locale import LANGUAGES, Text
from omni.service.checking import load_sheet
from omni.service.column_mapping import matched
from omni.service.preparation import Preparation
from omni.sheets.sheet import ReadOptions
from omni.ui import drafting, session
from omni.ui.contacts import downloads, lists
from omni.ui.contacts.rules import MAX_NAME
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

TYPES: Final = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "vcf")
_TIMES: Final = key("contacts", "uploads")
_FAILED: Final = key("contacts", "upload_failed")


def times() -> int:
    """Return the number of uploads in this tab; a widget with it in its key is reset after each upload."""
    return int(session.value(_TIMES, 0))


def show_failure(draft: OpenDraft | None) -> None:
    """Show the error of the last upload, once, and that the former spreadsheet is kept if there is one."""
    failed: OmniError | None = session.take(_FAILED)
    if failed is not None:
        st.error(plain(error_sentence(failed)), icon=":material/error:")
        if draft is not None and draft.preparation.upload is not None:
            st.caption(t("contacts.kept_former"))


def uploader(draft: OpenDraft | None) -> None:
    """Show the upload field; the uploaded spreadsheet becomes that of the draft, or of a new draft."""
    file = st.file_uploader(
        t("contacts.upload"),
        type=TYPES,
        key=key("contacts", "upload", times()),
        max_upload_size=wiring.console().settings.max_megabytes,
        help=t("contacts.upload_help"),
    )
    if file is None:
        return
    with st.spinner(t("contacts.reading")):
        try:
            take(draft, file.name, file)
        except OmniError as err:
            session.put(_FAILED, err)
    free(file)
    session.put(_TIMES, times() + 1)
    session.forget(key("contacts", "page"))
    st.rerun()


def free(file: UploadedFile) -> None:
    """Free the memory of an upload.

    Streamlit keeps it until the session ends, even if the uploader with that key is not drawn any more (1.67,
    ``runtime/memory_uploaded_file_manager.py``).
    """
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)


def take(draft: OpenDraft | None, name: str, data: BinaryIO) -> OpenDraft:
    """Make the spreadsheet that of the draft, with a proposed column mapping, and return the draft.

    Without a draft a new one is started. Columns that were matched before, in this draft or in a spreadsheet with the
    same headers, are matched in the same way. Raises ``SheetError`` or ``StoreError``; the draft is then unchanged.
    """
    target = draft or drafting.start()
    workspace = wiring.console().workspace(target.id)
    former = target.preparation.upload
    try:
        upload = workspace.keep_upload(name, data)
        trial = replace(target.preparation, upload=upload, reading=ReadOptions())
        sheet = load_sheet(workspace, trial)
        found = matched(wiring.console().lists.mappings, trial, sheet)
        target.change(
            lambda now: replace(
                now,
                upload=upload,
                reading=ReadOptions(),
                mapping=found.mapping,
                chosen=found.chosen,
                fixes="",
                is_country_chosen=False,
            ),
            name=Path(name).stem.strip()[:MAX_NAME] if _is_untitled(target.name) else None,
        )
    except OmniError:
        if draft is None:
            drafting.discard(target.id)
        else:
            workspace.keep_only(former)
        raise
    workspace.keep_only(upload)
    return target


def _is_untitled(name: str) -> bool:
    return name in {Text(language)("draft.untitled") for language in LANGUAGES}


def begin(draft: OpenDraft | None) -> None:
    """Show the Contacts page without a spreadsheet: upload field, sample download and kept lists.

    A sent campaign does not change any more: an upload starts another one.
    """
    open_draft = draft
    if draft is not None and draft.is_sent:
        st.info(t("contacts.sent_before", name=plain(draft.name)), icon=":material/lock:")
        open_draft = None
    with st.container(border=True):
        st.subheader(t("contacts.upload_title"), anchor=False)
        st.markdown(t("contacts.upload_about"))
        show_failure(open_draft)
        uploader(open_draft)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("contacts.sample_about"), width="stretch")
            preparation = (
                open_draft.preparation if open_draft else Preparation(country=wiring.console().settings.country)
            )
            downloads.sample(preparation.fields())
    lists.choose(open_draft)
