"""Choices for this campaign on the Contacts page: its name, the default country of phones, and duplicate rows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

import streamlit as st

from omni import wiring
from omni.core.numbering_plan import calling_codes
from omni.core.suppression import SUPPRESS
from omni.errors import SheetError
from omni.locale.countries import country_name
from omni.service.checked_contacts import Summary
from omni.service.checking import load_sheet
from omni.service.column_mapping import matched
from omni.service.preparation import Preparation
from omni.sheets.checking.duplicates import DUPLICATES, SAME
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import plain, t, text

MAX_NAME: Final = 80
_NAME: Final = key("contacts", "name")


def campaign_name(draft: OpenDraft) -> None:
    """Show the field for the campaign's name; if it is cleared, the name does not change."""
    session.reflect(_NAME, draft.name)
    st.text_input(t("contacts.name"), key=_NAME, max_chars=MAX_NAME, on_change=_rename, args=(draft,))


def _rename(draft: OpenDraft) -> None:
    draft.change(lambda now: now, name=str(session.value(_NAME) or "").strip() or None)


def rules(draft: OpenDraft) -> None:
    """Show the country of phones without a country code with the rule about who is not contacted, and duplicates."""
    names = countries(text().language)
    country = key("contacts", "country")
    session.reflect(country, draft.preparation.country)
    with st.container(border=True), st.grid(2, min_column_width=260, gap="medium"):
        with st.container():
            st.selectbox(
                t("contacts.country"),
                list(names),
                key=country,
                format_func=names.__getitem__,
                help=t("contacts.country_help"),
                on_change=_set_country,
                args=(draft,),
            )
            suppression_choice(draft)
        with st.container():
            duplicate_choices(draft)


@cache
def countries(language: str) -> dict[str, str]:
    """Return each country's code with its name as ``Brasil (+55)``: Latin America first, then the others by name."""
    codes = calling_codes()
    return {country: f"{country_name(country, language)} (+{code})" for country, code in codes.items()}


def _set_country(draft: OpenDraft) -> None:
    choose_country(draft, str(session.value(key("contacts", "country"))))


def choose_country(draft: OpenDraft, country: str) -> None:
    """Save the country of phones without a country code, as the operator chose it for this spreadsheet.

    If no column is matched to a phone yet, the columns are matched again: in the right country their phones are known.
    """
    workspace, mappings = wiring.console().workspace(draft.id), wiring.console().lists.mappings

    def edit(now: Preparation) -> Preparation:
        changed = replace(now, country=country, is_country_chosen=True)
        try:
            sheet = load_sheet(workspace, changed)
        except SheetError:
            return changed  # the page shows the error
        fields = now.fields()
        # A phone that was matched before was left out by the operator.
        if any(fields[name] == "phone" for name in {**now.mapping, **matched(mappings, now, sheet).mapping}):
            return changed
        return matched(mappings, changed, sheet)

    draft.change(edit)


def suppression_choice(draft: OpenDraft) -> None:
    """Show the choice of what the do-not-contact list and opt-outs keep from being sent to."""
    words = {choice: t(f"contacts.suppress_{choice}") for choice in SUPPRESS}
    widget = key("contacts", "suppress")
    session.reflect(widget, draft.preparation.suppress)
    st.segmented_control(
        t("contacts.suppress"),
        SUPPRESS,
        key=widget,
        required=True,
        help=t("contacts.suppress_help"),
        format_func=words.__getitem__,
        on_change=_decide,
        args=(draft, "suppress"),
    )


def duplicate_choices(draft: OpenDraft) -> None:
    """Show the two choices about duplicates: what happens to them, and which rows count as duplicates."""
    now = draft.preparation
    words = {choice: t(f"contacts.{choice}") for choice in DUPLICATES}
    widget = key("contacts", "duplicates")
    session.reflect(widget, now.duplicates)
    st.segmented_control(
        t("contacts.duplicates"),
        DUPLICATES,
        key=widget,
        required=True,
        help=t("contacts.duplicates_help"),
        format_func=words.__getitem__,
        on_change=_decide,
        args=(draft, "duplicates"),
    )
    shares = {choice: t(f"contacts.same_{choice}") for choice in SAME}
    widget = key("contacts", "same")
    session.reflect(widget, now.same)
    st.selectbox(
        t("contacts.same"),
        SAME,
        key=widget,
        help=t("contacts.same_help"),
        format_func=shares.__getitem__,
        on_change=_decide,
        args=(draft, "same"),
    )


def _decide(draft: OpenDraft, name: str) -> None:
    """Callback: save the choice ``name``, and go back to the first page of rows."""
    wanted: dict[str, Any] = {name: session.value(key("contacts", name))}
    session.forget(key("contacts", "page"))
    draft.change(lambda now: replace(now, **wanted))


def duplicate_notes(draft: OpenDraft, summary: Summary) -> None:
    """Show how many rows share each field with an earlier row, and that duplicates are sent to if so chosen."""
    if parts := [f"{plain(field)} {text().number(n)}" for field, n in summary.shared.items() if n]:
        st.caption(f":material/join_inner: {t('contacts.shared', parts=' · '.join(parts))}")
    if summary.duplicates and draft.preparation.duplicates == "keep_all":
        st.caption(f":material/content_copy: {t('contacts.repeats_sent', n=summary.duplicates)}")
