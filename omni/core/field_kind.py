"""The kind of value that a key of the provider's ``contactInfo`` holds."""

from __future__ import annotations

from typing import Literal

FieldKind = Literal["phone", "email", "text"]


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
