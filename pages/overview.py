"""Overview: open drafts, running and recent campaigns, and how to start a new one."""

import streamlit as st

from omni import wiring
from omni.ui import campaign_card, shell
from omni.ui.keys import key
from omni.ui.overview import drafts as overview_drafts
from omni.ui.overview import start
from omni.ui.text import t

shell.require()

RECENT = 5

console = wiring.console()
drafts, campaigns = overview_drafts.open_drafts(), console.overview()
if not drafts and not campaigns:
    if not console.settings.can_send_live:
        shell.show_mode(practice=True)
    start.welcome()
    start.three_steps()
    st.stop()

actions = shell.header(t("overview.title"), t("overview.about"))
if actions.button(t("overview.new"), icon=":material/add:", type="primary", key=key("overview", "new")):
    campaign_card.begin_new()
if not console.settings.can_send_live:
    shell.show_mode(practice=True)
under_way = [campaign for campaign in campaigns if campaign.state in ("running", "paused")]
recent = [campaign for campaign in campaigns if campaign not in under_way][:RECENT]
if under_way:
    st.subheader(t("overview.now"), anchor=False)
    for campaign in under_way:
        campaign_card.show(campaign)
if drafts:
    overview_drafts.drafts(drafts)
if recent:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(t("overview.recent"), anchor=False, width="content")
        st.page_link(shell.page_path("history"), label=t("overview.whole_history"), icon=":material/history:")
    for campaign in recent:
        campaign_card.show(campaign)
if not campaigns:
    start.three_steps()
