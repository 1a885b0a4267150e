"""Values that the texts ask for: their columns, and what happens to contacts that lack one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from omni.core.rendering import names_used
from omni.service.checked_contacts import CheckedContacts
from omni.sheets.checking.gaps import EMPTY_WORDS, GAP_RULES, with_words
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import plain, t

_SAMPLES: Final = 3
_RULE: Final = key("contacts", "gaps")
_WORDS: Final = key("contacts", "gaps_words")


def asked_for(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show the names in the texts that are no header, each with the choice of its column."""
    columns = checked.sheet.columns
    names = [
        name
        for name in names_used(draft.preparation.template.steps)
        if name not in columns and (name not in checked.mapping or name in draft.preparation.placeholders)
    ]
    if not names:
        return
    with st.container(border=True):
        st.markdown(f":material/data_object: **{t('contacts.asks')}**")
        st.caption(t("contacts.asks_about"))
        with st.grid(min(2, len(names)), min_column_width=260):
            for name in names:
                _column_of(draft, checked, name, columns)


def _column_of(draft: OpenDraft, checked: CheckedContacts, name: str, columns: Sequence[str]) -> None:
    header, widget = checked.placeholders.get(name), key("contacts", "asks", name)
    session.reflect(widget, header)
    with st.container():
        st.selectbox(
            plain(f"{{{{{name}}}}}"),
            columns,
            key=widget,
            index=None,
            placeholder=t("contacts.asks_none"),
            on_change=_choose,
            args=(draft, name, widget),
        )
        if header is not None:
            cells = checked.sheet.table.column(header).slice(0, _SAMPLES).to_pylist()
            st.caption(plain(t("contacts.asks_sample", values=" · ".join(cell for cell in cells if cell.strip()))))


def _choose(draft: OpenDraft, name: str, widget: str) -> None:
    """Callback: save the column of a name in the texts, or that it has none."""
    header = session.value(widget)
    others = {known: column for known, column in draft.preparation.placeholders.items() if known != name}
    chosen = others if header is None else {**others, name: str(header)}
    draft.change(lambda now: replace(now, placeholders=chosen))


def gaps(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show how many contacts lack a value of a text, with the choice whether to send to them, and the empty words.

    The words are shown whenever a text uses a column, so that one that is missing in the list can be added.
    """
    if not checked.gaps:
        if names_used(draft.preparation.template.steps):
            _empty_words(draft)
        return
    words = {rule: t(f"contacts.gaps_{rule}") for rule in GAP_RULES}
    session.reflect(_RULE, draft.preparation.gaps)
    with st.container(border=True):
        st.markdown(f":material/space_bar: **{t('contacts.gaps', n=checked.gaps)}**")
        st.segmented_control(
            t("contacts.gaps_rule"),
            GAP_RULES,
            key=_RULE,
            required=True,
            format_func=words.__getitem__,
            on_change=_decide,
            args=(draft,),
        )
        _empty_words(draft)


def _empty_words(draft: OpenDraft) -> None:
    """Show the values that count as empty; any of them can be left out, and others added."""
    session.reflect(_WORDS, list(draft.preparation.empty_words))
    with st.expander(t("contacts.gaps_words"), icon=":material/space_bar:"):
        st.multiselect(
            t("contacts.gaps_words"),
            with_words(EMPTY_WORDS, draft.preparation.empty_words, ()),
            key=_WORDS,
            accept_new_options=True,
            help=t("contacts.gaps_words_help"),
            label_visibility="collapsed",
            on_change=_set_words,
            args=(draft,),
        )


def _decide(draft: OpenDraft) -> None:
    """Callback: save whether contacts with a gap are sent to, and go back to the first page of rows."""
    wanted: dict[str, Any] = {"gaps": session.value(_RULE)}
    session.forget(key("contacts", "page"))
    draft.change(lambda now: replace(now, **wanted))


def _set_words(draft: OpenDraft) -> None:
    """Callback: save the values that count as empty."""
    words = with_words([str(word) for word in session.value(_WORDS, [])], (), ())
    draft.change(lambda now: replace(now, empty_words=words))
