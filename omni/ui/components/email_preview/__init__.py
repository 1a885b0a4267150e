"""An operator's e-mail HTML, shown without letting it do anything: no scripts, no requests, no navigation.

The HTML is parsed into an inert document, stripped of what could reach out, and shown in an iframe that is
sandboxed and has its own Content-Security-Policy. Always on a white background, as mail programs show it.
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

    ``subject`` and ``sender`` make a header as in a mail program. ``blocked`` is the sentence shown beneath
    when the HTML has images on other hosts: the recipient will see them, the preview does not load them.
    """
    mount = mount_of("email_preview", Path(__file__).parent, '<div class="mail" hidden></div>')
    caption = blocked if blocked and has_remote_images(html) else ""
    parts = {"title": title, "subject": subject, "sender": sender, "caption": caption}
    mount(key=key, data={"html": html, "height": height, **parts})
