"""Preview of a message on a phone: an SMS in its thread, a flash SMS over the screen, or the words of a call."""

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
    """Show ``text`` unchanged, with its line breaks, under the name ``sender``, with ``note`` beneath.

    ``flash`` shows it as a message over the phone's screen, ``kind="VOICE"`` as the words of a call.
    """
    mount = mount_of("phone_preview", Path(__file__).parent, '<div class="phone" hidden></div>')
    look = "call" if kind == "VOICE" else "flash" if flash else "sms"
    mount(key=key, data={"text": text, "sender": sender, "note": note, "look": look})
