"""Repairs that need the operator's agreement, given once for all cells, with a count and a few examples of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from omni.core.problem import Problem
from omni.locale.countries import country_with_code
from omni.service.checked_contacts import CheckedContacts
from omni.sheets.checking.argentine_mobiles import NINE_ADDED
from omni.sheets.checking.text_findings import ENCODED_TWICE, REPAIRED
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t, text

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A repair: ``name`` is its field in the draft's agreements, ``open`` and ``taken`` are the codes of its findings.

    Cells have the code ``open`` before the operator agrees and ``taken`` after. ``country`` is the country of phones
    without a code for which it is offered, None for all; ``words`` is its part of the catalog's keys.
    """

    name: str
    open: str
    taken: str
    icon: str
    words: str
    country: str | None = None


_PROPOSALS: Final = (
    _Proposal("add_nine", "phone.nine_missing", "phone.nine_added", "looks_9", "add_nine"),
    _Proposal("add_nine", "phone.landline_in_sms", NINE_ADDED, "looks_9", "add_nine_argentina", "AR"),
    _Proposal("correct_emails", "email.typo", "email.typo_corrected", "spellcheck", "correct_emails"),
    _Proposal("repair_texts", ENCODED_TWICE, REPAIRED, "translate", "repair_texts"),
    _Proposal("allow_foreign", "phone.foreign", "phone.foreign_allowed", "public", "allow_foreign"),
)


def proposals(draft: OpenDraft, checked: CheckedContacts) -> None:
    """Show a card for each repair that would change, or has changed, a cell of this spreadsheet."""
    counts = checked.summary.problem_counts
    found = [(one, counts.get(one.open, 0) + counts.get(one.taken, 0)) for one in _PROPOSALS]
    found = [(one, n) for one, n in found if n and one.country in (None, draft.preparation.country)]
    if not found:
        return
    with st.grid(len(found), min_column_width=280):
        for one, n in found:
            with st.container(border=True, gap="small", height="stretch"):
                _show(draft, checked, one, n)


def _show(draft: OpenDraft, checked: CheckedContacts, one: _Proposal, n: int) -> None:
    taken = getattr(draft.preparation.agreed, one.name)
    widget = key("contacts", "agreed", one.words)
    session.reflect(widget, taken)
    st.markdown(f":material/{one.icon}: **{t(f'contacts.{one.words}', n=n)}**")
    st.toggle(t(f"contacts.{one.words}_agree"), key=widget, on_change=_agree, args=(draft, one.name, widget))
    examples = checked.problems(0, _EXAMPLES, code=one.taken if taken else one.open)
    st.text("\n".join(map(_before_and_after, examples)))


def _before_and_after(example: Problem) -> str:
    """Return an example as ``(11) 8000-0001  →  5511980000001``; a foreign number is shown with its country instead."""
    cell, params = before(example.value), example.params
    if "country" in params:
        return f"{cell}  ·  {country_with_code(str(params['country']), text().language)}"
    return f"{cell}  →  {params['proposal']}" if "proposal" in params else cell


def before(cell: str | None) -> str:
    """Return a cell's text on one line."""
    return " ".join((cell or "").split())


def _agree(draft: OpenDraft, name: str, widget: str) -> None:
    """Callback: save whether the operator agrees to the repair ``name``, and go back to the first page of rows."""
    wanted: dict[str, Any] = {name: bool(session.value(widget))}
    session.forget(key("contacts", "page"))
    draft.change(lambda now: replace(now, agreed=replace(now.agreed, **wanted)))
