"""One row of the spreadsheet as the provider's ``contactInfo``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["phone", "email", "text"]


@dataclass(frozen=True, slots=True)
class Contact:
    """``row`` is the number the spreadsheet program shows; ``contact_info`` holds strings under free keys."""

    row: int
    contact_info: Mapping[str, str]


def kind_of_field(name: str) -> FieldKind:
    """What a contactInfo key holds when no step says so: the provider's sample names them phone1, email, …"""
    lowered = name.lower()
    if lowered.startswith(("phone", "fone", "tel", "cel")):
        return "phone"
    if lowered.startswith(("email", "e-mail")) and not lowered.endswith("name"):
        return "email"
    return "text"
