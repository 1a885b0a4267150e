"""Edits of a preparation's steps, made by a gesture in the flow editor or in a step's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from omni.core.field_kind import FieldKind
from omni.core.steps import Step, StepType
from omni.service.preparation import BIN_SIZE, COMMON_FIELDS, Preparation, new_step

MAX_STEPS: Final = 10
"""Most steps in a campaign. The provider gives no limit; ten is more than any flow we know needs."""


class Place(Protocol):
    """One step in an order: ``copy_of`` names the step whose contents a new one takes."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> StepType: ...
    @property
    def copy_of(self) -> str | None: ...


class Order(Protocol):
    """All steps as the operator wants them, and the one to edit."""

    @property
    def order(self) -> Sequence[Place]: ...
    @property
    def selected(self) -> str | None: ...


def rearrange(preparation: Preparation, wanted: Order, seen: Sequence[str]) -> Preparation:
    """Return the preparation with its steps as ``wanted``; ``seen`` are the steps the operator had before.

    A removed step goes to the bin, and an order that names it restores it whole. The same preparation is returned when
    the order cannot be carried out: the steps are no longer those in ``seen`` (another tab changed them), there are too
    many, or a copy of an unknown step is wanted.
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
    """Return the preparation with other values in one step, wherever it is now: it may have been moved or binned.

    Unchanged when there is no such step, or when its kind lacks one of the fields.
    """
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
    """Return the step being edited and its number, counted from 1; None if no step is selected."""
    if preparation.selected not in preparation.step_ids:
        return None
    at = preparation.step_ids.index(preparation.selected)
    return at + 1, preparation.template.steps[at]


def most_steps(preparation: Preparation) -> int:
    """Return the most steps allowed: an imported template with more keeps them, but cannot grow."""
    return max(MAX_STEPS, len(preparation.step_ids))


def fields_to_choose(preparation: Preparation) -> dict[str, FieldKind]:
    """Return the contactInfo keys a step may send to, with their kinds.

    Mapped ones come first, then those the steps already name, then the provider's usual ones.
    """
    fields = preparation.fields()
    matched = {name: kind for name, kind in fields.items() if name in preparation.mapping}
    return {**matched, **fields, **{n: k for n, k in COMMON_FIELDS.items() if n not in fields}}
