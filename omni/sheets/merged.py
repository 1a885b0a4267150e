"""Merged cells: their value stands in the first alone, and people read it in every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from omni.sheets.blanks import blank_rows, is_blank


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
