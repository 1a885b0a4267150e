"""Merged cells: a file stores their value only in the first cell, but readers see it in all of them.

In a header, a title merged over several columns applies to all of them, and a title merged over several rows makes
these rows one header.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa

from omni.sheets.blanks import blank_rows, is_blank
from omni.sheets.reading.table_start import TableStart, joined_titles, kind_of, spread_groups

_TALLEST: Final = 4
"""Rows that a header may have besides its first."""
_MOST: Final = 1_000
"""Merged areas of a header that are considered."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of merged cells: rows as the spreadsheet program numbers them, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Unmerged:
    """Cells below the header after each merged area got what readers see in it.

    ``filled`` counts the cells that got the area's value, ``hidden`` are the rows (as the spreadsheet program numbers
    them) that stored another text under an area, which no reader sees.
    """

    cells: pa.Table
    filled: int = 0
    hidden: tuple[int, ...] = ()


def unmerged(cells: pa.Table, positions: Sequence[int], first_row: int, areas: Iterable[Area]) -> Unmerged:
    """Copy the value of each merged area into all of its rows, and remove the texts that the area covers.

    Only rows with another filled cell are filled: a merged value does not make a contact of an empty row. Areas that
    begin above ``first_row``, such as a title's or the header's, are ignored.
    """
    places = {position: place for place, position in enumerate(positions)}
    last_row = first_row + cells.num_rows - 1
    inside = [area for area in areas if first_row <= area.top <= last_row and (area.top, area.left) != _end(area)]
    if not inside:
        return Unmerged(cells)
    empty = np.asarray(blank_rows(cells))
    count = 0
    hidden: set[int] = set()
    columns: dict[int, list[str]] = {}
    done: dict[int, set[int]] = {}
    for area in inside:
        corner = places.get(area.left)
        for position in range(area.left, min(area.right, positions[-1]) + 1):
            place = places.get(position)
            if place is None:
                continue
            if place not in columns:
                columns[place] = cells.column(place).to_pylist()
            column = columns[place]
            value = column[area.top - first_row] if place == corner else ""
            processed = done.setdefault(place, set())
            for at in range(area.top - first_row + (place == corner), min(area.bottom, last_row) - first_row + 1):
                if at in processed:
                    break  # overlapping areas occur in damaged files: no row is processed twice
                processed.add(at)
                if is_blank(column[at]):
                    if not is_blank(value) and not empty[at]:
                        column[at] = value
                        count += 1
                elif column[at] != value:
                    column[at] = value
                    hidden.add(first_row + at)
    for place, column in columns.items():
        cells = cells.set_column(place, cells.schema.field(place), pa.array(column, pa.string()))
    return Unmerged(cells, count, tuple(sorted(hidden)))


def _end(area: Area) -> tuple[int, int]:
    return area.bottom, area.right


def merged_header(
    sample: Sequence[Sequence[str]],
    start: TableStart,
    positions: Sequence[int],
    areas: Iterable[Area],
    *,
    may_grow: bool,
) -> tuple[list[str], int]:
    """Return the titles of the header at ``start`` of the first rows, and the place of its last row.

    With ``may_grow``, the header includes the rows that its merged cells extend over, and the row below titles that are
    all merged over several columns. ``joined_titles`` makes one title of the cells of a column; without merged cells a
    group title belongs to the columns to its right that have none.
    """
    place = start.place
    near = list(islice((area for area in areas if 0 < area.top <= place + _TALLEST and place < area.bottom), _MOST))
    last = max(place + start.height - 1, _last_row(sample, place, positions, near) if may_grow else place)
    rows = [_resolved(sample, at, positions, near) for at in range(place, last + 1)]
    return joined_titles(rows if near else spread_groups(rows)), last


def _last_row(sample: Sequence[Sequence[str]], place: int, positions: Sequence[int], areas: Sequence[Area]) -> int:
    """Return the last row that the header's merged cells extend into, if all cells there are below a wide title."""
    crossing = [area for area in areas if area.top - 1 <= place]
    lowest = max((area.bottom - 1 for area in crossing), default=place)
    titled = {at for area in crossing if area.left < area.right for at in range(area.left, area.right + 1)}
    named = _filled(sample[place], positions)
    if place + 1 < len(sample) and named and named <= {area.left for area in crossing if area.left < area.right}:
        # All titles are over several columns, so the names of the columns are in the row below.
        below = _filled(sample[place + 1], positions)
        if len(below) > len(named):
            lowest, titled = max(lowest, place + 1), titled | set(positions) - named
    for at in range(place + 1, min(lowest, place + _TALLEST, len(sample) - 1) + 1):
        if not titled >= _filled(sample[at], positions) or any(kind_of(cell) == "contact" for cell in sample[at]):
            return place
    return min(lowest, place + _TALLEST, len(sample) - 1)


def _filled(row: Sequence[str], positions: Sequence[int]) -> set[int]:
    return {position for position, cell in zip(positions, row, strict=True) if not is_blank(cell)}


def _resolved(sample: Sequence[Sequence[str]], at: int, positions: Sequence[int], areas: Iterable[Area]) -> list[str]:
    """Return a row of the sample with each empty cell of a merged area filled with the value of the area."""
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
