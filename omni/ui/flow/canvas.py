"""The flow editor on the Steps page: gestures are applied to the draft before the editor is drawn."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from omni.service.flow_editing import most_steps, rearrange
from omni.service.preparation import Preparation
from omni.ui import drafting, session
from omni.ui.components.flow_editor import Card, flow_editor, labels_from, read_gesture
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import text

EDITOR: Final = key("flow", "editor")
_SHOWN: Final = key("flow", "shown")


@dataclass(slots=True)
class Shown:
    """The steps and the acknowledgement the editor was last given.

    ``draft`` is empty without a draft. A new random ``revision`` is taken when other steps than the editor's own are
    shown, so that a gesture made on the former ones is ignored. ``ack`` is the number of the last gesture applied.

    Changed in place: each access to the session is a point where the next gesture interrupts, and a gesture that was
    applied but not acknowledged would be applied twice.
    """

    draft: str = ""
    steps: tuple[str, ...] = ()
    revision: int = field(default_factory=lambda: secrets.randbits(48))
    ack: int = 0


def take_gesture(draft: OpenDraft | None) -> OpenDraft | None:
    """Apply the gesture made in the editor since the last run, once, and return the draft; a first step starts one."""
    shown = _shown()
    gesture = read_gesture(session.value(EDITOR))
    if gesture is None or gesture.revision != shown.revision or gesture.sequence <= shown.ack:
        return draft
    if shown.draft != (draft.id if draft else ""):
        return draft
    draft = draft or drafting.start()
    draft.change(lambda preparation: rearrange(preparation, gesture, shown.steps))
    shown.draft, shown.ack = draft.id, gesture.sequence
    if tuple(place.id for place in gesture.order) == draft.preparation.step_ids:
        shown.steps = draft.preparation.step_ids
    return draft


def show(draft: OpenDraft | None, cards: Sequence[Card]) -> None:
    """Show the editor with these cards."""
    shown = _shown()
    preparation = draft.preparation if draft else Preparation()
    here = draft.id if draft else ""
    if (shown.draft, shown.steps) != (here, preparation.step_ids):
        shown = Shown(here, preparation.step_ids)
        session.put(_SHOWN, shown)
    flow_editor(
        cards,
        selected=preparation.selected,
        labels=labels_from(text()),
        key=EDITOR,
        max_steps=most_steps(preparation),
        revision=shown.revision,
        ack=shown.ack,
    )


def _shown() -> Shown:
    shown = session.value(_SHOWN)
    if not isinstance(shown, Shown):
        shown = Shown()
        session.put(_SHOWN, shown)
    return shown
