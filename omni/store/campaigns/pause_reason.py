"""Reasons for a pause: codes with parameters, and the form in which a text column holds them."""

from __future__ import annotations

from typing import Final

from omni.core.campaign import Reason
from omni.store.json_text import from_text, to_text

REPLACED: Final = Reason("halt.replaced")
"""The database at our address is an older copy, or that of another server, and may lack what was sent and decided
since. It is detected by its identity (``omni.store.restored.identity``), by the claim journal
(``omni.store.restored.journal``) or by the marks of acts (``omni.store.restored.acts``)."""
_FORMER: Final = {"halt.restored": REPLACED.code}
"""Codes in databases of earlier versions, and the codes that replaced them."""


def reason_to_text(reason: Reason | None) -> str | None:
    """Return the reason as JSON; None for no reason."""
    return None if reason is None else to_text({"code": reason.code, "params": dict(reason.params)})


def reason_from_text(text: str | None) -> Reason | None:
    """Return the reason that ``reason_to_text`` wrote, in this or an earlier version."""
    if text is None:
        return None
    read = from_text(text)
    return Reason(_FORMER.get(read["code"], read["code"]), read["params"])
