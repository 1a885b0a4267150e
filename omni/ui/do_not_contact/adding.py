"""Additions to the do-not-contact list: pasted, or from a spreadsheet after showing what it would add."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from omni import wiring
from omni.errors import OmniError, folder_error
from omni.service.do_not_contact import FileChoices, ListImport, ListPreview
from omni.ui import operator_name, session
from omni.ui.contacts import upload
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t, text

_USES: Final = key("people", "times")
_RESULT: Final = key("people", "result")
_COLUMNS: Final = key("people", "columns")
_OPT_OUT: Final = key("people", "opt_out")
_PREVIEW: Final = key("people", "preview")
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
        _ask(file, who)
    _show(session.take(_RESULT))


def _add_pasted(pasted: str, who: str) -> None:
    if pasted.strip():
        _done(wiring.console().lists.block_text(pasted, who))
        st.rerun()


def _ask(file: UploadedFile, who: str) -> None:
    """Show what the spreadsheet would add, with the columns to choose, and add it once the operator agrees."""
    chosen = FileChoices(session.value(_COLUMNS), session.value(_OPT_OUT))
    try:
        with st.spinner(t("contacts.reading")):
            preview = _preview(file, chosen)
    except OmniError as err:
        upload.free(file)
        _done(err)
        st.rerun()
    with st.container(border=True, key=key("people", "preview_panel")):
        st.markdown(f"**{plain(file.name)}** · {t('people.would_add', n=preview.new)}")
        if already := preview.read - preview.new:
            st.caption(t("people.already", n=already))
        headers = [column.header for column in preview.columns]
        st.multiselect(
            t("people.columns_read"),
            [*headers, *preview.unused],
            default=None if chosen.columns is not None else headers,
            key=_COLUMNS,
            placeholder=t("contacts.choose_needed"),
        )
        _only_some(preview)
        for column in preview.columns:
            samples = " · ".join(column.samples)
            st.text(f"{column.header}: {text().number(column.found)}  {samples}")
        _not_understood(preview)
        _other_sheets(preview)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(t("people.do_not_add"), key=key("people", "do_not_add")):
                upload.free(file)
                _reset()
                st.rerun()
            if st.button(
                t("people.add_n", n=preview.new),
                type="primary",
                icon=":material/block:",
                disabled=not preview.new,
                key=key("people", "add_sheet"),
            ):
                with st.spinner(t("contacts.reading")):
                    _add_sheet(file, FileChoices(headers, chosen.opt_out), who)
                upload.free(file)
                st.rerun()


def _only_some(preview: ListPreview) -> None:
    """Offer to add only the rows that opted out, if the file says so of some."""
    if not preview.opt_out:
        return
    counts = dict(preview.opt_out)
    words: dict[str | None, str] = {None: t("people.all_rows", n=preview.rows)}
    words |= {header: t("people.rows_by", column=plain(header), n=n) for header, n in counts.items()}
    st.radio(t("people.which_rows"), list(words), key=_OPT_OUT, format_func=words.__getitem__)


def _preview(file: UploadedFile, choices: FileChoices) -> ListPreview:
    """Return what the file would add; it is read again only for other choices."""
    wanted = _fingerprint(file, choices)
    known = session.value(_PREVIEW)
    if known is not None and known[0] == wanted:
        preview: ListPreview = known[1]
        return preview
    with TemporaryDirectory(prefix="omni-") as folder:
        preview = wiring.console().lists.preview_sheet(_written(file, folder), choices)
    session.put(_PREVIEW, (wanted, preview))
    if choices.columns is None:
        # The choice of columns begins with those that hold destinations, so it needs no second reading.
        headers = [column.header for column in preview.columns]
        session.put(_PREVIEW, (_fingerprint(file, FileChoices(headers, choices.opt_out)), preview))
    return preview


def _fingerprint(file: UploadedFile, choices: FileChoices) -> tuple[str, tuple[str, ...] | None, str | None]:
    return file.file_id, None if choices.columns is None else tuple(choices.columns), choices.opt_out


def _add_sheet(file: UploadedFile, choices: FileChoices, who: str) -> None:
    try:
        with TemporaryDirectory(prefix="omni-") as folder:
            path = _written(file, folder)
            _done(wiring.console().lists.block_sheet(path, file.name[:_NAME_LENGTH], who, choices))
    except OmniError as err:
        _done(err)


def _written(file: UploadedFile, folder: str) -> Path:
    """Write the upload to a file. Raises ``StoreError``."""
    path = Path(folder) / "list"
    try:
        path.write_bytes(file.getvalue())
    except OSError as err:
        raise folder_error(err) from err
    return path


def _done(result: ListImport | OmniError) -> None:
    """Keep the result for the next run, and reset the fields."""
    _reset()
    session.put(_RESULT, result)


def _reset() -> None:
    """Reset both fields by changing their keys, and forget what was shown of a file."""
    session.put(_USES, int(session.value(_USES, 0)) + 1)
    session.forget(_COLUMNS, _OPT_OUT, _PREVIEW)


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
        _other_sheets(result)
        _not_understood(result)


def _other_sheets(result: ListImport | ListPreview) -> None:
    if result.other_sheets:
        names = ", ".join(plain(name) for name in result.other_sheets)
        st.warning(t("people.other_sheets", n=len(result.other_sheets), names=names), icon=":material/tab:")


def _not_understood(result: ListImport | ListPreview) -> None:
    if result.unread:
        with st.container(border=True):
            st.markdown(f":orange[:material/warning: **{t('people.unread', n=result.unread)}**]")
            st.text(
                "\n".join(
                    t("people.line", row=row, value=" ".join(value.split())) for row, value in result.not_understood
                )
            )
