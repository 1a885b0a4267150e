"""Results: the contacts of a campaign with their ids, filters, downloads, and decisions about unknown requests."""

import streamlit as st

from omni import wiring
from omni.errors import CampaignError
from omni.ui import drafting, session, shell
from omni.ui.campaign_card import badges_of
from omni.ui.keys import key
from omni.ui.results import contacts, ids_apart, sent
from omni.ui.results import unknown as results_unknown
from omni.ui.send import recent_sends
from omni.ui.text import moment, t

shell.require()

console = wiring.console()
run = session.campaign_id()
if run is None:
    draft = drafting.current()
    run = draft.campaign_id if draft is not None else None
if run is None:
    newest = console.overview()
    run = newest[0].id if newest else None
if run is None:
    shell.header(t("results.title"))
    st.info(t("results.none"), icon=":material/info:")
    st.stop()
session.use_campaign(run)
try:
    campaign = console.campaign(run)
except CampaignError:
    shell.header(t("results.title"))
    st.error(t("results.unknown_run", id=str(run)), icon=":material/error:")
    if st.button(t("results.to_history"), type="primary", key=key("results", "history")):
        st.switch_page(shell.page_path("history"))
    st.stop()

progress = console.progress(run)
about = t("results.about", name=campaign.name, file=console.details(campaign)["file"], when=moment(campaign.created_at))
actions = shell.header(t("results.title"), about, badges_of(campaign)[:1])
shell.show_mode(practice=campaign.practice, account=campaign.account)
recent_sends.decision_note(run)
with actions:
    contacts.downloads(campaign)
with st.container(horizontal=True):
    sent.buttons(run, "results")
if progress.state in ("running", "paused"):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("results.still_sending"))
        if st.button(t("results.to_progress"), icon=":material/sync:", key=key("results", "progress")):
            st.switch_page(shell.page_path("send"), query_params={"run": str(run)})
ids_apart.notice(run)
unknown = progress.counts["unknown"]
if results_unknown.is_chosen(run, unknown):
    results_unknown.show(campaign)
else:
    if unknown:
        results_unknown.notice(run, unknown)
    contacts.show(campaign, progress.counts)
