"""Corrections of single faulty cells on the Contacts page, each with its reason, a proposal and an undo button."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.core.problem import Problem
from omni.errors import OmniError
from omni.service.checked_contacts import CheckedContacts
from omni.service.fixes import with_fix
from omni.ui import paging, session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

MOST: Final = 200
"""Most faulty cells that can be corrected here; with more, a spreadsheet program is the better tool."""
_A_PAGE: Final = 20


def faulty_cells(checked: CheckedContacts) -> int:
    """Return the number of cells that can be corrected here; 0 if there are more than ``MOST``."""
    return checked.faulty_count if checked.faulty_count <= MOST else 0


def fixing(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show the faulty cells, one page at a time, and below them the cells already corrected."""
    total = faulty_cells(checked)
    if total:
        st.caption(t("contacts.fix_about"))
        place = st.container(gap="small")
        offset = paging.offset(total, key("contacts", "page", "fix"), rows=_A_PAGE)
        with place:
            for problem in checked.faulty(offset, _A_PAGE):
                _cell(draft, checked, problem)
    if checked.fixes:
        _corrected(draft, checked)


def _cell(draft: OpenDraft, checked: CheckedContacts, problem: Problem) -> None:
    """Show a faulty cell: its place, a field to correct it, the reason, and the proposal if there is one."""
    row, header = problem.row or 0, problem.column or ""
    widget = _key(checked, row, header)
    session.reflect(widget, checked.fixes.get((row, header), problem.value or ""))
    reason = t(f"contacts.why.{problem.code}", row=problem.params.get("first"))
    with st.container(border=True):
        about, cell, help_ = st.columns([4, 5, 7], vertical_alignment="center")
        about.markdown(f"**{t('contacts.cell', row=row, column=plain(header))}**")
        cell.text_input(
            f"{t('contacts.cell', row=row, column=header)}: {reason}",
            key=widget,
            label_visibility="collapsed",
            on_change=_fix_as_typed,
            args=(draft, checked, row, header),
        )
        with help_, st.container(horizontal=True, vertical_alignment="center"):
            color, icon = ("red", "error") if problem.severity == "error" else ("orange", "warning")
            st.markdown(f":{color}[:material/{icon}: {reason}]", width="content")
            if proposal := problem.params.get("proposal"):
                st.button(
                    t("contacts.take_proposal", value=plain(str(proposal))),
                    key=key("contacts", "propose", row, checked.sheet.columns.index(header)),
                    on_click=_fix,
                    args=(draft, row, header, str(proposal)),
                )


def _corrected(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show up to ``MOST`` corrected cells, before and after, each with an undo button."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**{t('contacts.fixed_here', n=len(checked.fixes))}**")
        st.caption(t("contacts.fixed_about"))
        for (row, header), text in sorted(checked.fixes.items())[:MOST]:
            before = checked.cell(row, header)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(
                    f"{t('contacts.cell', row=row, column=header)}:  {before or '–'}  →  {text or '–'}", width="stretch"
                )
                st.button(
                    t("contacts.undo"),
                    help=t("contacts.undo_cell", row=row, column=plain(header)),
                    type="tertiary",
                    key=key("contacts", "unfix", row, checked.sheet.columns.index(header)),
                    on_click=_fix,
                    args=(draft, row, header, None),
                )


def _fix_as_typed(draft: OpenDraft, checked: CheckedContacts, row: int, header: str) -> None:
    """Callback: save the text typed; the original text of the cell removes its correction."""
    typed = str(session.value(_key(checked, row, header)) or "")
    _fix(draft, row, header, None if typed == checked.cell(row, header) else typed)


def _fix(draft: OpenDraft, row: int, header: str, text: str | None) -> None:
    """Save ``text`` as the correction of a cell, or remove the correction for None."""
    workspace = wiring.console().workspace(draft.id)
    try:
        draft.change(lambda now: with_fix(workspace, now, row, header, text))
    except OmniError as err:
        session.say_after_rerun(plain(error_sentence(err)), ":material/error:")


def _key(checked: CheckedContacts, row: int, header: str) -> str:
    return key("contacts", "fix", row, checked.sheet.columns.index(header))
