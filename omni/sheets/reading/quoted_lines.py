"""Text files in which each line as a whole is in quotes, so that a program takes a row of cells for one cell.

Excel writes them when it opened a file with another separator than its own: ``"Ana,""(11) 98765-0001"",Santos";;``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from omni.sheets.blanks import is_blank
from omni.sheets.reading.delimiter import CANDIDATES, NO_DELIMITER, records
from omni.sheets.reading.table_start import is_title, kind_of

_LINES: Final = 100


def unquoted_lines(text: bytes, head: str, delimiter: str | None) -> tuple[bytes, str] | None:
    """Return the text with the quotes around its lines removed, and the separator within the lines; None if not needed.

    ``delimiter`` is the separator outside the quotes, None without one. Lines are as many as before.
    """
    outer = delimiter or NO_DELIMITER
    try:
        found = [record for record in islice(records(head, outer), _LINES) if record]
        inner = _inner_delimiter(head, found, delimiter)
        if inner is None:
            return None
        whole = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=outer)
        return "\n".join(_line(record, inner) for record in whole).encode("utf-8"), inner
    except csv.Error:
        return None


def _inner_delimiter(head: str, found: Sequence[Sequence[str]], delimiter: str | None) -> str | None:
    """Find the separator within quoted lines: it gives each of them the same columns, with titles or contacts."""
    if not found or any(not is_blank(cell) for record in found for cell in record[1:]):
        return None
    quoted = sum(line.startswith('"') for line in head.splitlines())
    if 2 * quoted < len(found):
        return None
    lines = [record[0] for record in found if not is_blank(record[0])]
    for sign in CANDIDATES:
        rows = [next(csv.reader([line], delimiter=sign), []) for line in lines]
        if sign != delimiter and _is_table(rows):
            return sign
    return None


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether most lines have as many columns as the first and none has only one, with titles or contacts."""
    width = len(rows[0])
    alike = sum(len(row) == width for row in rows)
    if min(map(len, rows)) < 2 or 2 * alike <= len(rows):
        return False
    has_titles = sum(map(is_title, rows[0])) >= 2
    has_contacts = any(all(at < len(row) and kind_of(row[at]) == "contact" for row in rows) for at in range(width))
    return has_titles or (alike == len(rows) and has_contacts)


def _line(record: Sequence[str], inner: str) -> str:
    rest: Iterable[str] = (cell for cell in record[1:] if cell)
    return inner.join([*record[:1], *rest])
