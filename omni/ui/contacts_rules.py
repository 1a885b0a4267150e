"""How phones without a country code, and rows that repeat each other, are treated."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import streamlit as st

from omni.core.numbering_plan import calling_codes
from omni.locale.countries import country_name
from omni.ui import contacts_repeats, session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t, text


def rules(draft: OpenDraft) -> None:
    """The settings of this campaign, side by side."""
    names = countries(text().language)
    country = key("contacts", "country")
    session.reflect(country, draft.preparation.country)
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
        with st.container():
            contacts_repeats.choices(draft)


@cache
def countries(language: str) -> dict[str, str]:
    """Country to ``Brasil (+55)``: Latin America first, then the others by name."""
    codes = calling_codes()
    return {country: f"{country_name(country, language)} (+{code})" for country, code in codes.items()}


def _set_country(draft: OpenDraft) -> None:
    wanted = str(session.value(key("contacts", "country")))
    draft.change(lambda now: replace(now, country=wanted))
