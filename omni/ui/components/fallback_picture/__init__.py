"""A drawing of a fallback campaign: an SMS that was not delivered, an unanswered call, an e-mail that arrived.

It repeats the text beside it, so it is hidden from screen readers.
"""

from __future__ import annotations

from pathlib import Path

from omni.ui.components.serving import mount_of


def fallback_picture(sms: str, call: str, email: str, fails: str, *, key: str) -> None:
    """Show the drawing, with the names of the three channels and the label ``fails`` of the arrows between them."""
    mount = mount_of("fallback_picture", Path(__file__).parent, '<div class="picture" aria-hidden="true" hidden></div>')
    mount(key=key, data={"names": [sms, call, email], "fails": fails})
