"""Two things at a time: what comes next is made while what came is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")


def ahead(made: Iterator[Made]) -> Iterator[Made]:
    """The same, each one made in a thread of its own while the one before is used; never more than one ahead.

    Worth it where both sides leave the interpreter: to inflate, to ask a database, to put columns together.
    """
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, made, None)
        while (one := coming.result()) is not None:
            coming = beside.submit(next, made, None)
            yield one
