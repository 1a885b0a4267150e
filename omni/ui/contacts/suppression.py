"""Questions about contacts on the Contacts page: the country of their phones, and columns that say who opted out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import streamlit as st

from omni.locale.countries import country_with_code
from omni.service.checked_contacts import CheckedContacts
from omni.service.preparation import Preparation
from omni.service.suppression import OptOutChoices, OptOutFacts
from omni.ui import session
from omni.ui.contacts.rules import choose_country
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import plain, t, text

_VALUES_SHOWN: Final = 10
_ANSWERS: Final = ("out", "send")


def questions(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Ask for the country of the phones if another one fits them better; nothing is sent before it is chosen."""
    fit = checked.summary.country
    if not fit.better or draft.preparation.is_country_chosen:
        return
    params = {"n": fit.numbers, "fits_other": fit.better_fits, "country": ",".join(fit.better), "fits": fit.fits}
    with st.container(border=True, key=key("contacts", "country_question")):
        st.warning(t("contacts.country_question", assumed_country=fit.country, **params), icon=":material/public:")
        with st.container(horizontal=True):
            for country in (*fit.better, fit.country):
                st.button(
                    country_with_code(country, text().language),
                    key=key("contacts", "country_is", country),
                    on_click=choose_country,
                    args=(draft, country),
                )


def opt_out_columns(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show each column that says who opted out, with a switch, and the cells that the operator has to decide about."""
    columns = checked.summary.suppression.opt_out
    if not columns:
        return
    with st.container(border=True, key=key("contacts", "opt_out")):
        st.subheader(t("contacts.opt_out"), anchor=False)
        st.caption(t("contacts.opt_out_about"))
        for place, column in enumerate(columns):
            _column(draft, column, place)


def _column(draft: OpenDraft, column: OptOutFacts, place: int) -> None:
    channels = ", ".join(t(f"suppression.channel.{channel}") for channel in column.channels)
    name = f"{plain(column.column)} ({channels})" if channels else plain(column.column)
    used = key("contacts", "opt_out_used", place)
    session.reflect(used, column.is_used)
    st.toggle(
        t("contacts.opt_out_column", column=name, n=column.opted_out),
        key=used,
        on_change=_use,
        args=(draft, column, used),
    )
    if not column.is_used:
        return
    decided = draft.preparation.opt_out.values.get(column.column, {})
    if column.is_consent and (column.empty or "" in decided):
        empty = key("contacts", "opt_out_empty", place)
        session.reflect(empty, bool(decided.get("")))
        st.checkbox(t("contacts.opt_out_empty"), key=empty, on_change=_leave_out_empty, args=(draft, column, empty))
    for at, value in enumerate(_values(column, decided)):
        _value(draft, column, value, key("contacts", "opt_out_value", place, at))


def _values(column: OptOutFacts, decided: Mapping[str, bool]) -> list[str]:
    """Return the cells to decide about: those that are not understood, then those already decided about."""
    open_ones = [value for value, _ in column.values]
    return [*open_ones[:_VALUES_SHOWN], *(value for value in decided if value and value not in open_ones)]


def _value(draft: OpenDraft, column: OptOutFacts, value: str, widget: str) -> None:
    """Ask what a cell that was not understood means."""
    words = {answer: t(f"contacts.opt_out_{answer}") for answer in _ANSWERS}
    is_out = draft.preparation.opt_out.values.get(column.column, {}).get(value)
    session.reflect(widget, None if is_out is None else "out" if is_out else "send")
    n = next((n for known, n in column.values if known == value), 0)
    asked = (
        t("contacts.opt_out_question", value=plain(value), n=n)
        if n
        else t("contacts.opt_out_decided", value=plain(value))
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":orange[:material/help:]" if n else ":material/check:"
        st.markdown(f"{icon} {asked}", width="content")
        st.segmented_control(
            t("contacts.opt_out_means", value=value),
            _ANSWERS,
            key=widget,
            format_func=words.__getitem__,
            on_change=_decide,
            args=(draft, column, value, widget),
            label_visibility="collapsed",
        )


def _use(draft: OpenDraft, column: OptOutFacts, widget: str) -> None:
    """Callback: use the column, or leave it aside."""
    is_used = bool(session.value(widget))

    def edit(choices: OptOutChoices) -> OptOutChoices:
        others = tuple(name for name in choices.ignored if name != column.column)
        return replace(choices, ignored=others if is_used else (*others, column.column))

    _change(draft, edit)


def _leave_out_empty(draft: OpenDraft, column: OptOutFacts, widget: str) -> None:
    """Callback: count rows without an answer as opted out, or not."""
    _answer(draft, column, "", True if session.value(widget) else None)


def _decide(draft: OpenDraft, column: OptOutFacts, value: str, widget: str) -> None:
    """Callback: save what a cell means."""
    chosen = session.value(widget)
    _answer(draft, column, value, None if chosen is None else chosen == "out")


def _answer(draft: OpenDraft, column: OptOutFacts, value: str, is_out: bool | None) -> None:
    def edit(choices: OptOutChoices) -> OptOutChoices:
        known = {name: given for name, given in choices.values.get(column.column, {}).items() if name != value}
        if is_out is not None:
            known[value] = is_out
        others = {name: given for name, given in choices.values.items() if name != column.column}
        return replace(choices, values={**others, column.column: known} if known else others)

    _change(draft, edit)


def _change(draft: OpenDraft, edit: Callable[[OptOutChoices], OptOutChoices]) -> None:
    """Save changed choices, and go back to the first page of rows."""
    session.forget(key("contacts", "page"))

    def changed(now: Preparation) -> Preparation:
        return replace(now, opt_out=edit(now.opt_out))

    draft.change(changed)
