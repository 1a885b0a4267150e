"""Beside the flow editor: the form of the selected step, how a contact meets it, and the template as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from omni.core.problem import Problem
from omni.service.flow_editing import selected_step
from omni.ui import flow_json, session, step_form, step_notes, step_preview
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.step_cards import ICONS, kind_name
from omni.ui.step_edits import ALIAS, alias_key, memory_of, on_change
from omni.ui.step_sheet import SheetFacts
from omni.ui.text import error_sentence, plain, t

TAB: Final = key("flow", "tab")
_TABS: Final = {"edit": "edit", "campaign": "label", "json": "data_object"}


def tab_label(name: str) -> str:
    """What stands on a tab, which is also what the tabs hold under their key."""
    return f":material/{_TABS[name]}: {t(f'flow.{name}')}"


def show(draft: OpenDraft, sheet: SheetFacts, problems: Sequence[Problem]) -> None:
    """The panel of the selected step."""
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
        flow_json.show(draft.preparation.template, draft.name)


def _alias(draft: OpenDraft, problems: Sequence[Problem]) -> None:
    """The campaign's name in the provider's reports."""
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
