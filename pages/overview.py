"""Overview: open drafts, running and recent campaigns, and how to start a new one."""

import streamlit as st

from omni import wiring
from omni.ui import history_list, overview_drafts, overview_start, shell
from omni.ui.keys import key
from omni.ui.text import t

shell.require()

RECENT = 5

console = wiring.console()
drafts, campaigns = overview_drafts.open_drafts(), console.overview()
if not drafts and not campaigns:
    if not console.settings.can_send_live:
        shell.show_mode(practice=True)
    overview_start.welcome()
    overview_start.three_steps()
    st.stop()

actions = shell.header(t("overview.title"), t("overview.about"))
if actions.button(t("overview.new"), icon=":material/add:", type="primary", key=key("overview", "new")):
    history_list.begin_new()
if not console.settings.can_send_live:
    shell.show_mode(practice=True)
under_way = [campaign for campaign in campaigns if campaign.state in ("running", "paused")]
recent = [campaign for campaign in campaigns if campaign not in under_way][:RECENT]
if under_way:
    st.subheader(t("overview.now"), anchor=False)
    for campaign in under_way:
        history_list.show(campaign)
if drafts:
    overview_drafts.drafts(drafts)
if recent:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(t("overview.recent"), anchor=False, width="content")
        st.page_link(shell.page_path("history"), label=t("overview.whole_history"), icon=":material/history:")
    for campaign in recent:
        history_list.show(campaign)
if not campaigns:
    overview_start.three_steps()
