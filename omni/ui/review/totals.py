"""The figures of a campaign on the Review page: contacts, requests, and the rows that are left out by reason."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni.service.checked_contacts import CheckedContacts
from omni.service.planning import Plan
from omni.service.suppression_sentences import suppression_lines
from omni.ui import session, shell
from omni.ui.components.accounting_bar import STATE, accounting_bar, chosen_tile
from omni.ui.contacts import outcome
from omni.ui.keys import key
from omni.ui.text import plain, t, text

_BAR: Final = key("review", "accounting")
_LEFT_OUT: Final = ("rejected", "duplicate", "blank", "hidden", "suppressed", "recent")


def metrics(checked: CheckedContacts, plan: Plan) -> None:
    """Show the number of contacts, of requests, and of rows left out."""
    rows = checked.summary.rows
    left_out = sum(rows.get(name, 0) for name in _LEFT_OUT)
    with st.grid(3, min_column_width=170, border=True):
        st.metric(
            t("review.contacts"), text().number(plan.contacts), icon=":material/group:", help=t("review.contacts_about")
        )
        st.metric(
            t("review.requests"),
            text().number(plan.requests),
            icon=":material/outbox:",
            help=t("review.requests_about"),
        )
        st.metric(
            t("review.left_out"), text().number(left_out), icon=":material/person_off:", help=t("review.left_out_about")
        )
    suppressed(checked)
    if sent := checked.gaps - rows.get("gaps", 0):
        st.caption(f":material/space_bar: {t('review.gaps_sent', n=sent)}")


def suppressed(checked: CheckedContacts) -> None:
    """Show how many contacts are not written to, and why."""
    for line in suppression_lines(checked.summary, text()):
        st.caption(f":material/do_not_disturb_on: {plain(line)}")


def accounting(checked: CheckedContacts) -> None:
    """Show the number of rows by status; a press on a count opens its rows on the Contacts page."""
    summary = checked.summary
    tiles = outcome.tiles_of(summary)
    pressed = chosen_tile(session.value(_BAR), tiles, "")
    if pressed:
        session.forget(_BAR)
        open_rows(pressed)
    number = text().number
    parts = [f"{number(tile.count)} {tile.label.lower()}" for tile in tiles[1:] if tile.count and not tile.within]
    about = t("contacts.adds_up", read=summary.rows["read"], parts=" + ".join(parts))
    accounting_bar(tiles, selected="", about=about, number=number, key=_BAR, on_press=lambda: None)


def open_rows(part: str) -> None:
    """Switch to the Contacts page with the rows of this part of the sheet open."""
    session.put(outcome.BAR, {STATE: part})
    session.put(key("contacts", "view"), "rows")
    st.switch_page(shell.page_path("contacts"))
