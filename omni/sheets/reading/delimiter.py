"""Detection of the sign that separates the columns of a text file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from omni.sheets.reading.table_start import is_title, kind_of

CANDIDATES: Final = (";", "\t", "|", ",")
"""Usual delimiters, in the order that decides between equally likely ones: Excel's here first, the comma of prose last.
"""
NO_DELIMITER: Final = "\x1f"
"""Delimiter for a file of one column: a character that occurs in no spreadsheet."""

_RARE: Final = ("^", "~", "\x01", "\x02", "\x1c", "\x1d", "\x1e", "\x1f", ":", "#", "!", "*", "%", "/", "\\", "&", "$")
"""Delimiters of other programs, tried when no usual one fits."""
_ONLY_WITH_TITLES: Final = frozenset("#!*%/\\&$")
"""Signs that phones and links contain, so that only a header shows that they separate."""
_RECORDS: Final = 200


def find_delimiter(head: str) -> str | None:
    """Detect the delimiter of a file that begins with ``head`` (whole lines); None when it has one column.

    Delimiters in quoted text do not count. The right one splits most records into the same number of fields; a larger
    number is preferred. Of rare signs one is accepted that splits nearly all records alike.
    """
    ratings = {sign: _rating(head, sign) for sign in CANDIDATES}
    best = max(CANDIDATES, key=ratings.__getitem__)
    if ratings[best]:
        return best
    return next((sign for sign in _RARE if sign in head and _is_rare_delimiter(head, sign)), None)


def _rating(head: str, sign: str) -> float:
    """Rate the likelihood that ``head`` is separated by ``sign``; 0 when it is not."""
    found: list[list[str]] = []
    try:
        found.extend(record for record in islice(records(head, sign), _RECORDS) if record)
    except csv.Error:  # a quote that is never closed still opens a field, so the sign before it separates
        if not found:
            return 0.01
    sizes = [len(record) for record in found]
    several = Counter(size for size in sizes if size > 1)
    if not several:
        return 0.0
    if several.total() < len(sizes) / 2:
        return 0.2 if _has_table_within(found) else 0.0
    if sizes[0] == 1 and sign == "," and head.count(", ") > 0.8 * head.count(","):
        return 0.0  # prose under a single header: «Silva, Ana»
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    begins_with_header = 0.5 if sizes[0] == width else 0.0
    return count / len(sizes) + begins_with_header + min(width, 100) / 1000


def _has_table_within(found: Sequence[Sequence[str]]) -> bool:
    """Tell whether a short table with a header lies between many lines of one field, such as a title and a footer."""
    first = next(at for at, record in enumerate(found) if len(record) > 1)
    width = len(found[first])
    rows = 0
    while first + rows < len(found) and len(found[first + rows]) == width:
        rows += 1
    return rows > 1 and _titles(found[first]) >= 2 and all(len(record) == 1 for record in found[first + rows :])


def _is_rare_delimiter(head: str, sign: str) -> bool:
    """Tell whether a rare sign splits nearly all records into the same columns, which have titles or contacts."""
    if sign == ":" and "://" in head:
        return False
    try:
        found = [record for record in islice(records(head, sign), _RECORDS) if record]
    except csv.Error:
        return False
    width = len(found[0])
    if width < 2 or sum(len(record) == width for record in found) < 0.9 * len(found):
        return False
    if len(found) > 1 and _titles(found[0]) >= 2:
        return True
    return sign not in _ONLY_WITH_TITLES and any(
        sum(kind_of(record[at]) == "contact" for record in found if at < len(record)) > len(found) / 2
        for at in range(width)
    )


def _titles(record: Sequence[str]) -> int:
    return sum(map(is_title, record))


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Parse ``text`` into records; an empty line is an empty record. Raises ``csv.Error`` for a field over 128 KiB."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
