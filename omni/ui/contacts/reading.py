"""The card of the uploaded file: the assumptions it was read with, and options to read it differently.

If another way of reading gives other columns, they are matched again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import streamlit as st

from omni import wiring
from omni.errors import SheetError
from omni.service.checking import load_sheet
from omni.service.column_mapping import matched
from omni.service.preparation import Preparation, Upload
from omni.service.workspace import Workspace
from omni.sheets.sheet import CONTACTS_MAY_BE_LOST, Assumptions, Note, ReadOptions, Sheet
from omni.ui import session
from omni.ui.components.facts import Fact, facts
from omni.ui.contacts import upload as contacts_upload
from omni.ui.contacts.first_rows import first_rows
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import plain, t

ENCODINGS: Final = ("utf-8", "windows-1252", "iso-8859-1", "utf-16", "cp850", "mac-roman")
_ENCODING_NAMES: Final = {
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252",
    "iso-8859-1": "ISO-8859-1",
    "utf-16": "UTF-16",
    "cp850": "DOS 850",
    "mac-roman": "Mac Roman",
}
_DELIMITERS: Final = {";": "semicolon", ",": "comma", "\t": "tab", "|": "pipe"}
_LANGUAGES: Final = ("pt", "es", "en")
_RARE_DELIMITERS: Final = ("^", "~", ":", "#")
_DECIMALS: Final = {",": "comma", ".": "point"}
_TEXT_FORMATS: Final = ("csv", "tsv")
_CARDS: Final = "vcf"
_HEADER_ROWS: Final = 30
_NAMED: Final = 5
"""Most hidden columns that are named."""
_AUTOMATIC: Final = ""
"""Value of a select until the operator chooses; ``None`` would show it as empty."""


def card(draft: OpenDraft, upload: Upload, sheet: Sheet | None) -> None:
    """Show the file with its facts and options. Without ``sheet``, because it could not be read, only the options."""
    reading = draft.preparation.reading
    with st.container(border=True):
        _summary(draft, upload, sheet)
        if sheet is not None and sheet.assumptions.first_rows:
            first_rows(sheet, lambda: _header_choice(draft, reading, sheet))


def _summary(draft: OpenDraft, upload: Upload, sheet: Sheet | None) -> None:
    reading = draft.preparation.reading
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            facts(
                [] if sheet is None else facts_of(sheet.assumptions),
                key=key("contacts", "facts"),
                icon="file",
                title=upload.name,
                about=_about(upload, sheet),
            )
            for note in sheet.assumptions.notes if sheet else ():
                _show_note(note)
            if sheet is not None:
                _hidden(draft, reading, sheet)
        with st.container(horizontal=True, width="content"):
            with st.popover(t("contacts.read_differently"), icon=":material/tune:", key=key("contacts", "reading")):
                _options(draft, reading, sheet)
            with st.popover(
                t("contacts.replace"),
                icon=":material/upload_file:",
                key=key("contacts", "replace", contacts_upload.times()),
            ):
                contacts_upload.uploader(draft)


def _show_note(note: Note) -> None:
    """Show something noticed while reading; a warning if contacts may be lost."""
    sentence = plain(t(f"sheet_note.{note.code}", **note.params))
    if note.code in CONTACTS_MAY_BE_LOST:
        st.warning(sentence, icon=":material/warning:")
    else:
        st.caption(f":material/info: {sentence}")


def _hidden(draft: OpenDraft, reading: ReadOptions, sheet: Sheet) -> None:
    """Show how many rows and columns are hidden in the spreadsheet program, with a switch to include them."""
    parts = {
        "include_hidden": (reading.include_hidden, sheet.hidden, t("contacts.hidden_rows", n=sheet.hidden)),
        "include_hidden_columns": (
            reading.include_hidden_columns,
            len(sheet.hidden_columns),
            t("contacts.hidden_columns", n=len(sheet.hidden_columns), names=", ".join(sheet.hidden_columns[:_NAMED])),
        ),
    }
    for name, (is_included, count, label) in parts.items():
        if is_included or count:
            widget = key("contacts", name)
            session.reflect(widget, is_included)
            words = t(f"contacts.{name}") if is_included else plain(label)
            st.toggle(words, key=widget, on_change=_read, args=(draft, name))


def facts_of(assumed: Assumptions) -> list[Fact]:
    """Return the assumptions as facts in the operator's language."""
    found = [Fact(t("contacts.format"), assumed.format.upper())]
    if assumed.encoding:
        found.append(Fact(t("contacts.encoding"), encoding_name(assumed.encoding)))
    if assumed.delimiter:
        found.append(Fact(t("contacts.delimiter"), delimiter_name(assumed.delimiter)))
    if assumed.sheet:
        at, n = assumed.sheets.index(assumed.sheet) + 1, len(assumed.sheets)
        name = t("contacts.sheet_of", sheet=assumed.sheet, at=at, n=n) if n > 1 else assumed.sheet
        found.append(Fact(t("contacts.sheet"), name))
    if assumed.format != _CARDS:
        found.append(Fact(t("contacts.header_row"), _header_rows(assumed)))
    if assumed.language:
        found.append(Fact(t("contacts.language"), language_name(assumed.language)))
    if assumed.decimal:
        found.append(Fact(t("contacts.decimal"), decimal_name(assumed.decimal)))
    return found


def encoding_name(encoding: str) -> str:
    """Return an encoding's common name, such as ``Windows-1252``."""
    return _ENCODING_NAMES.get(encoding.lower(), encoding.upper())


