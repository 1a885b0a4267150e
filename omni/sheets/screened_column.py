"""One screened column: a part that patterns settle at once, and the rest, asked value by value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import Destination


@dataclass(frozen=True, slots=True, eq=False)
class ScreenedColumn:
    """``values`` are never null, ``""`` for none; ``problem``, ``warning`` and ``proposal`` are null where there is
    none."""

    values: pa.StringArray
    repaired: pa.BooleanArray
    problem: pa.StringArray
    warning: pa.StringArray
    proposal: pa.StringArray


def one_chunk(column: pa.ChunkedArray) -> pa.StringArray:
    """The column as one array of 32-bit strings."""
    whole = column.combine_chunks()
    return whole if whole.type == pa.string() else whole.cast(pa.string())


@lru_cache(maxsize=2)
def nothing(rows: int) -> pa.StringArray:
    """That many nulls; most parts of a sheet have the same size and share them."""
    return pa.nulls(rows, pa.string())


def completed(
    cells: pa.StringArray, settled: pa.StringArray, normalise: Callable[[str], Destination]
) -> ScreenedColumn:
    """``settled`` where it is not null, else what ``normalise`` says of the cell, asked once for equal cells."""
    open_cells = pc.is_null(settled)
    asked = cells.filter(open_cells).dictionary_encode()
    answers = [normalise(cell) for cell in asked.dictionary.to_pylist()]

    def spread(answer: pa.Array) -> pa.Array:
        return answer.take(asked.indices)

    values = pc.replace_with_mask(
        settled, open_cells, spread(pa.array([answer.value or "" for answer in answers], pa.string()))
    )
    repaired = pc.not_equal(settled, pc.utf8_trim_whitespace(cells))
    repaired = pc.replace_with_mask(
        repaired, open_cells, spread(pa.array([answer.repaired for answer in answers], pa.bool_()))
    )

    def told(texts: Iterable[str | None]) -> pa.StringArray:
        found = pa.array(texts, pa.string())
        none = nothing(len(cells))
        return none if found.null_count == len(found) else pc.replace_with_mask(none, open_cells, spread(found))

    return ScreenedColumn(
        values,
        repaired,
        problem=told(answer.problem for answer in answers),
        warning=told(answer.warning for answer in answers),
        proposal=told(answer.proposal for answer in answers),
    )
