"""One screened column, combined from cells that patterns decide at once and cells that are decided one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import Destination


@dataclass(frozen=True, slots=True, eq=False)
class ScreenedColumn:
    """The result of screening a column of cells.

    A value is ``""`` for no destination, and null only while its cell is undecided. ``problem``, ``warning`` and
    ``proposal`` are null where there is none.
    """

    values: pa.StringArray
    repaired: pa.BooleanArray
    problem: pa.StringArray
    warning: pa.StringArray
    proposal: pa.StringArray


@lru_cache(maxsize=2)
def null_strings(rows: int) -> pa.StringArray:
    """Return that many nulls; most parts of a sheet have the same size and share them."""
    return pa.nulls(rows, pa.string())


def code_where(mask: pa.BooleanArray, code: str) -> pa.StringArray:
    """Return ``code`` where ``mask`` is true, else null."""
    return pc.if_else(pc.fill_null(mask, False), code, pa.scalar(None, pa.string()))


def by_pattern(
    cells: pa.StringArray,
    values: pa.StringArray,
    *,
    problem: pa.StringArray | None = None,
    warning: pa.StringArray | None = None,
    proposal: pa.StringArray | None = None,
) -> ScreenedColumn:
    """Make a column of the results of patterns: a value or a problem for each cell.

    A cell with neither is undecided: its value is null.
    """
    none = null_strings(len(cells))
    return ScreenedColumn(
        values=values if problem is None else pc.if_else(pc.is_valid(problem), "", values),
        repaired=pc.fill_null(pc.not_equal(values, pc.utf8_trim_whitespace(cells)), False),
        problem=none if problem is None else problem,
        warning=none if warning is None else warning,
        proposal=none if proposal is None else proposal,
    )


def fill_gaps(
    column: ScreenedColumn, cells: pa.StringArray, rest: Callable[[pa.StringArray], ScreenedColumn]
) -> ScreenedColumn:
    """Complete ``column`` by applying ``rest`` to the cells that are undecided."""
    if not column.values.null_count:
        return column
    undecided = pc.is_null(column.values)
    found = rest(cells.filter(undecided))

    def patched(name: str) -> pa.Array:
        whole, part = getattr(column, name), getattr(found, name)
        return whole if part.null_count == len(part) else pc.replace_with_mask(whole, undecided, part)

    return ScreenedColumn(**{one.name: patched(one.name) for one in fields(ScreenedColumn)})


def by_value(cells: pa.StringArray, normalise: Callable[[str], Destination]) -> ScreenedColumn:
    """Apply ``normalise`` to the cells, once for each distinct one."""
    coded = cells.dictionary_encode()
    answers = [normalise(cell) for cell in coded.dictionary.to_pylist()]

    def spread(texts: list[str | None]) -> pa.StringArray:
        return pa.array(texts, pa.string()).take(coded.indices)

    return ScreenedColumn(
        values=spread([answer.value or "" for answer in answers]),
        repaired=pa.array([answer.repaired for answer in answers], pa.bool_()).take(coded.indices),
        problem=spread([answer.problem for answer in answers]),
        warning=spread([answer.warning for answer in answers]),
        proposal=spread([answer.proposal for answer in answers]),
    )
