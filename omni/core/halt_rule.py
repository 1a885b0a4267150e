"""When a campaign that goes badly stops by itself, before everybody has got the mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WRITTEN: Final = re.compile(r"\s*(\d{1,6})\s*[,;]\s*(\d{1,3}(?:\.\d+)?)\s*%\s*")


@dataclass(frozen=True, slots=True)
class HaltRule:
    """Halts at ``in_a_row`` requests refused or unknown one after another, or at more than ``share`` of all.

    Counted are requests since the campaign was last started. The share counts once more than ``in_a_row`` requests
    have failed, since of three requests one is already a third.
    """

    in_a_row: int = 3
    share: float = 0.05

    def is_past(self, in_a_row: int, failed: int, judged: int) -> bool:
        """Whether ``failed`` of ``judged`` requests, the last ``in_a_row`` of them in a row, are too many."""
        return in_a_row >= self.in_a_row or (failed > self.in_a_row and failed > self.share * judged)


def read_halt_rule(text: str) -> HaltRule | None:
    """``3,5%`` as three in a row or five per cent; None for ``off``. Raises ``ValueError`` for anything else."""
    if text.strip().lower() == "off":
        return None
    found = _WRITTEN.fullmatch(text)
    if not found or not int(found[1]) or float(found[2]) > 100:
        raise ValueError(text)
    return HaltRule(int(found[1]), float(found[2]) / 100)
