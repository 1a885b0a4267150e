"""The contacts of a campaign on the Results page: filters, one page of the table, and the two report downloads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from omni import wiring
from omni.core.campaign import CONTACT_STATES, Campaign, ContactState, Recipient
from omni.core.template import Template
from omni.locale import Text
from omni.provider.payload import template_from_json
from omni.service.id_columns import Receipts
from omni.service.reporting import Format, step_plan, write_report
from omni.ui import paging
from omni.ui.download_file import content_of
from omni.ui.keys import key
from omni.ui.text import moment, t, text

_TYPES: Final[Mapping[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NOT_IN_FILE_NAMES: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_LONGEST_NAME: Final = 80
_WIDTHS: Final[Mapping[str, int]] = {
    "row": 75, "state": 120, "destination": 170, "id": 310, "correlation_id": 310, "batch_id": 310, "detail": 420,
    "plan": 240, "time": 150,
}  # fmt: skip


def downloads(campaign: Campaign) -> None:
    """Offer the report of all contacts as csv and as xlsx."""
    for kind, mime in _TYPES.items():
        st.download_button(
            t(f"results.download_{kind}"),
            # The report is written later, in a thread without a session: the language is chosen here.
            partial(report_file, campaign.id, kind, text()),
            file_name(campaign, kind),
            mime,
            type="primary" if kind == "xlsx" else "secondary",
            icon=":material/download:",
            on_click="ignore",
            help=t("results.download_about"),
            key=key("results", "download", kind),
        )


def file_name(campaign: Campaign, kind: Format) -> str:
    """Return the name of a report: campaign, ids and date, with the mark of practice in front."""
    zone = ZoneInfo(wiring.console().settings.timezone)
    day = datetime.fromtimestamp(campaign.created_at, zone).date().isoformat()
    name = " ".join(_NOT_IN_FILE_NAMES.sub(" ", campaign.name).split())[:_LONGEST_NAME].strip(" .") or str(campaign.id)
    parts = [*([t("report.practice")] if campaign.practice else []), name, "ids", day]
    return f"{' - '.join(parts)}.{kind}"


def report_file(run: int, kind: Format, words: Text) -> bytes:
    """Return the report of campaign ``run`` as a file of this kind, in the language of ``words``."""
    return content_of(lambda path: write_report(wiring.console().campaigns, run, path, words), f".{kind}")


def show(campaign: Campaign, counts: Mapping[ContactState, int]) -> None:
    """Show the filters, then one page of the contacts in the spreadsheet's order."""
    states = [state for state in CONTACT_STATES if counts[state]]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        chosen = st.pills(
            t("results.filter"),
            states,
            key=key("results", "state", campaign.id),
            format_func=lambda state: f"{t(f'results.state_{state}')} · {text().number(counts[state])}",
        )
        search = st.text_input(
            t("results.search"),
            placeholder=t("results.search_placeholder"),
            width=280,
            key=key("results", "search", campaign.id),
        )
    campaigns = wiring.console().campaigns
    total = campaigns.recipients(campaign.id, state=chosen, search=search, limit=0).total
    if not total:
        st.info(t("results.none_found"), icon=":material/search_off:")
        return
    table = st.container()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("results.pages", n=total), width="content")
        offset = paging.offset(total, key("results", "page", campaign.id, chosen or "all", search), centred=False)
    found = campaigns.recipients(campaign.id, state=chosen, search=search, limit=paging.ROWS_A_PAGE, offset=offset)
    receipts = Receipts(campaigns, campaign.id)
    receipts.load({each.request_number for each in found.recipients})
    template = template_from_json(json.loads(campaign.template_json))
    rows = pd.DataFrame([_row(contact, receipts, template) for contact in found.recipients])
    table.dataframe(
        rows,
        hide_index=True,
        height="content",
        alt=t("results.title"),
        column_config={
            name: st.column_config.TextColumn(t(f"results.{name}"), width=width) for name, width in _WIDTHS.items()
        },
    )


def detail_of(contact: Recipient) -> str:
    """Return the detail of the contact's request as a sentence; empty if there is none."""
    return t(f"answer.{contact.detail}", **contact.params) if contact.detail else ""


def _row(contact: Recipient, receipts: Receipts, template: Template) -> dict[str, str]:
    message_id, correlation_id, other = receipts.of(contact.request_number, contact.position)
    detail = detail_of(contact)
    return {
        "row": str(contact.row),
        "state": t(f"state.{contact.state}"),
        "destination": contact.destination,
        "id": message_id,
        "correlation_id": correlation_id,
        "batch_id": contact.batch_id or "",
        "detail": f"{detail} {t('report.unpaired', ids=other)}" if other else detail,
        "plan": step_plan(contact.plan, template),
        "time": moment(contact.finished_at) if contact.finished_at is not None else "",
    }
