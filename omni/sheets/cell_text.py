"""Numbers, dates and truth values of a workbook as the text people expect, each told from text that looks
alike.

fastexcel gives every cell as text when asked to: ``5511900000001``, ``10.5``, ``2024-01-05 00:00:00``,
``true``. Only cells that look like the last three are doubtful. Asked again for dates, it answers for date
cells and never for text; asked for truth values, it answers for numbers and truth values and never for text.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_DECIMAL: Final = r"^-?\d+\.\d+$"
_DATE: Final = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?)?$"
_TRUTH: Final = r"^(?:true|false)$"
# Excel keeps 15 digits; the ones behind are gone, and were when the number was typed.
_LONG: Final = r"^-?\d{16,}$"
_DOUBTFUL: Final = "|".join((_DECIMAL, _DATE, _TRUTH, _LONG))
_EPOCH: Final = "1899-12-3"  # day 0: a cell that holds a time and no date

Reload = Callable[[str, list[int]], dict[int, pa.Array]]
"""Reads columns once more as a fastexcel dtype; cells that are not of it come back null."""


def typed_text(
    columns: dict[int, pa.Array], decimal: str, reload: Reload
) -> tuple[dict[int, pa.Array], dict[str, int]]:
    """``columns`` (by place, as text) with real numbers, dates and truth values rewritten, and how many of what.

    Dates become dd/mm/yyyy, with the time unless it is midnight; decimals get ``decimal`` and at most the 15
    digits that Excel shows; truth values TRUE and FALSE.
    """
    notes: dict[str, int] = {}
    doubtful = {place: column for place, column in columns.items() if _any(column, _DOUBTFUL)}
    dates = [place for place, column in doubtful.items() if _any(column, _DATE)]
    others = [place for place, column in doubtful.items() if _any(column, f"{_DECIMAL}|{_TRUTH}|{_LONG}")]
    done = dict(columns)
    for place, typed in reload("date", dates).items() if dates else ():
        done[place] = _rewritten(done[place], _DATE, typed, _date_text, notes, "dates_as_text")
    for place, typed in reload("boolean", others).items() if others else ():
        done[place] = _rewritten(done[place], _TRUTH, typed, str.upper, notes, None)
        done[place] = _rewritten(
            done[place], _DECIMAL, typed, lambda cell: _decimal_text(cell, decimal), notes, "numbers_as_text"
        )
        _rewritten(columns[place], _LONG, typed, str, notes, "digits_lost")
    return done, notes


def _any(column: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())


def _rewritten(
    column: pa.Array,
    pattern: str,
    typed: pa.Array,
    text_of: Callable[[str], str],
    notes: dict[str, int],
    note: str | None,
) -> pa.Array:
    """``column`` with the cells that match and are of the asked type written anew."""
    real = pc.and_(pc.match_substring_regex(column, pattern), pc.is_valid(typed))
    places = np.flatnonzero(np.asarray(real))
    if not len(places):
        return column
    if note:
        notes[note] = notes.get(note, 0) + len(places)
    found = column.take(pa.array(places)).dictionary_encode()
    texts = pa.array([text_of(cell) for cell in found.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(column, real, texts.take(found.indices))


def _decimal_text(cell: str, decimal: str) -> str:
    shown = format(Decimal(f"{float(cell):.15g}"), "f")
    whole, _, fraction = shown.partition(".")
    return f"{whole}{decimal}{fraction.rstrip('0')}" if fraction.strip("0") else whole


def _date_text(cell: str) -> str:
    date, time = cell[:10], cell[11:19]
    time = time.removesuffix(":00") if time.count(":") == 2 else time
    if date.startswith(_EPOCH) and time:
        return time
    year, month, day = date.split("-")
    shown = f"{day}/{month}/{year}"
    return shown if time in ("", "00:00") else f"{shown} {time}"
