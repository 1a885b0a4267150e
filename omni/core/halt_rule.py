"""The rule that pauses a failing campaign by itself, before all its contacts have received the mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WRITTEN: Final = re.compile(r"\s*(\d{1,6})\s*[,;]\s*(\d{1,3}(?:\.\d+)?)\s*%\s*")


@dataclass(frozen=True, slots=True)
class HaltRule:
    """Limits of failed requests: ``in_a_row`` consecutive ones, or more than ``share`` of all that have an outcome.

    A request has failed when it is refused or unknown. Requests are counted from the last start of the campaign. The
    share is applied once more than ``in_a_row`` requests have failed, since one of three requests is already a third.
    """

    in_a_row: int = 3
    share: float = 0.05

    def is_past(self, in_a_row: int, failed: int, judged: int) -> bool:
        """Tell whether ``failed`` of ``judged`` requests, the last ``in_a_row`` of them in a row, exceed the limits."""
        return in_a_row >= self.in_a_row or (failed > self.in_a_row and failed > self.share * judged)


def read_halt_rule(text: str) -> HaltRule | None:
    """Parse a rule: ``3,5%`` is three in a row or five per cent, ``off`` is None.

    Raises ``ValueError`` for any other text.
    """
    if text.strip().lower() == "off":
        return None
    found = _WRITTEN.fullmatch(text)
    if not found or not int(found[1]) or float(found[2]) > 100:
        raise ValueError(text)
    return HaltRule(int(found[1]), float(found[2]) / 100)
