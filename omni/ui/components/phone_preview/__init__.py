"""A message as the recipient meets it: an SMS in its thread, a flash SMS over the screen, a call spoken."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from omni.ui.components.serving import mount_of

__all__ = ["sms_preview"]


def sms_preview(
    text: str,
    *,
    sender: str,
    key: str,
    note: str,
    flash: bool = False,
    kind: Literal["MT", "VOICE"] = "MT",
) -> None:
    """Show ``text`` as it stands, line breaks kept, under the name ``sender``, with ``note`` beneath.

    ``flash`` shows it as a message over the phone's screen; ``kind="VOICE"`` as the words of a call.
    """
    mount = mount_of("phone_preview", Path(__file__).parent, '<div class="phone" hidden></div>')
    look = "call" if kind == "VOICE" else "flash" if flash else "sms"
    mount(key=key, data={"text": text, "sender": sender, "note": note, "look": look})
