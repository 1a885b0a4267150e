"""The page's side of the flow editor: the ordered steps, and the effect of the browser's gestures on them.

The editor never holds contents. The page keeps an `Arrangement` (in its session), applies each gesture to
it with `arrange`, and gives the editor its ids, ``revision`` and ``ack``. Steps that a gesture removes
go to ``bin``, from which "undo" restores them completely.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from omni.core.steps import StepType
from omni.ui.components.flow_editor.gesture import Gesture, Place

T = TypeVar("T")

_BIN_SIZE: Final = 20  # the editor offers undo for the last ten


@dataclass(frozen=True, slots=True)
class Arrangement(Generic[T]):
    """Steps of any immutable type by id, in their order.

    ``ack`` is the last gesture answered. ``revision`` is drawn at random by `begin` and never used again,
    so that a gesture meant for other steps (another template, a browser left open across a restart) is
    recognised.
    """

    steps: Mapping[str, T]
    selected: str | None
    revision: int
    ack: int = 0
    bin: Mapping[str, T] = field(default_factory=dict)

    def contents(self) -> tuple[T, ...]:
        """The ordered steps, without ids."""
        return tuple(self.steps.values())

    def with_step(self, identity: str, step: T) -> Arrangement[T]:
        """Replace the contents of one step; return the arrangement unchanged if there is no such step."""
        if identity not in self.steps:
            return self
        return replace(self, steps={**self.steps, identity: step})


def begin(steps: Iterable[T]) -> Arrangement[T]:
    """Start with steps from a draft, a template or an import: give them new ids and select the first one."""
    by_id = {secrets.token_hex(6): step for step in steps}
    return Arrangement(by_id, next(iter(by_id), None), secrets.randbits(48))


def arrange(
    flow: Arrangement[T], gesture: Gesture | None, *, max_steps: int, blank: Callable[[StepType], T]
) -> Arrangement[T]:
    """Apply a gesture and return the resulting flow; ``blank`` makes the contents of a new step.

    The same object is returned if there is no gesture, or it is for another revision, or it was answered
    before. A gesture that cannot be carried out (too many steps, a copy of an unknown step) is answered
    without effect: the editor then shows the page's steps again.
    """
    if gesture is None or gesture.revision != flow.revision or gesture.sequence <= flow.ack:
        return flow
    if len(gesture.order) > max_steps:
        return replace(flow, ack=gesture.sequence)
    known = {**flow.bin, **flow.steps}
    steps: dict[str, T] = {}
    for place in gesture.order:
        if not _is_possible(place, known):
            return replace(flow, ack=gesture.sequence)
        steps[place.id] = known[place.id] = _contents(place, known, blank)
    before = {**flow.bin, **flow.steps}
    left_out = [(identity, step) for identity, step in before.items() if identity not in steps]
    newest = dict(left_out[-_BIN_SIZE:])
    return Arrangement(steps, gesture.selected, flow.revision, gesture.sequence, newest)


def _is_possible(place: Place, known: Mapping[str, T]) -> bool:
    return place.id in known or place.copy_of is None or place.copy_of in known


def _contents(place: Place, known: Mapping[str, T], blank: Callable[[StepType], T]) -> T:
    # The page's own contents take precedence over the kind of step that the browser reports.
    if place.id in known:
        return known[place.id]
    return known[place.copy_of] if place.copy_of is not None else blank(place.kind)
