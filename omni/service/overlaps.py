"""Contacts against one earlier campaign: who of them was sent to there, by any of their destinations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.service.checked_contacts import CheckedContacts
from omni.service.destination_keys import Keys, Part, keys_in, keys_of_destinations, keys_of_ready, sent_to
from omni.service.left_out import Mask
from omni.service.workspace import Workspace, fingerprint
from omni.sheets.arrow_files import ROWS_A_CHUNK, open_table, write_table
from omni.store.recent_sends import EarlierCampaign, EarlierSends

EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A contact that was sent to before: its row, and the first destination that was."""

    row: int
    destination: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """``mask`` has one value for each contact that could be sent to; ``examples`` are the first few it holds for."""

    mask: Mask
    count: int
    examples: tuple[Example, ...]


class Overlaps:
    """The contacts of one check against earlier campaigns, each kept beside the check once it is found.

    Reads a campaign in parts, so that memory is needed for our own keys and for what is found, not for its own.
    """

    def __init__(self, sends: EarlierSends, whole: CheckedContacts, since: float) -> None:
        self._sends = sends
        self._whole = whole
        self._since = since

    def of(self, campaign: EarlierCampaign) -> Overlap:
        """Who was sent to by ``campaign``, as far as its contacts count."""
        # With its time: in a database that was restored and went another way, the number may be another campaign's.
        key = fingerprint("overlap 1", self._whole.key, campaign.created_at, campaign.mark)
        beside = Workspace(self._whole.home)
        folder = beside.made(f"overlap{campaign.id}", key, lambda target: self._write(target, campaign))
        facts: dict[str, Any] = json.loads((folder / "overlap.json").read_text("utf-8"))
        if not facts["count"]:
            return Overlap(np.zeros(self._keys.num_rows, dtype=bool), 0, ())
        mask = np.asarray(open_table(folder / "mask.arrow").column("mask"))
        return Overlap(mask, facts["count"], tuple(Example(**example) for example in facts["examples"]))

    @cached_property
    def _keys(self) -> pa.Table:
        return keys_of_ready(self._whole)

    @cached_property
    def _sorted(self) -> Keys:
        """All our keys, for looking theirs up."""
        columns = [self._keys.column(at).drop_null().to_numpy() for at in range(1, self._keys.num_columns)]
        return np.sort(np.concatenate(columns or [np.array([], dtype=np.int64)]))

    def _write(self, folder: Path, campaign: EarlierCampaign) -> None:
        shared = self._shared(campaign)
        by_field = [self._among(shared, at) for at in range(1, self._keys.num_columns)] if len(shared) else []
        mask: Mask = np.any(by_field, axis=0) if by_field else np.zeros(self._keys.num_rows, dtype=bool)
        first = np.flatnonzero(mask)[:EXAMPLES]
        examples = [self._example(int(place), [bool(hits[place]) for hits in by_field]) for place in first]
        write_table(folder / "mask.arrow", pa.table({"mask": pa.array(mask)}))
        facts = {"count": int(mask.sum()), "examples": examples}
        (folder / "overlap.json").write_text(json.dumps(facts), "utf-8")

    def _shared(self, campaign: EarlierCampaign) -> Keys:
        """The keys that are theirs and ours, sorted."""
        if not len(self._sorted):
            return self._sorted
        out = np.array([], dtype=np.int64)
        if campaign.not_counted:
            out = np.asarray(self._sends.rows_not_counted(campaign.id, self._since), dtype=np.int64)
        found = [np.array([], dtype=np.int64)]
        for rows, columns in self._parts(campaign.id):
            counts = ~np.isin(rows, out) if len(out) else np.ones(len(rows), dtype=bool)
            for column in columns:
                theirs = np.sort(column.filter(pa.array(counts)).drop_null().to_numpy())
                found.append(theirs[_is_among(theirs, self._sorted)])
        return np.sort(np.concatenate(found))

    def _parts(self, campaign_id: int) -> Iterator[Part]:
        has_keys = False
        for part in self._sends.key_parts(campaign_id):
            has_keys = True
            yield keys_in(part)
        if not has_keys:
            # One made before keys were kept is known by the destinations that its contacts were first sent to.
            for contacts in self._sends.destinations(campaign_id):
                yield keys_of_destinations(contacts)

    def _among(self, shared: Keys, at: int) -> Mask:
        """Which contacts have one of the ``shared`` keys in the field of column ``at``."""
        column = self._keys.column(at)
        return np.concatenate(
            [
                _is_among(pc.fill_null(column.slice(start, ROWS_A_CHUNK), 0).to_numpy(), shared)
                for start in range(0, len(column), ROWS_A_CHUNK)
            ]
        )

    def _example(self, place: int, hits: Sequence[bool]) -> dict[str, object]:
        field = sent_to(self._whole)[hits.index(True)]
        at = int(self._whole.ready_places()[place])
        row = self._whole.sendable().slice(at, 1).to_pylist()[0]
        return {"row": row["row"], "destination": row[f"v:{field}"]}


def _is_among(keys: Keys, ordered: Keys) -> Mask:
    """Which of ``keys`` are in ``ordered``, which is sorted and not empty."""
    places = np.searchsorted(ordered, keys)
    return np.asarray(ordered[np.minimum(places, len(ordered) - 1)] == keys)
