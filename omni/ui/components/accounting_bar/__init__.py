"""Where every row of a sheet went: a bar whose parts are proportional, over tiles that open their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from omni.ui.components.serving import mount_of

Tone = Literal["whole", "good", "mended", "bad", "doubled", "quiet", "reached"]
STATE = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One count. ``within`` names the part it belongs to, so that it does not add to the sum; ``opens`` says
    whether there are rows to show; ``tone`` is its colour. ``whole`` is the sum and ``reached`` what a step reaches of
    it: these are not in the bar, and the latter stand in a row of their own."""

    name: str
    label: str
    count: int
    tone: Tone
    within: str | None = None
    opens: bool = True


def chosen_tile(value: object, tiles: Sequence[Tile], default: str) -> str:
    """The tile last pressed, from what the component holds under its key; else ``default``."""
    name = value.get(STATE) if isinstance(value, Mapping) else None
    return str(name) if any(tile.name == name and tile.opens for tile in tiles) else default


def accounting_bar(
    tiles: Sequence[Tile],
    *,
    selected: str,
    about: str,
    number: Callable[[int], str],
    key: str,
    on_press: Callable[[], None],
) -> None:
    """Show the bar and its tiles; ``about`` is the sum in words, for those who do not see the bar.

    What is pressed is read before the mount, with ``chosen_tile(session.value(key), …)``.
    """
    mount = mount_of("accounting_bar", Path(__file__).parent, '<div class="accounting" hidden></div>')
    mount(
        key=key,
        data={"tiles": [_shown(tile, number) for tile in tiles], "selected": selected, "about": about},
        **{f"on_{STATE}_change": on_press},
    )


def _shown(tile: Tile, number: Callable[[int], str]) -> dict[str, Any]:
    return {
        "name": tile.name,
        "label": tile.label,
        "count": tile.count,
        "number": number(tile.count),
        "tone": tile.tone,
        "within": tile.within,
        "opens": tile.opens and tile.count > 0,
    }
