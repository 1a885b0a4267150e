"""What is wrong and where: the reason first, then row and cell as the spreadsheet program shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
import streamlit as st

from omni.service.checked_contacts import CheckedContacts
from omni.ui import contacts_paging, session
from omni.ui.keys import key
from omni.ui.text import t, text

_KIND: Final = key("contacts", "finding")


def findings(checked: CheckedContacts) -> None:
    """A page of the findings, of all kinds or of one."""
    counts = checked.summary.problem_counts
    code = _chosen(counts)
    place = st.container()
    offset = contacts_paging.offset(counts[code] if code else checked.summary.problems, "problems", code or "all")
    found = checked.problems(offset, contacts_paging.ROWS_A_PAGE, code=code)
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
    contacts_paging.show(place, table, columns, alt=t("contacts.findings_alt"))


def _chosen(counts: Mapping[str, int]) -> str | None:
    """The kind the operator wants to see; None for all. No choice where there is one kind only."""
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
