"""Where a result goes: a path, or a binary file that is open already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

Target = Path | IO[bytes]
Row = Sequence[str]


@contextmanager
def opened(target: Target) -> Iterator[IO[bytes]]:
    """``target`` as a binary file; one that was given stays open."""
    if isinstance(target, Path):
        with target.open("wb") as file:
            yield file
    else:
        yield target
