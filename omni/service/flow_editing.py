"""What a gesture in the flow editor, or a change in a step's form, makes of a preparation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from omni.core.field_kind import FieldKind
from omni.core.steps import Step, StepType
from omni.service.preparation import BIN_SIZE, COMMON_FIELDS, Preparation, new_step

MAX_STEPS: Final = 10
"""Steps a campaign may have. The provider states no number; ten is more than any flow we know needs."""


class Place(Protocol):
    """One step in an order: ``copy_of`` names the step whose contents a new one takes."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> StepType: ...
    @property
    def copy_of(self) -> str | None: ...


class Order(Protocol):
    """All steps as the operator wants them, and the one to be edited."""

    @property
    def order(self) -> Sequence[Place]: ...
    @property
    def selected(self) -> str | None: ...


def rearrange(preparation: Preparation, wanted: Order, seen: Sequence[str]) -> Preparation:
    """The preparation with its steps as ``wanted``; ``seen`` are the steps the operator had before them.

    A step left out goes to the bin, from where an order that names it brings it back whole. The very same
    preparation comes back when the order cannot be carried out: the steps are no longer those that were seen
    (another tab changed them), there are too many, or a copy of an unknown step is asked for.
    """
    if tuple(seen) != preparation.step_ids or len(wanted.order) > most_steps(preparation):
        return preparation
    current = dict(zip(preparation.step_ids, preparation.template.steps, strict=True))
    known = {**preparation.bin, **current}
    steps: dict[str, Step] = {}
    for place in wanted.order:
        if place.id in known:
            step = known[place.id]
        elif place.copy_of is None:
            step = new_step(place.kind, fields_to_choose(preparation))
        elif place.copy_of in known:
            step = known[place.copy_of]
        else:
            return preparation
        steps[place.id] = known[place.id] = step
    kept = {name: step for name, step in preparation.bin.items() if name not in steps}
    removed = {name: step for name, step in current.items() if name not in steps}
    return replace(
        preparation,
        template=replace(preparation.template, steps=tuple(steps.values())),
        step_ids=tuple(steps),
        selected=wanted.selected if wanted.selected in steps else None,
        bin=dict([*kept.items(), *removed.items()][-BIN_SIZE:]),
    )


def edit_step(preparation: Preparation, step_id: str, changes: Mapping[str, Any]) -> Preparation:
    """The preparation with other values in one step, wherever it is now: it may have been moved, or lie in
    the bin. Unchanged when there is no such step, or its kind lacks a field."""
    steps = dict(zip(preparation.step_ids, preparation.template.steps, strict=True))
    step = steps.get(step_id) or preparation.bin.get(step_id)
    if step is None or not all(hasattr(step, name) for name in changes):
        return preparation
    changed = replace(step, **changes)
    if step_id not in steps:
        return replace(preparation, bin={**preparation.bin, step_id: changed})
    steps[step_id] = changed
    return replace(preparation, template=replace(preparation.template, steps=tuple(steps.values())))


def selected_step(preparation: Preparation) -> tuple[int, Step] | None:
    """The step being edited and its number, from 1."""
    if preparation.selected not in preparation.step_ids:
        return None
    at = preparation.step_ids.index(preparation.selected)
    return at + 1, preparation.template.steps[at]


def most_steps(preparation: Preparation) -> int:
    """How many steps there may be: an imported template with more keeps them, but grows no further."""
    return max(MAX_STEPS, len(preparation.step_ids))


def fields_to_choose(preparation: Preparation) -> dict[str, FieldKind]:
    """The contactInfo keys a step may send to, and what each holds: those matched with a column first, then
    those the steps name already, then the provider's usual ones."""
    fields = preparation.fields()
    matched = {name: kind for name, kind in fields.items() if name in preparation.mapping}
    return {**matched, **fields, **{n: k for n, k in COMMON_FIELDS.items() if n not in fields}}
