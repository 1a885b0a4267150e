"""Review: the contacts, the steps that reach them, and the exact bytes of every request."""

import streamlit as st

from omni import wiring
from omni.ui import drafting, shell
from omni.ui.draft_sheet import sheet_facts
from omni.ui.flow import begin
from omni.ui.keys import key
from omni.ui.review import missing as review_missing
from omni.ui.review import reach, requests, totals
from omni.ui.text import t

shell.require()

draft = drafting.require_draft("review")
if draft.is_sent:
    begin.after_sending(draft, t("review.title"))
    st.stop()
preparation = draft.preparation
sheet = sheet_facts(draft)
missing = review_missing.missing(preparation, sheet)

with shell.header(t("review.title"), draft.name):
    if st.button(
        t("review.continue"),
        type="primary",
        icon=":material/arrow_forward:",
        icon_position="right",
        disabled=bool(missing),
        help=t("review.continue_needs") if missing else None,
        key=key("review", "continue"),
    ):
        st.switch_page(shell.page_path("send"))
shell.show_mode(practice=preparation.practice or not wiring.console().settings.can_send_live)

review_missing.doubtful_texts(draft, sheet)
if missing:
    review_missing.show(draft, missing)
    plan = None
elif sheet.checked is not None:
    with st.spinner(t("review.planning")):
        plan = wiring.console().plan(draft.id, preparation, sheet.checked)
    totals.metrics(sheet.checked, plan)
if sheet.checked is not None:
    totals.accounting(sheet.checked)
if preparation.template.steps:
    reach.show(preparation, sheet)
if plan is not None:
    requests.show(plan, draft.name)
    st.caption(f":material/info: {t('review.no_phone')}")
