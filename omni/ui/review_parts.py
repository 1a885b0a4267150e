"""How many parts an SMS step would be charged as: exact for few contacts or one shared text, else estimated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from omni.core.rendering import Renderer
from omni.core.sms import sms_size
from omni.core.steps import MtStep
from omni.service.checked_contacts import CheckedContacts

MOST_LOOKED_AT: Final = 1000


@dataclass(frozen=True, slots=True)
class Parts:
    """``total`` parts if every contact that the step reaches gets it. ``looked_at`` is None when that is the
    sum, else the number of contacts it was judged by."""

    total: int
    looked_at: int | None


def parts_of(number: int, step: MtStep, checked: CheckedContacts) -> Parts | None:
    """The parts of step ``number`` (from 1); None when it reaches nobody, or names a column there is not."""
    reached = next((reach.contacts for reach in checked.summary.reach if reach.step == number), 0)
    renderer = Renderer([step])
    if not reached or not all(name in checked.sheet.columns or name in checked.kinds for name in renderer.names):
        return None
    if not renderer.names:
        return Parts(sms_size(step.message_text or "").parts * reached, None)
    sizes = list(islice(_sizes(number, renderer, checked), MOST_LOOKED_AT))
    if len(sizes) == reached:
        return Parts(sum(sizes), None)
    return Parts(round(sum(sizes) / len(sizes) * reached), len(sizes)) if sizes else None


def _sizes(number: int, renderer: Renderer, checked: CheckedContacts) -> Iterator[int]:
    ready = checked.ready(renderer.names)
    for batch in ready.to_batches(max_chunksize=MOST_LOOKED_AT):
        columns = [batch.column(f"n:{name}").to_pylist() for name in renderer.names]
        for plan, *values in zip(batch.column("plan").to_pylist(), *columns, strict=True):
            if plan >> (number - 1) & 1:
                step = renderer.steps(renderer.texts(values))[0]
                yield sms_size(step.message_text or "").parts if isinstance(step, MtStep) else 0
