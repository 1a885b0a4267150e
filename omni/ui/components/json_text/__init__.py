"""JSON with syntax colours that have enough contrast in both themes, unlike Streamlit's own code block."""

from __future__ import annotations

from pathlib import Path

from omni.ui.components.serving import mount_of

__all__ = ["json_text"]


def json_text(text: str, *, label: str, key: str, height: int | None = None) -> None:
    """Show ``text`` unchanged with long lines wrapped; it scrolls beyond ``height`` pixels.

    ``label`` names the area for screen readers.
    """
    mount = mount_of("json_text", Path(__file__).parent, '<div class="json" hidden></div>')
    mount(key=key, data={"text": text, "label": label, "height": height})
