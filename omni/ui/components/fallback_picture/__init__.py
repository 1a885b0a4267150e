"""A drawing of what Omni does: a message that was not delivered, a call nobody took, an e-mail that arrived.

It adds nothing that the words beside it do not say, so it is hidden from those who do not see it.
"""

from __future__ import annotations

from pathlib import Path

from omni.ui.components.serving import mount_of


def fallback_picture(sms: str, call: str, email: str, fails: str, *, key: str) -> None:
    """Show the drawing, with the names of the three channels and what stands at the arrows between them."""
    mount = mount_of("fallback_picture", Path(__file__).parent, '<div class="picture" aria-hidden="true" hidden></div>')
    mount(key=key, data={"names": [sms, call, email], "fails": fails})
