"""In which portions the bodies of many contacts are put together, for all of them would not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.service.bodies import Bodies, Mask
from omni.service.grouping import Numbers

_CHUNK_CONTACTS: Final = 20_000
_CHUNK_BYTES: Final = 4 * 2**20
"""What is put together at once: whole requests, about this much at most, or a single one."""


def weights(contacts: pa.Table, places: Numbers, bodies: Bodies, begins: Mask) -> Numbers:
    """About how many bytes each contact adds to the bodies: much where a request begins, little behind."""

    def sizes(prefix: str) -> Numbers:
        found = np.zeros(len(places), dtype=np.int32)
        for name in contacts.column_names:
            if name.startswith(prefix):
                found += np.asarray(pc.binary_length(contacts.column(name)))[places]
        return found

    return sizes("v:") + np.where(begins, np.int32(bodies.size_of_steps) + sizes("n:"), np.int32(0))


def chunks(weights: Numbers, starts: Numbers) -> Iterator[tuple[int, int]]:
    """Ranges of contacts that are whole requests, small enough that a few of them fit into memory at once."""
    count = len(weights)
    behind = np.append(starts[1:], np.int32(count))[: len(starts)]
    total = np.cumsum(weights, dtype=np.int64)[behind - 1]  # of all requests up to each
    request, first, before = 0, 0, 0
    while first < count:
        by_size = np.searchsorted(total, before + _CHUNK_BYTES, side="right")
        by_count = np.searchsorted(behind, first + _CHUNK_CONTACTS, side="right")
        request = max(request, min(int(by_size), int(by_count)) - 1)
        end, before = int(behind[request]), int(total[request])
        yield first, end
        request, first = request + 1, end


def portion(contacts: pa.Table, places: Numbers) -> pa.Table:
    """The contacts at these places, in this order."""
    # Of a column in chunks ``take`` copies all, however few are wanted; a slice copies nothing.
    first, last = int(places.min()), int(places.max())
    return contacts.slice(first, last - first + 1).take(pa.array(places - first))
