"""How phones without a country code, and repeated contacts, are treated."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import streamlit as st

from omni.core.countries import calling_codes
from omni.locale.countries import country_name
from omni.service.preparation import Duplicates
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t, text

_CHOICES: Final[tuple[Duplicates, ...]] = ("keep_first", "keep_all")


def rules(draft: OpenDraft) -> None:
    """Two settings of this campaign, side by side."""
    names = countries(text().language)
    choices = {choice: t(f"contacts.{choice}") for choice in _CHOICES}
    country, duplicates = key("contacts", "country"), key("contacts", "duplicates")
    session.reflect(country, draft.preparation.country)
    session.reflect(duplicates, draft.preparation.duplicates)
    with st.container(border=True), st.grid(2, min_column_width=260, gap="medium"):
        st.selectbox(
            t("contacts.country"),
            list(names),
            key=country,
            format_func=names.__getitem__,
            help=t("contacts.country_help"),
            on_change=_set_country,
            args=(draft,),
        )
        st.segmented_control(
            t("contacts.duplicates"),
            list(choices),
            key=duplicates,
            required=True,
            help=t("contacts.duplicates_help"),
            format_func=choices.__getitem__,
            on_change=_set_duplicates,
            args=(draft,),
        )


@cache
def countries(language: str) -> dict[str, str]:
    """Country to ``Brasil (+55)``: Latin America first, then the others by name."""
    codes = calling_codes()
    return {country: f"{country_name(country, language)} (+{code})" for country, code in codes.items()}


def _set_country(draft: OpenDraft) -> None:
    wanted = str(session.value(key("contacts", "country")))
    draft.change(lambda now: replace(now, country=wanted))


def _set_duplicates(draft: OpenDraft) -> None:
    wanted: Duplicates = session.value(key("contacts", "duplicates"))
    session.forget(key("contacts", "page"))
    draft.change(lambda now: replace(now, duplicates=wanted))
