"""Which contact goes in which request: those with equal texts together, up to a request's size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def request_numbers(groups: Numbers, batch: int) -> Numbers:
    """The request number (from 1) of each contact, given the group it may share requests within.

    Requests hold ``batch`` contacts at most and are numbered in the order of their first contact, so that with one
    shared text they follow the sheet.
    """
    if batch < 1:
        raise ValueError(f"batch must be at least 1, not {batch}")
    count = len(groups)
    order = np.argsort(groups, kind="stable")
    begins = np.flatnonzero(np.diff(groups[order], prepend=groups[order][:1] - 1))
    rank = np.arange(count) - np.repeat(begins, np.diff(begins, append=count))
    opens = np.flatnonzero(rank % batch == 0)
    is_first = np.zeros(count, dtype=np.int64)
    is_first[order[opens]] = 1
    numbers = np.empty(count, dtype=np.int64)
    numbers[order] = np.repeat(np.cumsum(is_first)[order[opens]], np.diff(opens, append=count))
    return numbers
