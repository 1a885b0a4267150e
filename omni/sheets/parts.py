"""Long columns part by part on both hands: Arrow's kernels let go of the interpreter, so two threads share the work.

A part also bounds what a step needs beside its result, however long the sheet is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import pyarrow as pa

ROWS_A_PART: Final = 65_536
_THREADS: Final = 2
"""More would only wait for each other: what Arrow cannot settle is asked in Python, one thread at a time."""

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def parts(rows: int) -> list[tuple[int, int]]:
    """(first row, number of rows) of the parts of a table, in order; one part even of an empty one."""
    return [(start, min(ROWS_A_PART, rows - start)) for start in range(0, max(1, rows), ROWS_A_PART)]


def on_threads(work: Callable[[_Given], _Made], given: Sequence[_Given]) -> list[_Made]:
    """``work`` for each, the results in the same order. What it raises is raised here."""
    if len(given) < 2:
        return [work(one) for one in given]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, given))


def give_back_memory() -> None:
    """Return to the system what Arrow's allocator keeps of finished work: what comes next asks anew, and more."""
    pa.default_memory_pool().release_unused()
