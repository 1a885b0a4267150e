"""JSON to read, in colours that keep their contrast in both themes, which Streamlit's own code block does not."""

from __future__ import annotations

from pathlib import Path

from omni.ui.components.serving import mount_of

__all__ = ["json_text"]


def json_text(text: str, *, label: str, key: str, height: int | None = None) -> None:
    """Show ``text`` as it stands, long lines wrapped; at most ``height`` pixels high, then it scrolls.

    ``label`` names the area for those who do not see it.
    """
    mount = mount_of("json_text", Path(__file__).parent, '<div class="json" hidden></div>')
    mount(key=key, data={"text": text, "label": label, "height": height})
