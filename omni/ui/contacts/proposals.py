"""Repairs that the operator has to agree to, once for all cells: how many, a few of them before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from omni.core.problem import Problem
from omni.locale.countries import country_with_code
from omni.service.checked_contacts import CheckedContacts
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t, text

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class _Proposal:
    """``name`` is what is agreed to; the codes are of findings before and after."""

    name: str
    open: str
    taken: str
    icon: str


_PROPOSALS: Final = (
    _Proposal("add_nine", "phone.nine_missing", "phone.nine_added", "looks_9"),
    _Proposal("correct_emails", "email.typo", "email.typo_corrected", "spellcheck"),
    _Proposal("allow_foreign", "phone.foreign", "phone.foreign_allowed", "public"),
)


def proposals(draft: OpenDraft, checked: CheckedContacts) -> None:
    """A card for each repair that would change something here, or has."""
    counts = checked.summary.problem_counts
    found = [(one, counts.get(one.open, 0) + counts.get(one.taken, 0)) for one in _PROPOSALS]
    found = [(one, n) for one, n in found if n]
    if not found:
        return
    with st.grid(len(found), min_column_width=280):
        for one, n in found:
            with st.container(border=True, gap="small", height="stretch"):
                _show(draft, checked, one, n)


def _show(draft: OpenDraft, checked: CheckedContacts, one: _Proposal, n: int) -> None:
    taken = getattr(draft.preparation.agreed, one.name)
    widget = key("contacts", "agreed", one.name)
    session.reflect(widget, taken)
    st.markdown(f":material/{one.icon}: **{t(f'contacts.{one.name}', n=n)}**")
    st.toggle(t(f"contacts.{one.name}_agree"), key=widget, on_change=_agree, args=(draft, one.name))
    examples = checked.problems(0, _EXAMPLES, code=one.taken if taken else one.open)
    st.text("\n".join(map(_before_and_after, examples)))


def _before_and_after(example: Problem) -> str:
    """``(11) 8000-0001  →  5511980000001``; of a number that stays as it is, where it belongs."""
    cell, params = before(example.value), example.params
    if "country" in params:
        return f"{cell}  ·  {country_with_code(str(params['country']), text().language)}"
    return f"{cell}  →  {params['proposal']}" if "proposal" in params else cell


def before(cell: str | None) -> str:
    """A cell on one line."""
    return " ".join((cell or "").split())


def _agree(draft: OpenDraft, name: str) -> None:
    wanted: dict[str, Any] = {name: bool(session.value(key("contacts", "agreed", name)))}
    session.forget(key("contacts", "page"))
    draft.change(lambda now: replace(now, agreed=replace(now.agreed, **wanted)))
