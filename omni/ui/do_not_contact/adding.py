"""Additions to the do-not-contact list, pasted or from a spreadsheet, and the result of the last one."""

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

_USES: Final = key("people", "times")
_RESULT: Final = key("people", "told")
_NAME_LENGTH: Final = 120


def take() -> None:
    """Show the field to paste into and the upload field side by side, and the result of the last addition below."""
    times = int(session.value(_USES, 0))
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
                upload.free(file)
                st.rerun()
    _show(session.take(_RESULT))


def _add_pasted(pasted: str, who: str) -> None:
    if pasted.strip():
        _done(wiring.console().lists.block_text(pasted, who))
        st.rerun()


def _add_sheet(name: str, content: bytes, who: str) -> None:
    with TemporaryDirectory(prefix="omni-") as folder:
        path = Path(folder) / "list"
        try:
            path.write_bytes(content)
            _done(wiring.console().lists.block_sheet(path, name[:_NAME_LENGTH], who))
        except OmniError as err:
            _done(err)
        except OSError as err:
            _done(folder_error(err))


def _done(result: ListImport | OmniError) -> None:
    """Keep the result for the next run, and reset both fields by changing their keys."""
    session.put(_USES, int(session.value(_USES, 0)) + 1)
    session.put(_RESULT, result)


def _show(result: ListImport | OmniError | None) -> None:
    """Show an error, or how many entries were added, were there already, or were not understood."""
    if isinstance(result, OmniError):
        st.error(plain(error_sentence(result)), icon=":material/error:")
    elif result is not None:
        already = result.read - result.added
        lines = [t("people.added", n=result.added), *([t("people.already", n=already)] if already else [])]
        if result.columns:
            lines.append(t("people.columns", columns=", ".join(plain(name) for name in result.columns)))
        st.success(" ".join(lines), icon=":material/check_circle:")
        if result.other_sheets:
            names = ", ".join(plain(name) for name in result.other_sheets)
            st.warning(t("people.other_sheets", n=len(result.other_sheets), names=names), icon=":material/tab:")
        if result.unread:
            with st.container(border=True):
                st.markdown(f":orange[:material/warning: **{t('people.unread', n=result.unread)}**]")
                st.text(
                    "\n".join(
                        t("people.line", row=row, value=" ".join(value.split())) for row, value in result.not_understood
                    )
                )
