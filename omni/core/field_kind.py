"""Contacts as the provider's ``contactInfo``, and the kind of value that a contactInfo key holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["phone", "email", "text"]


@dataclass(frozen=True, slots=True)
class Contact:
    """One row of the spreadsheet as a contact.

    ``row`` is the number the spreadsheet program shows; ``contact_info`` maps freely chosen keys to strings.
    """

    row: int
    contact_info: Mapping[str, str]


def kind_of_field(name: str) -> FieldKind:
    """Infer the kind of a contactInfo key from its name, for keys that no step uses as a destination.

    The provider's sample names them phone1, email and so on.
    """
    lowered = name.lower()
    if lowered.startswith(("phone", "fone", "tel", "cel")):
        return "phone"
    if lowered.startswith(("email", "e-mail")) and not lowered.endswith("name"):
        return "email"
    return "text"
