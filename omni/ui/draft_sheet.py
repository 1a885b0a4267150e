"""What the draft's spreadsheet says about its steps: the names they may use, and one contact to show."""

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
from omni.service.checked_contacts import CheckedContacts
from omni.service.column_mapping import placeholder_columns
from omni.service.preparation import Preparation
from omni.ui.drafting import OpenDraft
from omni.ui.text import t


@dataclass(frozen=True, slots=True)
class Sample:
    """One contact: its spreadsheet row, what became of it, its contactInfo, what placeholders stand for."""

    row: int
    status: str
    contact_info: Mapping[str, str]
    values: Mapping[str, str]

    def render(self, step: Step) -> Step | None:
        """The step as this contact gets it; None if it names something the sheet does not have."""
        return render_step(step, self.values) if all(n in self.values for n in names_used([step])) else None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """``checked`` is None without a spreadsheet, or when it cannot be read, which ``error`` tells."""

    checked: CheckedContacts | None = None
    error: OmniError | None = None

    @property
    def mapping(self) -> Mapping[str, str]:
        """The contactInfo keys that have a column, with its header."""
        return self.checked.mapping if self.checked else {}

    @property
    def columns(self) -> list[str]:
        """The names a placeholder may use."""
        return placeholder_columns(self.checked.sheet, self.checked.mapping) if self.checked else []

    def problems(self, preparation: Preparation) -> list[Problem]:
        """What is wrong with the steps, as far as can be told."""
        if self.checked is None:
            return template_problems(preparation.template)
        return template_problems(preparation.template, self.mapping, self.columns)

    def reach(self, step: int) -> int | None:
        """How many contacts step ``step`` (from 1) reaches."""
        if self.checked is None:
            return None
        return next((reach.contacts for reach in self.checked.summary.reach if reach.step == step), None)

    def rows(self) -> tuple[int, int] | None:
        """The first and the last row with a contact."""
        rows = self.checked.sheet.rows if self.checked else []
        return (int(rows[0].as_py()), int(rows[-1].as_py())) if len(rows) else None

    def sample(self, row: int | None = None) -> Sample | None:
        """The contact of a row; without one the first that is ready, else the first of all."""
        if self.checked is None:
            return None
        if row is not None:
            return _at(self.checked, "all", self._place(row))
        return _at(self.checked, "ready", 0) or _at(self.checked, "all", 0)

    def _place(self, row: int) -> int | None:
        assert self.checked is not None
        rows = self.checked.sheet.rows.to_numpy()
        at = int(np.searchsorted(rows, row))
        return at if at < len(rows) and rows[at] == row else None


def sheet_facts(draft: OpenDraft | None) -> SheetFacts:
    """What can be said of the draft's contacts now. A sheet that cannot be read is told, not raised."""
    if draft is None or draft.preparation.upload is None:
        return SheetFacts()
    try:
        with st.spinner(t("step.checking")):
            return SheetFacts(wiring.console().check(draft.id, draft.preparation))
    except OmniError as err:
        return SheetFacts(error=err)


def _at(checked: CheckedContacts, part: Literal["all", "ready"], place: int | None) -> Sample | None:
    found = checked.rows(part, place, 1) if place is not None else []
    if not found:
        return None
    view = found[0]
    info = {name: cell.value for name, cell in view.cells.items()}
    at = int(np.searchsorted(checked.sheet.rows.to_numpy(), view.row))
    corrected = {header: text for (row, header), text in checked.fixes.items() if row == view.row}
    cells = checked.sheet.table.slice(at, 1).to_pylist()[0] | corrected
    # A header wins over a field of the same name, as it does where the requests are made.
    return Sample(view.row, view.status, info, {**info, **cells})
