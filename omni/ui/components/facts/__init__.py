"""Facts as pairs of name and value.

Values are shown as plain text, never as markup, so they may come from a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from omni.ui.components.serving import mount_of


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with its value. ``code`` shows the value in a monospaced font (addresses, folders), ``note`` below it."""

    name: str
    value: str
    code: bool = False
    note: str = ""


def facts(
    pairs: Sequence[Fact],
    *,
    key: str,
    title: str | None = None,
    about: str | None = None,
    icon: Literal["file", "none"] = "none",
    stacked: bool = False,
) -> None:
    """Show the pairs in a row that wraps, or as a list if ``stacked``, below ``title`` and the line ``about``."""
    mount = mount_of("facts", Path(__file__).parent, '<div class="facts" hidden></div>')
    mount(
        key=key,
        data={
            "pairs": [asdict(pair) for pair in pairs],
            "title": title,
            "about": about,
            "icon": icon,
            "stacked": stacked,
        },
    )
