"""Putting people on the do-not-contact list: pasted, or from a spreadsheet, and what became of each."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import streamlit as st

from omni import wiring
from omni.errors import OmniError, folder_error
from omni.service.do_not_contact import ListImport
from omni.ui import operator_name, session
from omni.ui.contacts import upload
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

_TIMES: Final = key("people", "times")
_TOLD: Final = key("people", "told")
_NAME: Final = 120


def take() -> None:
    """The two ways in, side by side, and below them what the last one did."""
    times = int(session.value(_TIMES, 0))
    who = operator_name.ask("people")
    with st.grid(2, min_column_width=320):
        with st.container(border=True, height="stretch"):
            st.subheader(t("people.paste"), anchor=False)
            pasted = st.text_area(
                t("people.paste_label"),
                key=key("people", "pasted", times),
                height=122,
                placeholder=t("people.example"),
                help=t("people.paste_help"),
            )
            if st.button(t("people.add"), icon=":material/block:", type="primary", key=key("people", "add")):
                _add_pasted(pasted, who)
        with st.container(border=True, height="stretch"):
            st.subheader(t("people.sheet"), anchor=False)
            file = st.file_uploader(
                t("people.sheet_label"),
                type=upload.TYPES,
                key=key("people", "file", times),
                max_upload_size=wiring.console().settings.max_megabytes,
                help=t("people.sheet_help"),
            )
            if file is not None:
                with st.spinner(t("contacts.reading")):
                    _add_sheet(file.name, file.getvalue(), who)
                upload.let_go(file)
                st.rerun()
    _tell(session.take(_TOLD))


def _add_pasted(pasted: str, who: str) -> None:
    if pasted.strip():
        _done(wiring.console().lists.block_text(pasted, who))
        st.rerun()


def _add_sheet(name: str, content: bytes, who: str) -> None:
    with TemporaryDirectory(prefix="omni-") as folder:
        path = Path(folder) / "list"
        try:
            path.write_bytes(content)
            _done(wiring.console().lists.block_sheet(path, name[:_NAME], who))
        except OmniError as err:
            _done(err)
        except OSError as err:
            _done(folder_error(err))


def _done(taken: ListImport | OmniError) -> None:
    session.put(_TIMES, int(session.value(_TIMES, 0)) + 1)
    session.put(_TOLD, taken)


def _tell(told: ListImport | OmniError | None) -> None:
    if isinstance(told, OmniError):
        st.error(plain(error_sentence(told)), icon=":material/error:")
    elif told is not None:
        already = told.read - told.added
        lines = [t("people.added", n=told.added), *([t("people.already", n=already)] if already else [])]
        if told.columns:
            lines.append(t("people.columns", columns=", ".join(plain(name) for name in told.columns)))
        st.success(" ".join(lines), icon=":material/check_circle:")
        if told.other_sheets:
            names = ", ".join(plain(name) for name in told.other_sheets)
            st.warning(t("people.other_sheets", n=len(told.other_sheets), names=names), icon=":material/tab:")
        if told.unread:
            with st.container(border=True):
                st.markdown(f":orange[:material/warning: **{t('people.unread', n=told.unread)}**]")
                st.text(
                    "\n".join(
                        t("people.line", row=row, value=" ".join(value.split())) for row, value in told.not_understood
                    )
                )
