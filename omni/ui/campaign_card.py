"""A campaign as a card in a list, with its figures and links, and the badges of its state and mode for all pages."""

from __future__ import annotations

from typing import Final, Protocol

import streamlit as st

from omni.core.campaign import CampaignState, CampaignSummary, shown_state
from omni.ui import session, shell
from omni.ui.keys import key
from omni.ui.results import sent
from omni.ui.shell import Badge
from omni.ui.text import moment, t

STATES: Final = {
    "scheduled": (":material/schedule:", "violet"),
    "running": (":material/sync:", "blue"),
    "paused": (":material/pause_circle:", "orange"),
    "cancelled": (":material/cancel:", "gray"),
    "done": (":material/check_circle:", "green"),
}


class _Shown(Protocol):
    @property
    def state(self) -> CampaignState: ...

    @property
    def practice(self) -> bool: ...

    @property
    def start_at(self) -> float | None: ...


def badges_of(campaign: _Shown) -> list[Badge]:
    """Return the badges of the state and of the mode. A paused campaign with a start time is scheduled."""
    state = shown_state(campaign.state, campaign.start_at)
    icon, color = STATES[state]
    mode = (
        Badge(t("history.practice"), ":material/science:", "orange")
        if campaign.practice
        else Badge(t("history.live"), ":material/cell_tower:", "red")
    )
    return [Badge(t(f"campaign.{state}"), icon, color), mode]


def begin_new() -> None:
    """Leave this tab's draft and open the Contacts page for a new campaign."""
    session.use_draft(None)
    st.switch_page(shell.page_path("contacts"))


def show(campaign: CampaignSummary, *, has_ids_apart: bool = False) -> None:
    """Show the card of one campaign; ``has_ids_apart`` marks ids that belong to no contact with certainty."""
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
                if has_ids_apart:
                    st.badge(t("history.ids_apart"), icon=":material/link_off:", color="orange")
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
            sent.buttons(campaign.id, "history")


def _link(label: str, page: str, icon: str, run: int) -> None:
    if st.button(t(f"history.{label}"), icon=icon, key=key("history", label, run)):
        st.switch_page(shell.page_path(page), query_params={"run": str(run)})
