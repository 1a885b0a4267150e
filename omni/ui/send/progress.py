"""The progress of a campaign on the Send page: figures, failures, and buttons to pause, reschedule or cancel it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd
import streamlit as st

from omni import wiring
from omni.core.campaign import ContactState, Progress
from omni.errors import OmniError
from omni.ui import session, shell
from omni.ui.campaign_card import badges_of
from omni.ui.keys import key
from omni.ui.results import ids_apart, unknown
from omni.ui.results.contacts import detail_of
from omni.ui.send import recent_sends, schedule
from omni.ui.text import error_sentence, moment, plain, t, text

_SHOWN: Final = 5
"""Most contacts of each state shown as failures."""


def show(run: int) -> None:
    """Show the page of a campaign, while it runs and afterwards."""
    console = wiring.console()
    campaign = console.campaign(run)
    about = t(
        "send.about",
        file=console.details(campaign)["file"],
        n=campaign.contacts,
        when=moment(campaign.created_at),
        who=campaign.created_by,
    )
    actions = shell.header(campaign.name, about, badges_of(campaign)[:1])
    shell.show_mode(practice=campaign.practice, account=campaign.account)
    recent_sends.decision_note(run)
    progress = console.progress(run)
    if why := console.pause_sentence(progress, text()):
        icon = ":material/schedule:" if progress.start_at is not None else ":material/pause_circle:"
        st.warning(plain(why), icon=icon)
    with actions:
        _buttons(run, progress)
    is_moving = progress.state == "running" or progress.counts["sending"] > 0 or progress.start_at is not None
    st.fragment(_live, run_every="1s" if is_moving else None)(run, progress.state, why)


def _buttons(run: int, progress: Progress) -> None:
    """Show the buttons that the campaign's state allows."""
    console = wiring.console()
    if progress.state == "running":
        st.button(
            t("send.pause"),
            icon=":material/pause:",
            on_click=_control,
            args=(console.pause, run),
            key=key("send", "pause"),
        )
    if progress.state == "paused":
        label = t(
            "send.start_now" if progress.requests_finished == 0 and progress.counts["sending"] == 0 else "send.resume"
        )
        st.button(
            label,
            icon=":material/play_arrow:",
            type="primary",
            on_click=_control,
            args=(console.resume, run),
            key=key("send", "resume"),
        )
        if st.button(t("send.reschedule"), icon=":material/schedule:", key=key("send", "reschedule")):
            st.dialog(t("send.reschedule"), icon=":material/schedule:")(_reschedule)(run, progress)
    if progress.state in ("running", "paused") and st.button(
        t("send.cancel"), icon=":material/close:", key=key("send", "cancel")
    ):
        st.dialog(t("send.cancel_title"), icon=":material/warning:")(_confirm_cancel)(run)
    if progress.state in ("done", "cancelled") and st.button(
        t("send.see_results"), icon=":material/task_alt:", type="primary", key=key("send", "results")
    ):
        st.switch_page(shell.page_path("results"), query_params={"run": str(run)})


def _reschedule(run: int, progress: Progress) -> None:
    """Let the operator choose another start for a waiting campaign, or none; shown in a dialog."""
    now = schedule.next_start()
    if progress.start_at is not None and progress.start_zone is not None:
        now = schedule.start_at(progress.start_at, progress.start_zone)
    chosen = schedule.time_of_start(f"reschedule.{run}", now)
    st.caption(schedule.sentence(chosen))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if progress.start_at is not None and st.button(t("send.unschedule"), key=key("send", "unschedule")):
            _control(lambda campaign: wiring.console().reschedule(campaign, None, None), run)
            st.rerun()
        if st.button(t("send.schedule_yes"), type="primary", key=key("send", "reschedule", "yes")):
            if chosen.epoch < time.time():
                st.error(
                    t("error.campaign.start_past", when=chosen.local.replace("T", " "), zone=chosen.zone),
                    icon=":material/error:",
                )
                return
            _control(lambda campaign: wiring.console().reschedule(campaign, chosen.epoch, chosen.zone), run)
            st.rerun()


