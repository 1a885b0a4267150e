"""Findings for the operator, each about one place: a cell, a column or a field of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding as data; its sentence in the catalogs is ``problem.<code>``.

    ``row`` is the number the spreadsheet program shows, ``step`` counts from 1, ``field`` is a contactInfo key for a
    cell and a snake_case field name for a step. An ``error`` keeps the row, or the campaign, from being sent; a
    ``warning`` does not.
    """

    code: str
    severity: Severity
    row: int | None = None
    column: str | None = None
    field: str | None = None
    step: int | None = None
    value: str | None = None
    params: Mapping[str, object] = dataclass_field(default_factory=dict)
