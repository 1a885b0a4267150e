"""Grouping of contacts into requests: those with equal texts together, up to the size of a request."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
"""One number for each contact, in 4 MB for a million of them; no campaign has 2**31 contacts."""
Digests = npt.NDArray[np.uint64]
"""Digest of 128 bits for each contact, as two rows of halves."""


def first_of_equals(digests: Digests) -> Numbers:
    """Return for each contact the index of the first one with the same digest."""
    order = np.argsort(digests[0])
    begins = _changes(digests[0], order)
    differs = _changes(digests[1], order)
    # Sorting by half of the digest takes a tenth of the time, and is enough unless two are equal in only one half.
    if not np.all(begins >= differs):
        order = np.lexsort(digests)
        begins = _changes(digests[0], order) | _changes(digests[1], order)
    starts = np.flatnonzero(begins)
    places = order.astype(np.int32)
    found = np.empty(len(places), dtype=np.int32)
    found[places] = np.repeat(np.minimum.reduceat(places, starts), np.diff(starts, append=len(places)))
    return found


def _changes(halves: npt.NDArray[np.uint64], order: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return a mask of the halves that differ from the one before, in the given order."""
    ordered = halves[order]
    changes = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    return changes


def request_numbers(groups: Numbers, batch: int) -> Numbers:
    """Return the request number (from 1) of each contact, given the group within which it may share requests.

    Requests hold at most ``batch`` contacts and are numbered in the order of their first contact, so that with one
    shared text they follow the sheet. Raises ``ValueError`` for a ``batch`` below 1.
    """
    if batch < 1:
        raise ValueError(f"batch must be at least 1, not {batch}")
    if not _is_sorted(groups):
        order = np.argsort(groups, kind="stable").astype(np.int32)
        request_starts = _request_starts(groups[order], batch)
        is_first = np.zeros(len(groups), dtype=bool)
        is_first[order[request_starts]] = True
        number_of_contact = np.cumsum(is_first, dtype=np.int32)
        numbers = np.empty(len(groups), dtype=np.int32)
        numbers[order] = np.repeat(
            number_of_contact[order[request_starts]], np.diff(request_starts, append=len(groups))
        )
        return numbers
    request_starts = _request_starts(groups, batch)
    return np.repeat(np.arange(1, len(request_starts) + 1, dtype=np.int32), np.diff(request_starts, append=len(groups)))


def in_order_of(numbers: Numbers) -> Numbers | None:
    """Return the indices of the contacts, request by request; None if they are in that order already."""
    return None if _is_sorted(numbers) else np.argsort(numbers, kind="stable").astype(np.int32)


def _is_sorted(numbers: Numbers) -> bool:
    return bool(np.all(numbers[1:] >= numbers[:-1]))


def _request_starts(groups: Numbers, batch: int) -> Numbers:
    """Return the indices at which requests begin, for sorted groups: at each group, and whenever a request is full."""
    begins = np.flatnonzero(np.append(len(groups) > 0, groups[1:] != groups[:-1])).astype(np.int32)
    sizes = np.diff(begins, append=len(groups))
    count = -(-sizes // batch)
    within = np.arange(count.sum(), dtype=np.int32) - np.repeat(np.cumsum(count) - count, count)
    request_starts: Numbers = (np.repeat(begins, count) + within * batch).astype(np.int32)
    return request_starts
