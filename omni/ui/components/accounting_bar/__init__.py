"""The rows of a spreadsheet by status: a bar with proportional parts, and tiles that open the rows of a part."""

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
    """A count with its label.

    ``within`` names the part that already includes the count, so that it does not add to the sum. ``opens`` is false if
    there are no rows to open. ``tone`` is the colour. The tone ``whole`` is for the sum and ``reached`` for the
    contacts a step reaches: these are not in the bar, and tiles with ``reached`` are in a row of their own.
    """

    name: str
    label: str
    count: int
    tone: Tone
    within: str | None = None
    opens: bool = True


def chosen_tile(value: object, tiles: Sequence[Tile], default: str) -> str:
    """Return the name of the tile last pressed, from the component's value; ``default`` if none can be opened."""
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
    """Show the bar and its tiles; ``about`` is the sum in words for screen readers.

    The page reads the pressed tile before this call, with ``chosen_tile(session.value(key), …)``. ``number`` formats a
    count.
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
