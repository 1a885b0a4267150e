"""How many parts an SMS step would be charged as: exact for few contacts or one shared text, else estimated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from omni.core.rendering import names_used, render_step
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
    names = names_used([step])
    if not reached or not all(name in checked.sheet.columns or name in checked.kinds for name in names):
        return None
    if not names:
        return Parts(sms_size(step.message_text or "").parts * reached, None)
    sizes = list(_sizes(number, step, names, checked))
    if len(sizes) == reached:
        return Parts(sum(sizes), None)
    return Parts(round(sum(sizes) / len(sizes) * reached), len(sizes)) if sizes else None


def _sizes(number: int, step: MtStep, names: Sequence[str], checked: CheckedContacts) -> Iterator[int]:
    """The parts of the first contacts that the step reaches."""
    contacts, places = checked.sendable(names), checked.ready_places()
    is_reached = contacts.column("plan").to_numpy()[places] >> (number - 1) & 1 == 1
    some = contacts.take(pa.array(places[is_reached][:MOST_LOOKED_AT]))
    columns = [some.column(f"n:{name}").to_pylist() for name in names]
    for values in zip(*columns, strict=True):
        rendered = render_step(step, dict(zip(names, values, strict=True)))
        yield sms_size(rendered.message_text or "").parts if isinstance(rendered, MtStep) else 0
