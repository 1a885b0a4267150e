"""Decisions about unknown requests: keep them as sent, or send them again.

The operator reads the consequences and types the number of contacts; the decision is recorded with the operator's name.
"""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from omni import wiring
from omni.core.campaign import Campaign
from omni.core.unknown import Choice, Decision, Extent, Resolution
from omni.errors import OmniError
from omni.ui import operator_name, session
from omni.ui.keys import key
from omni.ui.results import unknown_list
from omni.ui.results.unknown_list import reason_name
from omni.ui.text import error_sentence, moment, plain, t, text

_ICONS: Final[dict[Resolution, str]] = {"keep": ":material/done:", "resend": ":material/redo:"}
_NUMBERS_SHOWN: Final = 10
_WIDTHS: Final = {
    "decided_at": 150, "decided_by": 130, "decided": 170, "decided_requests": 95, "decided_contacts": 95,
    "decided_about": 360,
}  # fmt: skip


def buttons(campaign: Campaign, selected: Choice, about: Extent) -> None:
    """Show the buttons of both decisions about ``selected``; a cancelled campaign cannot send again."""
    for what, icon in _ICONS.items():
        if what == "resend" and campaign.state == "cancelled":
            st.caption(t("unknown.cancelled"))
        elif st.button(t(f"unknown.{what}"), icon=icon, disabled=not about.requests, key=key("unknown", what)):
            # Counted now: the decision covers exactly the number the operator reads and types, or fails.
            expected = about if what == "keep" else wiring.console().unknown.extent(campaign.id, selected, what)
            left_out = about.contacts - expected.contacts
            st.dialog(t(f"unknown.{what}"), icon=icon)(_decide)(campaign, what, selected, expected, left_out)


def _decide(campaign: Campaign, what: Resolution, selected: Choice, expected: Extent, left_out: int) -> None:
    """Ask for confirmation and carry out the decision; shown in a dialog.

    ``left_out`` contacts are selected but cannot be sent to again.
    """
    n = expected.contacts
    if not n:
        st.text(t("unknown.nothing_to_resend"))
        return
    st.text(t(f"unknown.{what}_about", n=n))
    if what == "resend":
        st.text(t("unknown.resend_paused" if campaign.state == "paused" else "unknown.resend_at_once"))
        if left_out:
            st.text(t("unknown.left_out", n=left_out))
    who = operator_name.ask("unknown")
    st.caption(t("unknown.recorded", who=plain(who)))
    typed = st.text_input(t("unknown.type_count", count=str(n)), key=key("unknown", "typed", what))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("unknown.not_now"), key=key("unknown", "not_now")):
            st.rerun()
        decided = st.button(
            t(f"unknown.{what}"), type="primary", disabled=typed.strip() != str(n), key=key("unknown", "yes", what)
        )
    if not decided:
        return
    try:
        wiring.console().unknown.decide(campaign.id, what, who, selected, expected)
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return
    unknown_list.forget(campaign.id)
    session.say_after_rerun(t("unknown.kept" if what == "keep" else "unknown.resent", n=n))
    st.rerun()


def history(run: int) -> None:
    """Show the decisions made, the newest first, each with operator and counts; nothing if there are none."""
    found = wiring.console().unknown.decisions(run)
    if not found:
        return
    st.subheader(t("unknown.decisions"), anchor=False)
    rows = pd.DataFrame(
        [
            {
                "decided_at": moment(one.at),
                "decided_by": one.who,
                "decided": t("unknown.decided_keep" if one.what == "keep" else "unknown.decided_resend"),
                "decided_requests": text().number(one.requests),
                "decided_contacts": text().number(one.contacts),
                "decided_about": _about(one),
            }
            for one in found
        ]
    )
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        alt=t("unknown.decisions"),
        column_config={
            name: st.column_config.TextColumn(t(f"unknown.{name}"), width=width) for name, width in _WIDTHS.items()
        },
    )


def _about(one: Decision) -> str:
    """Return the requests a decision was about: their numbers, or reason and search."""
    if one.numbers:
        more = "…" if len(one.numbers) > _NUMBERS_SHOWN else ""
        return t("unknown.about_numbers", numbers=", ".join(map(str, one.numbers[:_NUMBERS_SHOWN])) + more)
    parts = [reason_name(one.reason)] if one.reason is not None else []
    parts += [t("unknown.about_search", search=one.search)] if one.search else []
    return " · ".join(parts) or t("unknown.about_all")
