"""Merged cells: their value stands in the first alone, and people read it in every one of them.

A header of merged cells: a title over several columns names them all, and one over several rows makes them one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa

from omni.sheets.blanks import blank_rows, is_blank
from omni.sheets.reading.header import is_data


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of merged cells: rows as the program numbers them, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def filled_down(
    cells: pa.Table, positions: Sequence[int], first_row: int, areas: Iterable[Area]
) -> tuple[pa.Table, int]:
    """``cells`` with the value of each area of several rows in all of its rows, and how many cells that filled.

    Only rows that hold something besides stay rows: a merge alone makes no contact. Areas that begin above
    ``first_row``, a title's or the header's, are left alone.
    """
    places = {position: place for place, position in enumerate(positions)}
    last_row = first_row + cells.num_rows - 1
    tall = [
        area for area in areas if first_row <= area.top < area.bottom and area.top <= last_row and area.left in places
    ]
    if not tall:
        return cells, 0
    empty = np.asarray(blank_rows(cells))
    count = 0
    columns: dict[int, list[str]] = {}
    done: dict[int, set[int]] = {}
    for area in tall:
        place = places[area.left]
        if place not in columns:
            columns[place] = cells.column(place).to_pylist()
        column = columns[place]
        value = column[area.top - first_row]
        if is_blank(value):
            continue
        filled = done.setdefault(place, set())
        for at in range(area.top - first_row + 1, min(area.bottom, last_row) - first_row + 1):
            if at in filled:
                break  # areas that overlap are a damaged file's: no row is walked over twice
            filled.add(at)
            if not empty[at] and is_blank(column[at]):
                column[at] = value
                count += 1
    for place, column in columns.items():
        cells = cells.set_column(place, cells.schema.field(place), pa.array(column, pa.string()))
    return cells, count


_TALLEST: Final = 4
"""Rows that a header has besides its first."""
_MOST: Final = 1_000
"""Merged areas of a header that are looked at."""


def merged_header(
    sample: Sequence[Sequence[str]], place: int, positions: Sequence[int], areas: Iterable[Area], *, may_grow: bool
) -> tuple[list[str], int]:
    """The titles of a header that begins at ``place`` of the first rows, and the place of its last row.

    It grows by the rows that its merged cells reach over, and by the row below titles that all stand over several
    columns. A column is called what stands lowest in it; columns called
    alike have the title above them in front, where there is one.
    """
    near = list(islice((area for area in areas if 0 < area.top <= place + _TALLEST and place < area.bottom), _MOST))
    last = _last_row(sample, place, positions, near) if may_grow else place
    rows = [_resolved(sample, at, positions, near) for at in range(last, place - 1, -1)]
    columns = [[title for title in column if not is_blank(title)] or [""] for column in zip(*rows, strict=True)]
    alike = Counter(names[0] for names in columns)
    titles = []
    for name, *above in columns:
        group = next((title for title in above if title != name), "")
        titles.append(f"{group} {name}" if group and alike[name] > 1 else name)
    return titles, last


def _last_row(sample: Sequence[Sequence[str]], place: int, positions: Sequence[int], areas: Sequence[Area]) -> int:
    """The last row that cells of the header reach into, if nothing stands there but what a wide title is over."""
    crossing = [area for area in areas if area.top - 1 <= place]
    lowest = max((area.bottom - 1 for area in crossing), default=place)
    titled = {at for area in crossing if area.left < area.right for at in range(area.left, area.right + 1)}
    named = _filled(sample[place], positions)
    if place + 1 < len(sample) and named and named <= {area.left for area in crossing if area.left < area.right}:
        # Nothing but titles over several columns: what the columns are called stands below.
        below = _filled(sample[place + 1], positions)
        if len(below) > len(named):
            lowest, titled = max(lowest, place + 1), titled | set(positions) - named
    for at in range(place + 1, min(lowest, place + _TALLEST, len(sample) - 1) + 1):
        if not titled >= _filled(sample[at], positions) or any(map(is_data, sample[at])):
            return place
    return min(lowest, place + _TALLEST, len(sample) - 1)


def _filled(row: Sequence[str], positions: Sequence[int]) -> set[int]:
    return {position for position, cell in zip(positions, row, strict=True) if not is_blank(cell)}


def _resolved(sample: Sequence[Sequence[str]], at: int, positions: Sequence[int], areas: Iterable[Area]) -> list[str]:
    """One row of the first ones, each empty cell of a merged area with what the area shows."""
    places = {position: place for place, position in enumerate(positions)}
    row = list(sample[at])
    for area in areas:
        if not area.top - 1 <= at < area.bottom or area.left not in places:
            continue
        title = sample[area.top - 1][places[area.left]]
        for position in range(area.left, min(area.right, positions[-1]) + 1):
            place = places.get(position)
            if place is not None and is_blank(row[place]):
                row[place] = title
    return row