def delimiter_name(delimiter: str) -> str:
    """Return a delimiter in words with its sign; an unusual one as it is."""
    return t(f"contacts.delimiter_{_DELIMITERS[delimiter]}") if delimiter in _DELIMITERS else delimiter


def language_name(code: str) -> str:
    """Return the name of a language in which numbers and dates are shown, with examples."""
    return t(f"contacts.language_{code}")


def decimal_name(sign: str) -> str:
    """Return the name of a decimal sign, with an example."""
    return t(f"contacts.decimal_{_DECIMALS[sign]}")


def header_name(row: int) -> str:
    """Return the header's row in words; ``row`` 0 means there is no header."""
    return t("contacts.row_number", row=row) if row else t("contacts.no_header")


def _header_rows(assumed: Assumptions) -> str:
    if assumed.header_height < 2:
        return header_name(assumed.header_row)
    return t("contacts.row_numbers", first=assumed.header_row - assumed.header_height + 1, row=assumed.header_row)


def _about(upload: Upload, sheet: Sheet | None) -> str:
    size = _size(upload.size)
    if sheet is None:
        return size
    columns = len(sheet.columns) - len(sheet.joined)
    return t("contacts.size_and_shape", size=size, rows=sheet.table.num_rows, columns=columns)


def _size(length: int) -> str:
    """Return ``length`` bytes as kilobytes or megabytes."""
    if length < 1_000_000:
        return t("contacts.kilobytes", size=max(1, round(length / 1000)))
    return t("contacts.megabytes", size=round(length / 1_000_000, 1))


def _options(draft: OpenDraft, reading: ReadOptions, sheet: Sheet | None) -> None:
    """Show the options for this format, and a button that resets them; for an unreadable file those of all formats."""
    if sheet is None or sheet.assumptions.format in (*_TEXT_FORMATS, _CARDS):
        _option(draft, "encoding", ENCODINGS, reading.encoding, encoding_name)
    if sheet is None or sheet.assumptions.format in _TEXT_FORMATS:
        _option(draft, "delimiter", (*_DELIMITERS, *_RARE_DELIMITERS), reading.delimiter, delimiter_name)
    if sheet is None or sheet.assumptions.format not in (*_TEXT_FORMATS, _CARDS):
        if sheet is not None and len(sheet.assumptions.sheets) > 1:
            _option(draft, "sheet", sheet.assumptions.sheets, reading.sheet, str)
        _option(draft, "language", _LANGUAGES, reading.language, language_name)
        _option(draft, "decimal", tuple(_DECIMALS), reading.decimal, decimal_name)
    if sheet is None:
        _header_choice(draft, reading, sheet)
    if reading != ReadOptions():
        st.button(
            t("contacts.find_all_out"),
            icon=":material/restart_alt:",
            type="tertiary",
            key=key("contacts", "find_out"),
            on_click=_reset,
            args=(draft,),
        )


def _header_choice(draft: OpenDraft, reading: ReadOptions, sheet: Sheet | None) -> None:
    last = max((line.row for line in sheet.assumptions.first_rows), default=0) if sheet is not None else 0
    rows = range(max(_HEADER_ROWS, last) + 1)
    _option(draft, "header_row", rows, reading.header_row, header_name)


def _option(
    draft: OpenDraft,
    name: str,
    options: Sequence[Any],
    chosen: Any,
    shown: Callable[[Any], str],
) -> None:
    """Show one option as a select; ``shown`` names its values."""
    offered = [_AUTOMATIC, *options]
    current = _AUTOMATIC if chosen is None else chosen
    if current not in offered:
        offered.append(current)
    names = {option: t("contacts.find_out") if option == _AUTOMATIC else shown(option) for option in offered}
    widget = key("contacts", name)
    session.reflect(widget, current)
    st.selectbox(
        t(f"contacts.{name}"),
        offered,
        key=widget,
        on_change=_read,
        args=(draft, name),
        format_func=names.__getitem__,
    )


def _read(draft: OpenDraft, name: str) -> None:
    """Callback: read the file with the option ``name`` as chosen."""
    wanted = session.value(key("contacts", name))
    changed = None if wanted == _AUTOMATIC else wanted
    read_as(draft, ReadOptions(**(asdict(draft.preparation.reading) | {name: changed})))


def _reset(draft: OpenDraft) -> None:
    """Callback: read the file with automatic detection of everything."""
    read_as(draft, ReadOptions())


def read_as(draft: OpenDraft, reading: ReadOptions) -> None:
    """Read the draft's spreadsheet with these options from now on.

    Columns are matched again only if they differ from before; a field the operator left without a column stays so.
    """
    session.forget(key("contacts", "page"))
    workspace = wiring.console().workspace(draft.id)
    before, trial = _sheet(workspace, draft.preparation), replace(draft.preparation, reading=reading)
    after = _sheet(workspace, trial)
    found = Preparation()
    if after is not None and (before is None or before.columns != after.columns):
        found = matched(wiring.console().lists.mappings, trial, after)

    def edit(now: Preparation) -> Preparation:
        mapping, chosen = {**now.mapping, **found.mapping}, {**now.chosen, **found.chosen}
        return replace(now, reading=reading, mapping=mapping, chosen=chosen)

    draft.change(edit)


def _sheet(workspace: Workspace, preparation: Preparation) -> Sheet | None:
    """Return the spreadsheet, or None if it cannot be read this way; the page then shows the error."""
    try:
        return load_sheet(workspace, preparation)
    except SheetError:
        return None
