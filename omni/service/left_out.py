"""A check from which the operator left contacts out: the same in every way, but these are not sent to."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.service.check_views import Summary
from omni.service.checked_contacts import CheckedContacts
from omni.service.workspace import fingerprint

Mask = npt.NDArray[np.bool_]

RECENT: Final = "recent"
"""What such a contact is, where the others are ready, rejected, repeated…: somebody who was sent to lately."""


class FewerContacts(CheckedContacts):
    """The check ``whole`` without the contacts for which ``left_out`` holds; it has one value for each ready one.

    ``decided`` is what the decision is known by. Figures, rows and plans made of it are of those who are left.
    """

    def __init__(self, whole: CheckedContacts, left_out: Mask, decided: str) -> None:
        vars(self).update(vars(whole))
        self.whole = whole
        self.left_out = left_out
        self.decided = decided
        self.key = fingerprint("fewer", whole.key, decided)
        everywhere = np.zeros(self._table.num_rows, dtype=bool)
        everywhere[whole.ready_places()[left_out]] = True
        status = pc.if_else(pa.array(everywhere), RECENT, self._table.column("status"))
        self._table = self._table.set_column(self._table.schema.get_field_index("status"), "status", status)
        self.summary = self._counted(whole.summary, int(left_out.sum()))

    def _counted(self, summary: Summary, left_out: int) -> Summary:
        places = self.ready_places()
        plans = self._table.column("plan").to_numpy()[places]
        repaired = self._table.column("any_repaired").to_numpy()[places]
        rows = {**summary.rows, "ready": len(places), "repaired": int(repaired.sum()), RECENT: left_out}
        reach = [replace(each, contacts=int((plans >> (each.step - 1) & 1).sum())) for each in summary.reach]
        return replace(summary, rows=rows, reach=tuple(reach))


def whole_of(checked: CheckedContacts) -> CheckedContacts:
    """The check as it was before anybody was left out."""
    return checked.whole if isinstance(checked, FewerContacts) else checked
