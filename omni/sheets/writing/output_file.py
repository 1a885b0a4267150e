"""The target of a written file: a path, or a binary file that is already open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

Target = Path | IO[bytes]
Row = Sequence[str]


@contextmanager
def opened(target: Target) -> Iterator[IO[bytes]]:
    """Open ``target`` for writing as a binary file; a file that is already open stays open afterwards."""
    if isinstance(target, Path):
        with target.open("wb") as file:
            yield file
    else:
        yield target
