"""Steps: the flow editor, the form of each step, and a preview of what a contact receives."""

import streamlit as st

from omni import wiring
from omni.service.preparation import Preparation
from omni.ui import drafting, shell
from omni.ui.draft_sheet import sheet_facts
from omni.ui.flow import begin, canvas, step_edits, templates
from omni.ui.flow import panel as flow_panel
from omni.ui.flow.step_cards import cards_of
from omni.ui.text import t

shell.require()

draft = drafting.current()
if draft is not None and draft.is_sent:
    begin.after_sending(draft, t("flow.title"))
    st.stop()
if draft is not None:
    step_edits.keep_edits(draft)
draft = canvas.take_gesture(draft)
preparation = draft.preparation if draft else Preparation()

badges = [shell.Badge(t("flow.saved"), ":material/cloud_done:", "green")] if draft else []
with shell.header(t("flow.title"), t("flow.about"), badges):
    templates.template_menu(draft)
shell.show_mode(practice=preparation.practice or not wiring.console().settings.can_send_live)

sheet = sheet_facts(draft)
problems = sheet.problems(preparation)
editor, panel = st.columns([5, 6], gap="large")
with editor:
    canvas.show(draft, cards_of(preparation, sheet, problems))
with panel:
    if draft is not None and preparation.template.steps:
        flow_panel.show(draft, sheet, problems)
    else:
        begin.begin(draft)
