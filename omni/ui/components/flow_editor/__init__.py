"""The visual flow editor: cards joined by "if this fails" arrows, moved by mouse, touch or keyboard.

The editor is stateless about contents: the browser shows the cards it is given and answers with a
`Gesture`, the whole order that came of what the operator did. The page applies it and shows the cards anew;
`omni.ui.flow.canvas` does so with the draft's steps.

A page reads the value before the mount, with `read_gesture`, so that the cards it sends already show the
gesture; it also lets a test drive the editor by putting ``{"gesture": {…}}`` into the session under the key.

Each gesture carries a sequence number and the revision of the steps it was made on. The page answers with
``ack``, the last number it has applied. Until then the browser keeps showing what the operator did, and an
answer to an earlier gesture is passed over; a new revision replaces everything.

"Undo" after a removal needs no gesture of its own: the order has the removed id again, so a page keeps what
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
    """One step as the editor shows it, in the operator's language.

    ``title`` names the kind ("SMS"), ``summary`` is the beginning of its text, ``destination`` the field
    and its column ("phone1 · Celular"), ``error`` what keeps it from being sent, ``reach`` how many it
    reaches ("reaches 1.234"). ``{{columns}}`` in the summary stand out.
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
    """Show the cards; the gesture that waits for an answer, if the page has not applied it yet.

    A page that reads the value before the mount, as above, gets None. ``readonly`` lets cards be selected
    only.
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
