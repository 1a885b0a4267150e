"""The visual flow editor: cards joined by "if this fails" arrows, moved by mouse, touch or keyboard.

The editor keeps no contents: the browser shows the cards it is given and answers with a `Gesture`, the whole order of
the steps after the operator's action. The page applies the gesture and sends the cards again;
`omni.ui.flow.canvas` does so with the draft's steps.

A page reads the value before the mount, with `read_gesture`, so that the cards it sends already include the gesture. A
test can also drive the editor this way, by putting ``{"gesture": {…}}`` into the session under the key.

Each gesture carries a sequence number and the revision of the steps it was made on. The page answers with ``ack``, the
last number it has applied. Until then the browser keeps showing the operator's action and ignores answers to earlier
gestures; a new revision replaces everything.

"Undo" after a removal needs no gesture of its own: the order contains the removed id again, so a page keeps the steps
it removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from omni.core.steps import StepType
from omni.ui.components.flow_editor.gesture import STATE, Gesture, Place, read_gesture
from omni.ui.components.flow_editor.labels import Labels, labels_from
from omni.ui.components.serving import mount_of

__all__ = [
    "Card",
    "Gesture",
    "Labels",
    "Place",
    "flow_editor",
    "labels_from",
    "read_gesture",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A step as the editor shows it, in the operator's language.

    ``title`` names the kind ("SMS"), ``summary`` is the beginning of its text, ``destination`` the field and its column
    ("phone1 · Celular"), ``error`` the reason it cannot be sent, ``reach`` the number of contacts ("reaches 1.234").
    ``{{columns}}`` in the summary are highlighted.
    """

    id: str
    kind: StepType
    title: str
    summary: str
    destination: str
    error: str | None = None
    reach: str | None = None


def flow_editor(
    cards: Sequence[Card],
    *,
    selected: str | None,
    labels: Labels,
    key: str,
    max_steps: int,
    revision: int,
    ack: int,
    readonly: bool = False,
) -> Gesture | None:
    """Show the cards, and return the gesture that the page has not applied yet, if any.

    A page that reads the value before the mount, as above, gets None. With ``readonly`` cards can only be selected.
    """
    mount = mount_of("flow_editor", Path(__file__).parent, '<div class="flow" hidden></div>')
    value = mount(
        key=key,
        data={
            "cards": [asdict(card) for card in cards],
            "selected": selected,
            "labels": asdict(labels),
            "limit": max_steps,
            "readonly": readonly,
            "revision": revision,
            "ack": ack,
        },
        **{f"on_{STATE}_change": lambda: None},
    )
    gesture = read_gesture(value)
    is_due = gesture is not None and gesture.revision == revision and gesture.sequence > ack
    return gesture if is_due else None
