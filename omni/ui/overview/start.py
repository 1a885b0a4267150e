"""The Overview page for a new operator: an introduction with a picture, and the three steps of a campaign."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from omni.ui import campaign_card
from omni.ui.components.fallback_picture import fallback_picture
from omni.ui.keys import key
from omni.ui.text import t

_STEPS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("contacts", "upload_file", "green"),
    ("flow", "account_tree", "violet"),
    ("send", "send", "blue"),
)


def welcome() -> None:
    """Show the introduction, the button for a new campaign, and the picture."""
    with st.grid(2, min_column_width=300, gap="large", vertical_alignment="center"):
        with st.container(gap="medium"):
            st.title(t("overview.welcome"), anchor=False)
            st.markdown(t("overview.welcome_about"))
            if st.button(t("overview.new"), icon=":material/add:", type="primary", key=key("overview", "new")):
                campaign_card.begin_new()
        fallback_picture(
            t("editor.kind_mt"),
            t("editor.kind_voice"),
            t("editor.kind_email"),
            t("editor.fails"),
            key=key("overview", "picture"),
        )


def three_steps() -> None:
    """Show a card for each of the three steps."""
    st.subheader(t("overview.how"), anchor=False)
    with st.grid(3, min_column_width=240, gap="medium"):
        for number, (name, icon, color) in enumerate(_STEPS, 1):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.badge(t("overview.step", number=number), icon=f":material/{icon}:", color=color)
                st.markdown(f"**{t(f'overview.{name}')}**")
                st.caption(t(f"overview.{name}_about"))
