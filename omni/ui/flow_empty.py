"""The flow page when there is nothing to edit: no steps yet, or a campaign that has been sent."""

from __future__ import annotations

import streamlit as st

from omni.service.preparation import Preparation
from omni.ui import drafting, flow_examples, flow_menu, flow_templates, shell
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t


def begin(draft: OpenDraft | None) -> None:
    """Ways to begin: an example, a saved template, JSON."""
    st.subheader(t("flow.begin"), anchor=False)
    st.caption(t("flow.begin_about"))
    taken = flow_examples.choose(draft.preparation if draft else Preparation())
    with st.container(horizontal=True):
        chosen = None
        for name, icon in (("load", "bookmarks"), ("import", "data_object")):
            if st.button(
                t(f"flow.menu_{name}"), icon=f":material/{icon}:", type="tertiary", key=key("flow", "begin", name)
            ):
                chosen = name
    flow_menu.open_dialog(chosen, draft)
    if taken is not None:
        flow_templates.use(draft, taken, t("flow.example_taken"))


def after_sending(draft: OpenDraft, title: str) -> None:
    """A sent campaign keeps its steps for good; they can be the beginning of another."""
    shell.header(title, draft.name)
    st.info(t("flow.is_sent"), icon=":material/lock:")
    with st.container(horizontal=True):
        if st.button(t("flow.again"), type="primary", icon=":material/content_copy:", key=key("flow", "again")):
            template = draft.preparation.template
            fresh = Preparation(country=draft.preparation.country).with_template(template)
            drafting.start(fresh, t("flow.again_name", name=draft.name))
            st.switch_page(shell.page_path("flow"))
        if draft.campaign_id is not None:
            st.page_link(
                shell.page_path("results"),
                label=t("flow.see_results"),
                icon=":material/task_alt:",
                query_params={"run": str(draft.campaign_id)},
            )
