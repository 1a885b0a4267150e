"""What was noticed while a spreadsheet was read: a code and its figures, a sentence under ``sheet_note``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Note:
    """``lines_above_header`` with ``{"n": 2}``."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


CONTACTS_MAY_BE_LOST: Final = frozenset({"rows_in_quotes"})
"""The codes after which rows may be missing from those that were read; the others say how the rest was taken."""
