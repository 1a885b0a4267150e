"""The draft's spreadsheet as its steps need it: placeholder names, problems, reach, and one contact as an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st

from omni import wiring
from omni.core.problem import Problem
from omni.core.rendering import names_used, render_step
from omni.core.steps import Step
from omni.core.template import template_problems
from omni.errors import OmniError
from omni.service.checked_contacts import CheckedContacts, Reach
from omni.service.column_mapping import placeholder_columns
from omni.service.preparation import Preparation
from omni.service.questions import text_warnings
from omni.ui.drafting import OpenDraft
from omni.ui.text import t


@dataclass(frozen=True, slots=True)
class Sample:
    """One contact: its spreadsheet row, its status, its contactInfo, and the values of placeholders."""

    row: int
    status: str
    contact_info: Mapping[str, str]
    values: Mapping[str, str]

    def render(self, step: Step) -> Step | None:
        """Return the step as this contact receives it; None if it names a column the sheet does not have."""
        return render_step(step, self.values) if all(n in self.values for n in names_used([step])) else None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """The checked contacts of a draft.

    ``checked`` is None without a spreadsheet or if it cannot be read; ``error`` is then the reason, None without a
    spreadsheet.
    """

    checked: CheckedContacts | None = None
    error: OmniError | None = None

    @property
    def mapping(self) -> Mapping[str, str]:
        """The contactInfo keys that have a column, each with the column's header."""
        return self.checked.mapping if self.checked else {}

    @property
    def columns(self) -> list[str]:
        """The names that placeholders may use."""
        if self.checked is None:
            return []
        known = placeholder_columns(self.checked.sheet, self.checked.mapping)
        return list(dict.fromkeys([*known, *self.checked.placeholders]))

    def problems(self, preparation: Preparation) -> list[Problem]:
        """Return the problems of the steps; without contacts only those that need no spreadsheet."""
        if self.checked is None:
            return template_problems(preparation.template)
        found = template_problems(preparation.template, self.mapping, self.columns)
        return [*found, *text_warnings(preparation.template, self.checked)]

    def reach(self, step: int) -> Reach | None:
        """Return the reach of step ``step`` (from 1); None without contacts."""
        if self.checked is None:
            return None
        return next((reach for reach in self.checked.summary.reach if reach.step == step), None)

    def rows(self) -> tuple[int, int] | None:
        """Return the first and the last spreadsheet row with a contact; None without contacts."""
        rows = self.checked.sheet.rows if self.checked else []
        return (int(rows[0].as_py()), int(rows[-1].as_py())) if len(rows) else None

    def sample(self, row: int | None = None) -> Sample | None:
        """Return the contact of ``row``, or without ``row`` the first ready one, else the first; None without one."""
        if self.checked is None:
            return None
        if row is not None:
            return _at(self.checked, "all", self._place(row))
        return _at(self.checked, "ready", 0) or _at(self.checked, "all", 0)

    def _place(self, row: int) -> int | None:
        """Return the place (from 0) of a row among the contacts; None for a blank or missing row."""
        assert self.checked is not None
        rows = self.checked.sheet.rows.to_numpy()
        at = int(np.searchsorted(rows, row))
        return at if at < len(rows) and rows[at] == row else None


def sheet_facts(draft: OpenDraft | None) -> SheetFacts:
    """Return the facts of the draft's contacts now. If the sheet cannot be read, its error is part of them."""
    if draft is None or draft.preparation.upload is None:
        return SheetFacts()
    try:
        with st.spinner(t("step.checking")):
            return SheetFacts(wiring.console().check(draft.id, draft.preparation))
    except OmniError as err:
        return SheetFacts(error=err)


def _at(checked: CheckedContacts, part: Literal["all", "ready"], place: int | None) -> Sample | None:
    """Return the contact at a place of ``part``, with the operator's corrections of its cells."""
    found = checked.rows(part, place, 1) if place is not None else []
    if not found:
        return None
    view = found[0]
    info = {name: cell.value for name, cell in view.cells.items()}
    at = int(np.searchsorted(checked.sheet.rows.to_numpy(), view.row))
    corrected = {header: text for (row, header), text in checked.fixes.items() if row == view.row}
    cells = checked.sheet.table.slice(at, 1).to_pylist()[0] | corrected
    # A header takes precedence over a field of the same name, as in the requests.
    texts = checked.text_values(view.row, list(checked.placeholders))
    return Sample(view.row, view.status, info, {**info, **cells, **texts})
