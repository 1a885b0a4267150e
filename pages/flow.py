"""Steps: the flow editor, the form of each step, and a preview of what a contact receives."""

import streamlit as st

from omni import wiring
from omni.service.preparation import Preparation
from omni.ui import drafting, flow_canvas, flow_empty, flow_menu, flow_panel, shell, step_edits
from omni.ui.step_cards import cards_of
from omni.ui.step_sheet import sheet_facts
from omni.ui.text import t

shell.require()

draft = drafting.current()
if draft is not None and draft.is_sent:
    flow_empty.after_sending(draft, t("flow.title"))
    st.stop()
if draft is not None:
    step_edits.keep_edits(draft)
draft = flow_canvas.take_gesture(draft)
preparation = draft.preparation if draft else Preparation()

badges = [shell.Badge(t("flow.saved"), ":material/cloud_done:", "green")] if draft else []
with shell.header(t("flow.title"), t("flow.about"), badges):
    flow_menu.show(draft)
shell.show_mode(practice=preparation.practice or not wiring.console().settings.can_send_live)

sheet = sheet_facts(draft)
problems = sheet.problems(preparation)
editor, panel = st.columns([5, 6], gap="large")
with editor:
    flow_canvas.show(draft, cards_of(preparation, sheet, problems))
with panel:
    if draft is not None and preparation.template.steps:
        flow_panel.show(draft, sheet, problems)
    else:
        flow_empty.begin(draft)
