"""The start of a campaign, at once or at a time in a named zone, and the trial with a few contacts first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from omni import wiring
from omni.service.pause_sentence import moment
from omni.service.preparation import Preparation, Start
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t, text

ZONES: Final = (
    "America/Sao_Paulo", "America/Manaus", "America/Rio_Branco", "America/Noronha", "America/Argentina/Buenos_Aires",
    "America/La_Paz", "America/Santiago", "America/Bogota", "America/Costa_Rica", "America/Guayaquil",
    "America/El_Salvador", "America/Guatemala", "America/Tegucigalpa", "America/Mexico_City", "America/Tijuana",
    "America/Managua", "America/Panama", "America/Asuncion", "America/Lima", "America/Santo_Domingo",
    "America/Montevideo", "America/Caracas", "UTC",
)  # fmt: skip
TRIAL: Final = 100
"""Number of contacts proposed for a trial."""
_LATER: Final = timedelta(hours=1)
_STEP: Final = timedelta(minutes=15)


def choose(draft: OpenDraft, ready: int) -> None:
    """Show both choices side by side; ``ready`` is the number of contacts that are to be sent to."""
    with st.container(border=True), st.grid(2, min_column_width=300, gap="medium"):
        with st.container():
            _start(draft)
        with st.container():
            _trial(draft, ready)


def sentence(start: Start) -> str:
    """Return the start as a sentence with day, hour and zone, and with what the clock does at that time."""
    starts = t("send.starts", when=moment(start.epoch, start.zone, text()), zone=start.zone)
    return f"{starts} {t(f'send.clock_{start.clock_change}', **start.clock_params)}" if start.clock_change else starts


def zones(first: str) -> Sequence[str]:
    """Return the time zones to choose from, ``first`` before the others."""
    return tuple(dict.fromkeys((first, *ZONES)))


def time_of_start(prefix: str, now: Start) -> Start:
    """Show day, hour and zone as three widgets and return the start they give. ``prefix`` is part of their keys."""
    at = datetime.fromisoformat(now.local)
    day = st.date_input(t("send.day"), at.date(), key=key("send", prefix, "day"), format=_date_format())
    hour = st.time_input(t("send.hour"), at.time(), step=_STEP, key=key("send", prefix, "hour"))
    options = zones(now.zone)
    zone = st.selectbox(t("send.zone"), options, index=options.index(now.zone), key=key("send", prefix, "zone"))
    return _start_of(day, hour, str(zone))


def next_start() -> Start:
    """Return the start proposed first: the next full hour, in the installation's time zone."""
    zone = wiring.console().settings.timezone
    now = (datetime.now(ZoneInfo(zone)) + _LATER).replace(minute=0, second=0, microsecond=0)
    return Start(now.replace(tzinfo=None).isoformat(timespec="minutes"), zone)


def start_at(epoch: float, zone: str) -> Start:
    """Return a moment (UTC epoch seconds) as a start in the local time of a zone."""
    return Start(datetime.fromtimestamp(epoch, ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes"), zone)


def _start(draft: OpenDraft) -> None:
    start = draft.preparation.start
    widget = key("send", "when")
    words = {"now": t("send.when_now"), "later": t("send.when_later")}
    session.reflect(widget, "now" if start is None else "later")
    st.segmented_control(
        t("send.when"),
        list(words),
        key=widget,
        required=True,
        format_func=words.__getitem__,
        on_change=_choose_when,
        args=(draft,),
    )
    if start is not None:
        chosen = time_of_start("start", start)
        if chosen != start:
            draft.change(lambda now: replace(now, start=chosen))
            st.rerun()
        st.caption(f":material/schedule: {sentence(start)}")


def _trial(draft: OpenDraft, ready: int) -> None:
    """Show the switch for a trial and its size, which is less than all contacts."""
    canary = draft.preparation.canary
    on = key("send", "trial")
    session.reflect(on, bool(canary))
    st.toggle(t("send.trial"), key=on, on_change=_choose_trial, args=(draft, ready), disabled=ready < 2)
    if canary:
        size = key("send", "trial_size")
        session.reflect(size, min(canary, max(1, ready - 1)))
        st.number_input(
            t("send.trial_size"),
            min_value=1,
            max_value=max(1, ready - 1),
            step=1,
            key=size,
            on_change=_choose_size,
            args=(draft,),
        )
    st.caption(t("send.trial_about"))


def _choose_when(draft: OpenDraft) -> None:
    is_later = session.value(key("send", "when")) == "later"
    session.forget(key("send", "start"))
    _keep(draft, start=next_start() if is_later else None)


def _choose_trial(draft: OpenDraft, ready: int) -> None:
    _keep(draft, canary=min(TRIAL, max(1, ready - 1)) if session.value(key("send", "trial")) else 0)


def _choose_size(draft: OpenDraft) -> None:
    _keep(draft, canary=int(session.value(key("send", "trial_size")) or 1))


def _keep(draft: OpenDraft, **decided: object) -> None:
    def edit(now: Preparation) -> Preparation:
        return replace(now, **decided)  # type: ignore[arg-type]  # each name comes with its own type above

    draft.change(edit)


def _start_of(day: date, hour: time, zone: str) -> Start:
    return Start(datetime.combine(day, hour).isoformat(timespec="minutes"), zone)


def _date_format() -> str:
    return "MM/DD/YYYY" if text().language == "en" else "DD/MM/YYYY"
