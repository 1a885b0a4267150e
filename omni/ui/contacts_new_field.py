"""A field of one's own: any column of the sheet sent along as contactInfo, under a name of choice."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

import streamlit as st

from omni.sheets.reading.reader import Sheet
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_COLUMN_KEY: Final = key("contacts", "new_column")
_NAME_KEY: Final = key("contacts", "new_name")
_REFUSED: Final = key("contacts", "new_refused")
_ADDED: Final = key("contacts", "fields_added")


def add_field(draft: OpenDraft, sheet: Sheet) -> None:
    """The button that opens the little form. After a field was added it is drawn anew, and so closes."""
    added = session.value(_ADDED, 0)
    with st.popover(t("contacts.add_field"), icon=":material/add:", key=key("contacts", "new_field", added)):
        st.selectbox(
            t("contacts.new_column"),
            sheet.columns,
            index=None,
            key=_COLUMN_KEY,
            placeholder=t("contacts.choose_needed"),
            on_change=_propose_name,
        )
        st.text_input(t("contacts.new_name"), key=_NAME_KEY, max_chars=64, help=t("contacts.new_name_help"))
        if refused := session.take(_REFUSED):
            st.error(t(f"contacts.{refused}"), icon=":material/error:")
        st.button(t("contacts.add"), key=key("contacts", "new_add"), on_click=_add, args=(draft,))


def name_from(header: str) -> str:
    """``Código do cliente`` as ``codigo_do_cliente``: a name of letters, digits and underscores."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", header) if c.isascii())
    name = re.sub(r"[^A-Za-z0-9]+", "_", bare).strip("_").lower()
    return (f"_{name}" if name[:1].isdigit() else name)[:64]


def what_is_wrong(name: str, taken: frozenset[str]) -> str | None:
    """Why a field cannot be called ``name``, as a key of the catalog; None when it can."""
    if not _NAME.fullmatch(name):
        return "name_malformed"
    return "name_taken" if name in taken else None


def _propose_name() -> None:
    header = session.value(_COLUMN_KEY)
    session.put(_NAME_KEY, name_from(header) if header else "")


def _add(draft: OpenDraft) -> None:
    header, name = session.value(_COLUMN_KEY), str(session.value(_NAME_KEY) or "").strip()
    wrong = "column_missing" if header is None else what_is_wrong(name, frozenset(draft.preparation.fields()))
    if wrong is not None:
        session.put(_REFUSED, wrong)
        return
    draft.change(lambda now: replace(now, mapping={**now.mapping, name: str(header)}))
    session.forget(_COLUMN_KEY, _NAME_KEY)
    session.put(_ADDED, int(session.value(_ADDED, 0)) + 1)
