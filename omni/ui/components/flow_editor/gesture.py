"""Gestures of the flow editor: the whole order of the steps after an action of the operator.

A gesture comes from a browser, so it is checked: anything that does not have exactly the expected form counts as no
gesture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard, get_args

from omni.core.steps import StepType

STATE: Final = "gesture"  # the name under which the component keeps its value

_KINDS: Final[Mapping[object, StepType]] = {kind: kind for kind in get_args(StepType)}
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LARGEST_NUMBER: Final = 2**53 - 1  # beyond it JavaScript's integers are no longer exact
_MOST_PLACES: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A step in the order.

    ``copy_of`` names the source of the contents of a step that the page does not know: another step's id, its own id if
    it was removed and restored, None for a new step.
    """

    id: str
    kind: StepType
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class Gesture:
    """Gesture number ``sequence`` on the flow's ``revision``; ``selected`` is an id in ``order`` or None."""

    sequence: int
    revision: int
    selected: str | None
    order: tuple[Place, ...]


def read_gesture(raw: object) -> Gesture | None:
    """Return the gesture in the component's value (``{"gesture": {…}}``); None without one or if malformed."""
    value = raw.get(STATE) if isinstance(raw, Mapping) else None
    if not isinstance(value, Mapping):
        return None
    sequence, revision = _number(value.get("sequence")), _number(value.get("revision"))
    order = _order(value.get("order"))
    if sequence is None or revision is None or order is None:
        return None
    selected = value.get("selected")
    if selected is not None and selected not in [place.id for place in order]:
        return None
    return Gesture(sequence, revision, selected, order)


def _order(raw: object) -> tuple[Place, ...] | None:
    if not isinstance(raw, list | tuple) or len(raw) > _MOST_PLACES:
        return None
    places = [place for item in raw if (place := _place(item)) is not None]
    whole = len(places) == len(raw)
    distinct = len({place.id for place in places}) == len(places)
    return tuple(places) if whole and distinct else None


def _place(raw: object) -> Place | None:
    if not isinstance(raw, list | tuple) or len(raw) != 3:
        return None
    identity, kind, copy_of = raw
    if not _is_id(identity) or not isinstance(kind, str) or kind not in _KINDS:
        return None
    if copy_of is not None and not _is_id(copy_of):
        return None
    return Place(identity, _KINDS[kind], copy_of)


def _is_id(raw: object) -> TypeGuard[str]:
    return isinstance(raw, str) and _ID.fullmatch(raw) is not None


def _number(raw: object) -> int | None:
    # In Python a bool is an int, and JSON may have 3.0 for 3.
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= _LARGEST_NUMBER:
        return None
    return int(raw) if raw == int(raw) else None
