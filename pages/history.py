"""History: all campaigns, newest first, with their figures and links to their results."""

import streamlit as st

from omni import wiring
from omni.ui import campaign_card, paging, shell
from omni.ui.keys import key
from omni.ui.text import t

shell.require()

PAGE_SIZE = 20

actions = shell.header(t("history.title"), t("history.about"))
campaigns = wiring.console().overview()
with actions:
    if st.button(t("history.begin"), icon=":material/add:", type="primary", key=key("history", "begin")):
        campaign_card.begin_new()
if not campaigns:
    st.info(t("history.empty"), icon=":material/history:")
else:
    first = paging.offset(len(campaigns), key("history", "page"), rows=PAGE_SIZE, centred=False, width="content")
    with_ids_apart = wiring.console().campaigns.with_ids_apart()
    for campaign in campaigns[first : first + PAGE_SIZE]:
        campaign_card.show(campaign, has_ids_apart=campaign.id in with_ids_apart)
