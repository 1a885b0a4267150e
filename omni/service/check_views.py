"""What a check looks like from outside: its figures, a row, a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Part = str
"""``all``, ``ready``, ``rejected``, ``duplicate``, ``repaired``, ``hidden``, ``blank``, or ``step:2``: the ready rows
that step 2 reaches."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the ready contacts step ``step`` (from 1) can reach."""

    step: int
    type: str
    destination_field: str
    contacts: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a check. ``rows["read"]`` is the sum of ready, rejected, duplicate, blank, hidden and
    suppressed, and of ``recent`` where contacts were left out that were sent to lately; ``repaired`` counts within
    ready. ``problem_counts`` are by code, ``error_counts`` their errors. ``repeats`` counts the rows that repeat
    another, sent to or not, and ``shared``, field by field, those that have there what an earlier row has too."""

    rows: Mapping[str, int]
    reach: tuple[Reach, ...]
    unreached: int
    problem_counts: Mapping[str, int]
    error_counts: Mapping[str, int]
    repeats: int
    shared: Mapping[str, int]

    @property
    def problems(self) -> int:
        """All findings together."""
        return sum(self.problem_counts.values())


@dataclass(frozen=True, slots=True)
class Cell:
    """One destination or text of a row: as it stands in the sheet or was corrected here, and as it will be sent."""

    original: str
    value: str
    repaired: bool
    problem: str | None
    is_fixed: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as a page shows it. ``first`` is the row a duplicate repeats."""

    row: int
    status: str
    cells: Mapping[str, Cell]
    first: int | None
