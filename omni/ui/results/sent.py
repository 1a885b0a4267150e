"""What was sent by a campaign: its steps and texts, the exact requests, who launched it, and a copy of its steps."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from omni import wiring
from omni.core.campaign import Campaign
from omni.core.template import Template
from omni.provider.payload import pretty, template_from_json
from omni.service.preparation import Preparation
from omni.ui import drafting, session, shell
from omni.ui.components.json_text import json_text
from omni.ui.flow import step_preview
from omni.ui.flow.step_cards import ICONS, kind_name
from omni.ui.keys import key
from omni.ui.text import moment, plain, t, text

_TALLEST: Final = 420
_MOST_SHOWN: Final = 20_000
"""Most characters of a body on the page; the download has them all."""
_COUNTED: Final = ("read", "ready", "rejected", "duplicate", "suppressed", "hidden", "blank")
"""Counts of rows, in the order in which they are shown."""


def buttons(run: int, page: str) -> None:
    """Show the buttons that open what was sent, and that begin a new campaign with the same steps."""
    if st.button(t("sent.open"), icon=":material/visibility:", key=key(page, "sent", run)):
        st.dialog(t("sent.title"), width="large", icon=":material/visibility:")(_opened)(run)
    if st.button(t("sent.duplicate"), icon=":material/content_copy:", help=t("sent.duplicate_about"),
                 key=key(page, "duplicate", run)):  # fmt: skip
        duplicate(wiring.console().campaign(run))


def duplicate(campaign: Campaign) -> None:
    """Begin a new campaign with the steps of this one and no spreadsheet, and open its contacts."""
    draft = drafting.start(_steps_of(campaign), _next_name(campaign.name))
    session.use_draft(draft.id)
    st.switch_page(shell.page_path("contacts"))


def _next_name(name: str) -> str:
    """Return the name of the next campaign: ``November · 2``, then ``November · 3``."""
    stem, between, number = name.rpartition(" · ")
    if between and number.isdecimal() and len(number) < 5:
        return f"{stem} · {int(number) + 1}"
    return f"{name} · 2"


def _steps_of(campaign: Campaign) -> Preparation:
    country = wiring.console().settings.country
    return Preparation(country=country).with_template(_template(campaign))


def _template(campaign: Campaign) -> Template:
    return template_from_json(json.loads(campaign.template_json))


def _opened(run: int) -> None:
    console = wiring.console()
    campaign = console.campaign(run)
    details = console.details(campaign)
    facts = [
        t("sent.by", who=campaign.created_by, when=moment(campaign.created_at)),
        t("sent.practice") if campaign.practice else t("sent.account", account=campaign.account),
        t("sent.file", file=details["file"]),
    ]
    st.caption(plain(" · ".join(facts)))
    counts = [f"{t(f'sent.rows_{name}')} {text().number(details['rows'].get(name, 0))}" for name in _COUNTED
              if details["rows"].get(name)]  # fmt: skip
    st.caption(plain(" · ".join(counts)))
    for number, step in enumerate(_template(campaign).steps, start=1):
        column = details["mapping"].get(step.destination_field)
        with st.container(border=True):
            goal = f"{step.destination_field} · {column}" if column else step.destination_field
            st.markdown(f":material/{ICONS[step.type]}: **{number}. {plain(kind_name(step.type))}** → {plain(goal)}")
            step_preview.show("sent", step, None, name=f"{run}-{number}", is_sent=True)
    _request(campaign)


def _request(campaign: Campaign) -> None:
    """Show one request exactly as it was posted."""
    st.subheader(t("sent.exact"), anchor=False)
    number = int(
        st.number_input(t("answers.request"), 1, max(1, campaign.requests), key=key("sent", "number", campaign.id))
    )
    body = wiring.console().campaigns.body(campaign.id, number)
    shown = pretty(body)
    is_cut = len(shown) > _MOST_SHOWN
    json_text(shown[:_MOST_SHOWN], label=t("sent.exact"), key=key("sent", "json", campaign.id), height=_TALLEST)
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_cut:
            st.caption(t("answers.cut"))
        st.download_button(
            t("sent.download"),
            body,
            f"omni-{campaign.id}-{number}.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
            key=key("sent", "download", campaign.id),
        )
