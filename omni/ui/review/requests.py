"""The requests of a campaign on the Review page, one at a time: as JSON, as bytes, as a command, and its contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO, Final, Literal

import pandas as pd
import streamlit as st

from omni import wiring
from omni.provider.payload import pretty
from omni.service.planning import Plan
from omni.ui import paging, session
from omni.ui.components.json_text import json_text
from omni.ui.flow.panel import file_name
from omni.ui.keys import key
from omni.ui.text import t

MOST_SHOWN: Final = 20_000
"""Most characters of a body on the page: a browser becomes slow with ten times as many."""
_LONG: Final = 1500
"""Characters from which a block of code gets a fixed height and scrolls."""
_TALLEST: Final = 420
"""Height of a long text in pixels."""
_NUMBER: Final = key("review", "request")
_ROW: Final = key("review", "row")
_TAB: Final = key("review", "tab")
_JSON: Final = key("review", "json")


def show(plan: Plan, name: str) -> None:
    """Show the chosen request, and offer it and all requests as downloads; ``name`` is the draft's name."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap="xxsmall", width="content"):
            st.subheader(t("review.exact"), anchor=False)
            st.caption(t("review.exact_about"))
        st.download_button(
            t("review.download_all", n=plan.requests),
            lambda: all_bodies(plan),
            on_click="ignore",
            file_name=file_name(name, "ndjson"),
            mime="application/x-ndjson",
            icon=":material/download:",
            help=t("review.download_all_about"),
            key=key("review", "download_all"),
        )
    number = _choose(plan)
    body = plan.body(number)
    contacts = plan.recipients(number)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        about = t("review.size", n=len(contacts), bytes=len(body))
        st.caption(
            f":material/outbox: {t('review.number', request=number, of=plan.requests)} · {about}", width="content"
        )
        st.download_button(
            t("review.download_one"),
            lambda: plan.body(number),
            on_click="ignore",
            file_name=_body_file(number),
            mime="application/json",
            type="tertiary",
            icon=":material/download:",
            key=key("review", "download_one"),
        )
    readable, raw, curl, who = st.tabs(
        [
            f":material/data_object: {t('review.readable')}",
            f":material/raw_on: {t('review.raw')}",
            f":material/terminal: {t('review.curl')}",
            f":material/group: {t('review.who')}",
        ],
        key=_TAB,
        on_change="rerun",
    )
    if readable.open:
        with readable:
            json_text(_beginning(pretty(body)), label=t("review.readable"), key=_JSON, height=_TALLEST)
    if raw.open:
        with raw:
            _code(_beginning(body.decode()))
    if curl.open:
        with curl:
            st.caption(t("review.curl_about"))
            # Never shortened: a large body is not part of the command, which reads it from the downloaded file.
            command = wiring.curl_command(wiring.console().settings, body, _body_file(number))
            _code(command)
    if who.open:
        with who:
            show_recipients(contacts, number)


def _choose(plan: Plan) -> int:
    """Let the operator choose a request by its number or by a spreadsheet row, and return its number (from 1)."""
    session.reflect(_NUMBER, min(max(1, session.value(_NUMBER) or 1), plan.requests))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            t("review.request"), min_value=1, max_value=plan.requests, step=1, key=_NUMBER, width=180
        )
        st.number_input(
            t("review.find_row"),
            min_value=1,
            step=1,
            value=None,
            key=_ROW,
            width=220,
            placeholder=t("review.row_placeholder"),
            on_change=_find,
            args=(plan,),
        )
        row = session.value(_ROW)
        if row is not None and plan.request_of_row(row) is None:
            st.caption(f":material/info: {t('review.row_not_sent', row=row)}", width="content")
    return int(number)


def _find(plan: Plan) -> None:
    """Callback: choose the request that holds the row typed in, if there is one."""
    row = session.value(_ROW)
    found = plan.request_of_row(row) if row is not None else None
    if found is not None:
        session.put(_NUMBER, found)


def _beginning(body: str) -> str:
    """Return the part of a body that is shown, after a caption that says it is shortened if it is."""
    if len(body) > MOST_SHOWN:
        st.caption(f":material/content_cut: {t('review.cut', shown=MOST_SHOWN, n=len(body))}")
    return body[:MOST_SHOWN]


def _code(text: str) -> None:
    height: int | Literal["content"] = _TALLEST if len(text) > _LONG else "content"
    # Without a language: Streamlit's syntax colours lack contrast in the light theme.
    st.code(text, language=None, wrap_lines=True, height=height)


def all_bodies(plan: Plan) -> BinaryIO:
    """Open the file with all bodies, one per line (NDJSON); called when the download is asked for."""
    return plan.bodies.open("rb")


def _body_file(number: int) -> str:
    return f"request-{number}.json"


def show_recipients(contacts: Sequence[Mapping[str, int | str]], request: int) -> None:
    """Show one page of the contacts of a request, in their order.

    Columns: spreadsheet row, destination of the first step, numbers of the steps that reach the contact.
    """
    table = st.empty()
    first = paging.offset(len(contacts), key("review", "who_page", request))
    shown = contacts[first : first + paging.ROWS_A_PAGE]
    frame = pd.DataFrame(
        {
            "row": [contact["row"] for contact in shown],
            "destination": [contact["destination"] for contact in shown],
            "steps": [", ".join(map(str, steps_of(int(contact["plan"])))) for contact in shown],
        }
    )
    table.dataframe(
        frame,
        hide_index=True,
        row_height=paging.ROW_HEIGHT,
        height="content",
        column_config={
            "row": st.column_config.NumberColumn(t("review.row"), format="%d", width="small"),
            "destination": st.column_config.TextColumn(t("review.destination")),
            "steps": st.column_config.TextColumn(t("review.steps"), width="small"),
        },
    )


def steps_of(plan: int) -> list[int]:
    """Return the numbers of the steps that reach a contact: bit k of ``plan`` is step k + 1."""
    return [number + 1 for number in range(plan.bit_length()) if plan >> number & 1]
