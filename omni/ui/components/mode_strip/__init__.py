"""The strip above a page that says whether messages are practice or reach real people.

The two modes differ in colour, pattern, icon and words, so that the difference never depends on only one of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from omni.ui.components.serving import mount_of


def mode_strip(kind: Literal["practice", "live"], title: str, about: str, *, key: str) -> None:
    """Show the strip: ``title`` names the mode ("Practice"), ``about`` explains it in a sentence."""
    mount = mount_of("mode_strip", Path(__file__).parent, '<div class="strip" role="status" hidden></div>')
    mount(key=key, data={"kind": kind, "title": title, "about": about})
