"""What is wrong and where: the reason first, then row and cell as the spreadsheet program shows them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from omni.service.checked_contacts import CheckedContacts
from omni.ui import contacts_paging
from omni.ui.text import t


def findings(checked: CheckedContacts) -> None:
    """A page of the findings."""
    place = st.container()
    offset = contacts_paging.offset(checked.summary.problems, "problems")
    found = checked.problems(offset, contacts_paging.ROWS_A_PAGE)
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
