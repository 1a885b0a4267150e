"""The flow page's actions: keep and load steps, bring them in as JSON, and go on."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni.ui import flow_import, flow_templates, shell
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t

_ICONS: Final = {"load": "bookmarks", "save": "bookmark_add", "import": "data_object"}


def show(draft: OpenDraft | None) -> None:
    """The menu of templates and the page's one primary button."""
    has_steps = draft is not None and bool(draft.preparation.template.steps)
    choices = [name for name in _ICONS if name != "save" or has_steps]
    chosen = st.menu_button(
        t("flow.templates"),
        choices,
        icon=":material/bookmarks:",
        key=key("flow", "templates"),
        format_func=lambda name: f":material/{_ICONS[name]}: {t(f'flow.menu_{name}')}",
    )
    # Enabled with errors too: they stand on the cards, and the review lists all that is missing.
    if st.button(
        t("flow.continue"),
        type="primary",
        icon=":material/arrow_forward:",
        icon_position="right",
        disabled=not has_steps,
        help=None if has_steps else t("flow.continue_needs_steps"),
        key=key("flow", "continue"),
    ):
        st.switch_page(shell.page_path("review"))
    open_dialog(chosen, draft)


def open_dialog(chosen: str | None, draft: OpenDraft | None) -> None:
    """The dialog behind a choice of the menu."""
    if chosen == "load":
        flow_templates.ask_which(draft)
    elif chosen == "import":
        flow_import.ask(draft)
    elif chosen == "save" and draft is not None:
        flow_templates.ask_name(draft)
