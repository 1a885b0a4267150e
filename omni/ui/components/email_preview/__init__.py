"""Preview of an operator's e-mail HTML without scripts, requests or navigation.

The HTML is parsed into an inert document, stripped of everything that could load or run, and shown in a sandboxed
iframe with its own Content-Security-Policy. The background is always white, as in mail programs.
"""

from __future__ import annotations

from pathlib import Path

from omni.ui.components.email_preview.remote import has_remote_images
from omni.ui.components.serving import mount_of

__all__ = ["email_preview", "has_remote_images"]


def email_preview(
    html: str,
    *,
    title: str,
    key: str,
    height: int = 360,
    subject: str = "",
    sender: str = "",
    blocked: str = "",
) -> None:
    """Show ``html`` in a frame ``height`` pixels high whose accessible name is ``title``.

    ``subject`` and ``sender`` are shown as a header, as in a mail program. ``blocked`` is the sentence shown beneath
    if the HTML has images on other hosts: the recipient will see them, the preview does not load them.
    """
    mount = mount_of("email_preview", Path(__file__).parent, '<div class="mail" hidden></div>')
    caption = blocked if blocked and has_remote_images(html) else ""
    parts = {"title": title, "subject": subject, "sender": sender, "caption": caption}
    mount(key=key, data={"html": html, "height": height, **parts})
