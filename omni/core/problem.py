"""Something the operator should know about one place: a cell, a column, a field of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, as data; its sentence is ``problem.<code>`` in the catalogs.

    ``row`` is the number the spreadsheet program shows, ``step`` counts from 1, ``field`` is a contactInfo
    key for a cell and a snake_case field name for a step. An ``error`` keeps the row, or the campaign, from
    being sent; a ``warning`` does not.
    """

    code: str
    severity: Severity
    row: int | None = None
    column: str | None = None
    field: str | None = None
    step: int | None = None
    value: str | None = None
    params: Mapping[str, object] = made_by(default_factory=dict)