def _control(action: Callable[[int], object], run: int) -> None:
    """Pause, resume, cancel or reschedule a campaign.

    If another tab did so before, or the campaign has ended, the error is shown on the next run.
    """
    try:
        action(run)
    except OmniError as err:
        session.say_after_rerun(plain(error_sentence(err)), ":material/info:")


def _live(run: int, state_before: str, why_before: str | None) -> None:
    """Show the figures; redrawn every second. If the state or the reason of a pause changes, rerun the whole page."""
    try:
        progress = wiring.console().progress(run)
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return
    if progress.state != state_before or wiring.console().pause_sentence(progress, text()) != why_before:
        st.rerun(scope="app")
    counts = progress.counts
    total = sum(counts.values())
    settled = total - counts["pending"] - counts["sending"]
    share = settled / total if total else 1.0
    st.progress(share, text=_progress_text(progress, settled, total, share))
    with st.grid(5, min_column_width=150, border=True):
        st.metric(
            t("send.accepted"),
            text().number(counts["accepted"]),
            icon=":material/check_circle:",
            help=t("send.accepted_about"),
        )
        st.metric(
            t("send.refused"), text().number(counts["refused"]), icon=":material/block:", help=t("send.refused_about")
        )
        st.metric(
            t("send.unknown"), text().number(counts["unknown"]), icon=":material/help:", help=t("send.unknown_about")
        )
        st.metric(t("send.left"), text().number(counts["pending"] + counts["sending"]), icon=":material/hourglass_top:")
        st.metric(t("send.speed"), t("send.per_second", rate=round(progress.rate)), icon=":material/speed:")
    if counts["unknown"]:
        there = {"run": str(run), unknown.VIEW: "unknown"}
        st.page_link(
            shell.page_path("results"),
            label=t("send.see_unknown", n=counts["unknown"]),
            icon=":material/rule:",
            query_params=there,
        )
    ids_apart.notice(run)
    _attention(run, counts)
    if counts["cancelled"]:
        st.caption(t("send.cancelled_contacts", n=counts["cancelled"]))
    if progress.state == "running" or progress.start_at is not None:
        st.caption(t("send.may_close"))


def _attention(run: int, counts: Mapping[ContactState, int]) -> None:
    """Show the first refused and unknown contacts with their reasons; the Results page has all of them."""
    states: tuple[ContactState, ...] = ("refused", "unknown")
    found = [
        contact
        for state in states
        if counts[state]
        for contact in wiring.console().campaigns.recipients(run, state=state, limit=_SHOWN).recipients
    ]
    if not found:
        return
    st.subheader(t("send.attention"), anchor=False)
    columns = ("row", "destination", "state", "detail")
    rows = [(str(one.row), one.destination, t(f"state.{one.state}"), detail_of(one)) for one in found]
    widths = dict(zip(columns, (75, 170, 120, None), strict=True))
    st.dataframe(
        pd.DataFrame(rows, columns=list(columns)),
        hide_index=True,
        height="content",
        alt=t("send.attention"),
        column_config={
            name: st.column_config.TextColumn(t(f"results.{name}"), width=width) for name, width in widths.items()
        },
    )


def _progress_text(progress: Progress, settled: int, total: int, share: float) -> str:
    parts = [f"**{text().number(settled)}** / {text().number(total)}", text().percent(share)]
    if progress.state == "running" and progress.seconds_left is not None:
        parts.append(t("send.time_left", duration=text().duration(progress.seconds_left)))
    elif progress.state == "running" and progress.requests_finished == 0:
        parts.append(t("send.starting"))
    if progress.finished_at is not None and progress.state == "done":
        parts.append(t("send.finished", when=moment(progress.finished_at)))
    return " · ".join(parts)


def _confirm_cancel(run: int) -> None:
    """Ask before cancelling a campaign; shown in a dialog."""
    counts = wiring.console().progress(run).counts
    st.text(t("send.cancel_about", n=counts["pending"], done=sum(counts.values()) - counts["pending"]))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("send.go_on"), key=key("send", "cancel", "no")):
            st.rerun()
        if st.button(t("send.cancel_yes", n=counts["pending"]), type="primary", key=key("send", "cancel", "yes")):
            _control(wiring.console().cancel, run)
            st.rerun()
