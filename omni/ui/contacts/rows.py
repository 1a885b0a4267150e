"""The tables of the Contacts page, fifty rows to a page: rows of one status, and findings.

A row is shown with its status and every field before and after; a finding with its reason, row, column and value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from omni.core.problem import Problem
from omni.service.checked_contacts import Cell, CheckedContacts, RowView, Section
from omni.ui import paging, session
from omni.ui.keys import key
from omni.ui.text import t, text

_KIND: Final = key("contacts", "finding")
_NOT_LISTED: Final = ("blank", "hidden")
_STATUSES: Final = {
    "ready": ("✓", "green"),
    "repaired": ("✓", "blue"),
    "rejected": ("×", "red"),
    "duplicate": ("=", "violet"),
    "suppressed": ("–", "gray"),
    "recent": ("–", "gray"),
    "hidden": ("·", "gray"),
    "blank": ("·", "gray"),
}
"""Status of a row to its sign, one that every typeface has, and its colour."""


def rows(checked: CheckedContacts, part: Section) -> None:
    """Show one page of the rows of ``part``."""
    total = checked.listed(part)
    counted = checked.summary.rows["duplicate"] if part == "duplicate" else total
    kind, _, step = part.partition(":")
    st.markdown(f"**{t(f'contacts.rows_{kind}', n=counted, step=step)}**")
    if part == "duplicate":
        st.caption(t("contacts.in_groups"))
    left_out = sum(checked.summary.rows[name] for name in _NOT_LISTED)
    if part == "all" and left_out:
        st.caption(t("contacts.not_listed", n=left_out))
    place = st.container()
    offset = paging.offset(total, key("contacts", "page", "rows", part))
    shown = checked.rows(part, offset, paging.ROWS_A_PAGE)
    table = row_table(checked, shown, part)
    paging.show(place, table, _columns(checked), alt=t("contacts.rows_alt"), marked=_faulty(table, shown))


def row_table(checked: CheckedContacts, shown: Sequence[RowView], part: Section) -> pd.DataFrame:
    """Return the rows as a table. For rejected rows, row number and reason come first."""
    table: dict[str, list[Any]] = {}
    if part == "rejected":
        # On a phone's screen the reason fills the width: a row number after it would be out of sight.
        table["row"] = [row.row for row in shown]
        table["reason"] = [_reason(checked, row) for row in shown]
    else:
        table["status"] = [[_status(row)] for row in shown]
        table["row"] = [row.row for row in shown]
    if part == "suppressed":
        reasons = checked.reasons_left_out([row.row for row in shown])
        table["reason"] = [_left_out(reasons.get(row.row)) for row in shown]
    if any(row.first for row in shown):
        table["first"] = [t("contacts.row_number", row=row.first) if row.first else "" for row in shown]
    for name in checked.kinds:
        table[f"f:{name}"] = [_cell(row.cells[name]) for row in shown]
    return pd.DataFrame(table)


def _faulty(table: pd.DataFrame, shown: Sequence[RowView]) -> pd.DataFrame | None:
    """Return a mask of the cells that cannot be sent to, or may not be; None if there are none."""
    marks = pd.DataFrame(False, index=table.index, columns=table.columns)
    for place, row in enumerate(shown):
        for name, cell in row.cells.items():
            if cell.problem or cell.is_listed:
                marks.loc[place, f"f:{name}"] = True
    return marks if marks.to_numpy().any() else None


def _status(row: RowView) -> str:
    is_repaired = row.status == "ready" and any(cell.repaired for cell in row.cells.values())
    return _status_words("repaired" if is_repaired else row.status)


def _status_words(status: str) -> str:
    return f"{_STATUSES[status][0]} {t(f'contacts.is_{status}')}"


def _reason(checked: CheckedContacts, row: RowView) -> str:
    """Return why a row is rejected: it has too many cells, or the problems of its cells, or it has no destination."""
    if row.row in checked.sheet.long_rows:
        return t("contacts.why.contact.too_many_cells")
    faulty = [
        f"{checked.mapping[name]}: {t(f'contacts.why.{cell.problem}')}"
        for name, cell in row.cells.items()
        if cell.problem
    ]
    return " · ".join(faulty) or t("contacts.why.contact.no_destination")


def _left_out(problem: Problem | None) -> str:
    """Return why nothing is sent to a row, with the column that says so."""
    if problem is None:
        return ""
    why = t(f"contacts.why.{problem.code}", row=problem.params.get("first"))
    said = f"{problem.column}: {before}" if (before := " ".join((problem.value or "").split())) else problem.column
    return f"{why} ({said})" if problem.column else why


def _cell(cell: Cell) -> str:
    """Return a cell before and after, as ``(11) 90000-0001 → 5511900000001``; only once if both are the same."""
    before = " ".join(cell.original.split())
    if cell.problem:
        return f"⚠ {before}"
    if cell.is_listed:
        return f"– {before}"
    if not before or not cell.value or before == cell.value:
        return cell.value or before
    return f"{before}  →  {cell.value}"


def _columns(checked: CheckedContacts) -> dict[str, Any]:
    options = {_status_words(name): color for name, (_, color) in _STATUSES.items()}
    return {
        "reason": st.column_config.TextColumn(t("contacts.reason"), width=340),
        "status": st.column_config.MultiselectColumn(
            t("contacts.status"), options=list(options), color=list(options.values()), width=130
        ),
        "row": st.column_config.NumberColumn(t("contacts.row"), width=75, format="%d"),
        "first": st.column_config.TextColumn(t("contacts.first"), width=80),
        **{
            # Wide enough for a phone before and after: the default width is that of the first cells.
            f"f:{name}": st.column_config.TextColumn(name, width=240 if kind == "phone" else None)
            for name, kind in checked.kinds.items()
        },
    }


def findings_list(checked: CheckedContacts) -> None:
    """Show one page of the findings, of all kinds or of the kind the operator chose."""
    counts = checked.summary.problem_counts
    code = _chosen(counts)
    place = st.container()
    total = counts[code] if code else checked.summary.problems
    offset = paging.offset(total, key("contacts", "page", "problems", code or "all"))
    found = checked.problems(offset, paging.ROWS_A_PAGE, code=code)
    table = pd.DataFrame(
        {
            "reason": [t(f"contacts.why.{problem.code}", row=problem.params.get("first")) for problem in found],
            "row": [problem.row for problem in found],
            "column": [problem.column or "" for problem in found],
            "value": [problem.value or "" for problem in found],
        }
    )
    columns = {
        "reason": st.column_config.TextColumn(t("contacts.reason"), width=340),
        "row": st.column_config.NumberColumn(t("contacts.row"), width="small", format="%d"),
        "column": st.column_config.TextColumn(t("contacts.column")),
        "value": st.column_config.TextColumn(t("contacts.value")),
    }
    paging.show(place, table, columns, alt=t("contacts.findings_alt"))


def _chosen(counts: Mapping[str, int]) -> str | None:
    """Let the operator choose a kind of finding and return its code; None for all. A single kind offers no choice."""
    kinds = sorted((code for code, n in counts.items() if n), key=lambda code: -counts[code])
    if len(kinds) < 2:
        return None
    if session.value(_KIND) not in kinds:
        session.forget(_KIND)
    words = {code: f"{t(f'contacts.why.{code}', row='…')} ({text().number(counts[code])})" for code in kinds}
    chosen: str | None = st.selectbox(
        t("contacts.kind"),
        kinds,
        index=None,
        key=_KIND,
        format_func=words.__getitem__,
        width=420,
        placeholder=t("contacts.kind_all"),
        label_visibility="collapsed",
    )
    return chosen
