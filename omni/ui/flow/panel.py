"""The tabs beside the flow editor: the selected step with its preview, the campaign's alias, the template as JSON."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import streamlit as st

from omni.core.problem import Problem
from omni.core.template import Template
from omni.provider.payload import template_json_bytes
from omni.service.flow_editing import selected_step
from omni.ui import session
from omni.ui.components.json_text import json_text
from omni.ui.draft_sheet import SheetFacts
from omni.ui.drafting import OpenDraft
from omni.ui.flow import step_form, step_notes, step_preview
from omni.ui.flow.step_cards import ICONS, kind_name
from omni.ui.flow.step_edits import ALIAS, alias_key, memory_of, on_change
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

_LONGEST_SHOWN: Final = 60_000
"""Most characters of JSON on the page."""
TAB: Final = key("flow", "tab")
_TABS: Final = {"edit": "edit", "campaign": "label", "json": "data_object"}


def tab_label(name: str) -> str:
    """Return the label of a tab; the tabs also keep the chosen label under their key."""
    return f":material/{_TABS[name]}: {t(f'flow.{name}')}"


def show(draft: OpenDraft, sheet: SheetFacts, problems: Sequence[Problem]) -> None:
    """Show the three tabs; without a selected step the first asks to choose one."""
    found = selected_step(draft.preparation)
    edit, campaign, json = st.tabs([tab_label(name) for name in _TABS], key=TAB, on_change="rerun")
    with edit:
        if sheet.error is not None:
            st.warning(plain(error_sentence(sheet.error)), icon=":material/warning:")
        if found is None:
            st.info(t("flow.choose_step"), icon=":material/touch_app:")
        else:
            number, step = found
            title = t("flow.step", step=number, kind=kind_name(step.type))
            st.subheader(f":material/{ICONS[step.type]}: {title}", anchor=False)
            form = st.container()
            with st.container(border=True):
                sample = step_preview.choose_contact("flow", sheet)
                step_preview.show("flow", step, sample, name=draft.preparation.step_ids[number - 1])
            with form:
                step_form.show(draft, number, step, sheet, sample, problems)
    with campaign:
        _alias(draft, problems)
    with json:
        show_json(draft.preparation.template, draft.name)


def _alias(draft: OpenDraft, problems: Sequence[Problem]) -> None:
    """Show the field for the campaign's alias, its name in the provider's reports."""
    now = draft.preparation.template.campaign_alias or ""
    session.reflect(alias_key(draft), now)
    memory_of(draft).alias = now
    st.text_input(
        t("step.alias"),
        key=alias_key(draft),
        on_change=on_change,
        help=t("step.help_campaign_alias"),
        autocomplete="off",
    )
    step_notes.show(problem for problem in problems if problem.field == ALIAS)


def show_json(template: Template, name: str) -> None:
    """Show the template as JSON, exactly as each request will contain it, with a button to download the same bytes."""
    written = template_json_bytes(template)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("flow.json_about"), width="stretch")
        # A function, not bytes: the browser checks at once whether ready bytes exist, and an edit made at the same
        # moment has already removed them.
        st.download_button(
            t("flow.export"),
            lambda: written,
            file_name=file_name(name),
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key=key("flow", "export"),
        )
    text = written.decode()
    if len(text) > _LONGEST_SHOWN:
        st.caption(t("flow.json_cut", n=_LONGEST_SHOWN))
    json_text(text[:_LONGEST_SHOWN], label=t("flow.json_label"), key=key("flow", "json"))


def file_name(name: str, suffix: str = "json") -> str:
    """Return a file name valid on every system, from a campaign's name."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return (re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-").lower()[:60] or "template") + f".{suffix}"
