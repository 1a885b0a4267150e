"""Which contact goes in which request: those with equal texts together, up to a request's size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
"""One for each contact. Of a million contacts every one of these takes 4 MB; campaigns of 2**31 there are none."""
Digests = npt.NDArray[np.uint64]
"""Two rows of halves, of a digest of 128 bits for each contact."""


def first_of_equals(digests: Digests) -> Numbers:
    """For each contact the place of the first one whose digest is the same."""
    order = np.argsort(digests[0])
    begins = _changes(digests[0], order)
    differs = _changes(digests[1], order)
    # Sorting by half of the digest takes a tenth of the time, and is enough until two are equal in one half alone.
    if not np.all(begins >= differs):
        order = np.lexsort(digests)
        begins = _changes(digests[0], order) | _changes(digests[1], order)
    starts = np.flatnonzero(begins)
    places = order.astype(np.int32)
    found = np.empty(len(places), dtype=np.int32)
    found[places] = np.repeat(np.minimum.reduceat(places, starts), np.diff(starts, append=len(places)))
    return found


def _changes(halves: npt.NDArray[np.uint64], order: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """In that order, which halves are not the one before."""
    ordered = halves[order]
    changes = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    return changes


def request_numbers(groups: Numbers, batch: int) -> Numbers:
    """The request number (from 1) of each contact, given the group it may share requests within.

    Requests hold ``batch`` contacts at most and are numbered in the order of their first contact, so that with one
    shared text they follow the sheet.
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
    """Where the contacts of each request stand, request by request; None when they follow each other already."""
    return None if _is_sorted(numbers) else np.argsort(numbers, kind="stable").astype(np.int32)


def _is_sorted(numbers: Numbers) -> bool:
    return bool(np.all(numbers[1:] >= numbers[:-1]))


def _request_starts(groups: Numbers, batch: int) -> Numbers:
    """Where requests begin, when the groups follow each other: at each group, and whenever one is full."""
    begins = np.flatnonzero(np.append(len(groups) > 0, groups[1:] != groups[:-1])).astype(np.int32)
    sizes = np.diff(begins, append=len(groups))
    count = -(-sizes // batch)
    within = np.arange(count.sum(), dtype=np.int32) - np.repeat(np.cumsum(count) - count, count)
    request_starts: Numbers = (np.repeat(begins, count) + within * batch).astype(np.int32)
    return request_starts
