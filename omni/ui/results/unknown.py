"""The unknown requests of a campaign on the Results page: filter, list, selection, details and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import streamlit as st

from omni import wiring
from omni.core.campaign import Campaign
from omni.core.unknown import EVERYTHING, NOTHING, Choice, Extent
from omni.ui import paging, session
from omni.ui.keys import key
from omni.ui.results import unknown_decision, unknown_list, unknown_request
from omni.ui.results.unknown_list import reason_name
from omni.ui.text import t, text

VIEW: Final = "view"
"""Parameter of the page's address that opens this view: ``?run=12&view=unknown``."""


def notice(run: int, count: int) -> None:
    """Show the number of unknown contacts with a button to the list."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="content"):
            st.subheader(t("unknown.title", n=count), anchor=False)
            st.text(t("unknown.about"))
        st.button(
            t("unknown.look"),
            icon=":material/rule:",
            key=key("unknown", "look"),
            on_click=session.put,
            args=(_view_key(run), "unknown"),
        )


def is_chosen(run: int, count: int) -> bool:
    """Let the operator choose between all contacts and the unknown requests; return true for the latter.

    Without unknown contacts and decisions there is no choice.
    """
    if not count and not wiring.console().unknown.decisions(run, limit=1):
        return False
    names = {"contacts": t("unknown.view_contacts"), "unknown": t("unknown.view_unknown", count=text().number(count))}
    wanted = session.take_from_address(VIEW) or session.value(_view_key(run))
    session.reflect(_view_key(run), wanted if wanted in names else "contacts")
    chosen = st.segmented_control(
        t("unknown.view"),
        list(names),
        required=True,
        key=_view_key(run),
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    return chosen == "unknown"


def show(campaign: Campaign) -> None:
    """Show the list of unknown requests with its actions, and the decisions made before below it."""
    reasons = wiring.console().unknown.reasons(campaign.id)
    if reasons:
        listed = _narrowed(campaign.id, reasons)
        _list(campaign, listed, _extent(campaign.id, listed, reasons))
    else:
        st.success(t("unknown.nothing"), icon=":material/check_circle:")
    unknown_decision.history(campaign.id)


def _view_key(run: int) -> str:
    return key("results", "view", run)


def _narrowed(run: int, reasons: Mapping[str, Extent]) -> Choice:
    """Show the filters by reason and search, and return the requests they leave."""
    widget = key("unknown", "reason", run)
    if session.value(widget) not in reasons:
        session.take(widget)  # no request with this reason is left
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        reason = st.pills(
            t("unknown.filter"),
            list(reasons),
            key=widget,
            format_func=lambda one: f"{reason_name(one)} · {text().number(reasons[one].contacts)}",
        )
        search = st.text_input(
            t("results.search"),
            placeholder=t("results.search_placeholder"),
            width=280,
            key=key("unknown", "search", run),
        )
    return Choice(reason=reason, search=search.strip())


def _extent(run: int, listed: Choice, reasons: Mapping[str, Extent]) -> Extent:
    """Return how many requests and contacts are listed; only a search needs another query."""
    if listed.search:
        return wiring.console().unknown.extent(run, listed)
    return sum((one for reason, one in reasons.items() if listed.reason in (None, reason)), NOTHING)


def _list(campaign: Campaign, listed: Choice, extent: Extent) -> None:
    """Show one page of the list, the selection, and the buttons for decisions and details."""
    run, unknown = campaign.id, wiring.console().unknown
    if not extent.requests:
        st.info(t("results.none_found"), icon=":material/search_off:")
        return
    if extent.requests < extent.contacts:
        st.caption(t("unknown.share"))
    place = st.container()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_size("unknown.of_list", extent.requests, extent.contacts))
        offset = paging.offset(
            extent.requests, key("contacts", "page", "unknown", run, listed.reason or "", listed.search)
        )
    with place:
        unknown_list.table(run, unknown.requests(run, listed, limit=paging.ROWS_A_PAGE, offset=offset))
    # The selection may hold requests that were decided in another tab or settled by a late answer: count it again.
    selected = replace(EVERYTHING, numbers=unknown_list.chosen(run))
    if unknown_list.takes_all(run):
        selected = listed
    about = extent if selected is listed else unknown.extent(run, selected)
    with st.container(horizontal=True, vertical_alignment="center"):
        unknown_list.ask_for_all(run, extent.requests)
        if about.requests:
            st.markdown(f"**{_size('unknown.chosen', about.requests, about.contacts)}**", width="content")
            st.button(
                t("unknown.clear"),
                type="tertiary",
                key=key("unknown", "clear"),
                on_click=unknown_list.forget,
                args=(run,),
            )
        else:
            st.caption(t("unknown.choose"))
    with st.container(horizontal=True, vertical_alignment="center"):
        unknown_decision.buttons(campaign, selected, about)
        if st.button(
            t("unknown.open"), icon=":material/open_in_full:", disabled=about.requests != 1, key=key("unknown", "open")
        ):
            unknown_request.open_one(run, unknown.requests(run, selected, limit=1)[0])


def _size(sentence: str, requests: int, contacts: int) -> str:
    return t(sentence, requests=t("unknown.requests", n=requests), contacts=t("results.pages", n=contacts))
