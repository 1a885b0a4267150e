"""Faults of a provider by name: whether the contacts were accepted, and the answer that the client gets."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Ending = Literal["answer", "late", "never", "reset", "reset_midway"]
Content = Literal["whole", "fewer_ids", "no_ids", "broken", "html", "empty", "error"]

REDIRECT_PATH = "/v1/omni/send/moved"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``accepts`` is the truth at the provider, the other fields describe the answer.

    ``status`` is None for no answer at all. ``message`` is the errorMessage of content "error".
    """

    accepts: bool
    status: int | None
    content: Content = "whole"
    ending: Ending = "answer"
    message: str = ""
    headers: tuple[tuple[str, str], ...] = ()


NO_FAULT = Fault(accepts=True, status=200)

FAULTS: Mapping[str, Fault] = {
    "refused": Fault(False, 400, "error", message="sandbox fault: the request is refused"),
    "unauthorized": Fault(False, 401, "error", message="sandbox fault: invalid user name or token"),
    "forbidden": Fault(False, 403, "error", message="sandbox fault: this user may not send"),
    "too_many": Fault(False, 429, "error", message="sandbox fault: too many requests", headers=(("Retry-After", "1"),)),
    "slow": Fault(True, 200, ending="late"),
    "hang": Fault(True, None, ending="never"),
    "cut_before": Fault(False, None, ending="reset"),
    "cut_after": Fault(True, None, ending="reset"),
    "cut_middle": Fault(True, 200, ending="reset_midway"),
    "error_500": Fault(False, 500, "error", message="sandbox fault: internal error"),
    "error_503": Fault(False, 503, "html"),
    "error_504": Fault(True, 504, "html"),
    "malformed": Fault(True, 200, "broken"),
    "html": Fault(True, 200, "html"),
    "fewer_ids": Fault(True, 200, "fewer_ids"),
    "no_ids": Fault(True, 200, "no_ids"),
    "empty": Fault(True, 200, "empty"),
    "redirect": Fault(False, 307, "error", message="sandbox fault: moved", headers=(("Location", REDIRECT_PATH),)),
    "error_in_200": Fault(False, 200, "error", message="sandbox fault: refused, under status 200"),
}


def read_shares(text: str) -> dict[str, float]:
    """Read ``name=share,...`` into a mapping; raises ValueError with a sentence for the user."""
    shares: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}; the faults are {', '.join(FAULTS)}")
        if name in shares:
            raise ValueError(f"fault {name!r} is given twice")
        try:
            share = float(number)
        except ValueError:
            share = math.nan
        if not equals or not 0 <= share <= 1:
            raise ValueError(
                f"the share of fault {name!r} must be a number from 0 to 1, as in {name}=0.05; "
                f"the faults are {', '.join(FAULTS)}"
            )
        shares[name] = share
    if math.fsum(shares.values()) > 1 + 1e-9:
        raise ValueError("the shares add up to more than 1, and a request meets at most one fault")
    return shares


class FaultDraw:
    """Draws at most one fault for each request; the same seed and order of requests draw the same faults."""

    def __init__(self, shares: Mapping[str, float], seed: int | None) -> None:
        self._shares = shares
        self._random = random.Random(seed)

    def draw(self) -> str | None:
        """Return the name of the fault for the next request, or None."""
        point = self._random.random()
        for name, share in self._shares.items():
            if point < share:
                return name
            point -= share
        return None
