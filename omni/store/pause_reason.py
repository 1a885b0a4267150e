"""Why a campaign stands still, as a code with parameters, and how it is kept in a column."""

from __future__ import annotations

from typing import Final

from omni.core.campaign import Reason
from omni.store.json_text import from_text, to_text

REPLACED: Final = Reason("halt.replaced")
"""What is behind our address is an older copy, or another server's, and may lack what was sent and decided since:
told by its identity (``omni.store.restored_identity``) or by the claim journal (``omni.store.restored_journal``)."""
_FORMER: Final = {"halt.restored": REPLACED.code}
"""Codes that stand in databases from earlier versions, and the code that says the same today."""


def reason_to_text(reason: Reason | None) -> str | None:
    """The reason as JSON, None without one."""
    return None if reason is None else to_text({"code": reason.code, "params": dict(reason.params)})


def reason_from_text(text: str | None) -> Reason | None:
    """The reason that ``reason_to_text`` wrote, here or in an earlier version."""
    if text is None:
        return None
    read = from_text(text)
    return Reason(_FORMER.get(read["code"], read["code"]), read["params"])
