"""One campaign as a card in a list: name, state, figures, and where to look further."""

from __future__ import annotations

import streamlit as st

from omni.ui import session, shell
from omni.ui.campaign_badges import badges_of
from omni.ui.keys import key
from omni.ui.text import moment, t
from omni.wiring import CampaignSummary


def begin_new() -> None:
    """Leave the draft of this tab and begin another campaign."""
    session.use_draft(None)
    st.switch_page(shell.page_path("contacts"))


def show(campaign: CampaignSummary) -> None:
    """The card of one campaign."""
    counts = campaign.counts
    with (
        st.container(border=True, gap="small"),
        st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"),
    ):
        with st.container(gap="xxsmall", width="content"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                st.text(campaign.name, width="content")
                for badge in badges_of(campaign):
                    st.badge(badge.label, icon=badge.icon, color=badge.color)
            st.caption(
                " · ".join(
                    [
                        t("history.contacts", n=campaign.contacts),
                        t(
                            "history.counts",
                            accepted=counts["accepted"],
                            refused=counts["refused"],
                            unknown=counts["unknown"],
                            left=counts["pending"] + counts["sending"],
                        ),
                        *([t("history.cancelled", n=counts["cancelled"])] if counts["cancelled"] else []),
                        moment(campaign.created_at),
                    ]
                )
            )
        with st.container(horizontal=True, width="content"):
            if campaign.state in ("running", "paused"):
                _link("progress", "send", ":material/sync:", campaign.id)
            _link("results", "results", ":material/task_alt:", campaign.id)


def _link(label: str, page: str, icon: str, run: int) -> None:
    if st.button(t(f"history.{label}"), icon=icon, key=key("history", label, run)):
        st.switch_page(shell.page_path(page), query_params={"run": str(run)})
