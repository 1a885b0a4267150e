"""Which sign separates the columns of a text file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

CANDIDATES: Final = (";", "\t", "|", ",")
"""In the order that decides between equals: what Excel writes here first, what prose is full of last."""

NO_DELIMITER: Final = "\x1f"
"""What a file of one column is split by: a sign that stands in no spreadsheet."""

_RECORDS: Final = 200


def find_delimiter(head: str) -> str | None:
    """The delimiter of a file that begins with ``head`` (whole lines); None when it has one column.

    Quoted text does not count. The right sign splits most records into equally many fields, the more the better.
    """
    ratings = {sign: _rating(head, sign) for sign in CANDIDATES}
    best = max(CANDIDATES, key=ratings.__getitem__)
    return best if ratings[best] else None


def _rating(head: str, sign: str) -> float:
    """How much ``head`` looks separated by ``sign``: 0 for not at all."""
    sizes: list[int] = []
    try:
        sizes.extend(len(record) for record in islice(records(head, sign), _RECORDS) if record)
    except csv.Error:  # a quote that is never closed: it opens a field, so the sign in front of it separates
        if not sizes:
            return 0.01
    if not sizes:
        return 0.0
    several = Counter(size for size in sizes if size > 1)
    if several.total() < len(sizes) / 2:
        return 0.0
    if sizes[0] == 1 and sign == "," and head.count(", ") > 0.8 * head.count(","):
        return 0.0  # prose under a single header: «Silva, Ana»
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    begins_with_header = 0.5 if sizes[0] == width else 0.0
    return count / len(sizes) + begins_with_header + min(width, 100) / 1000


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records of ``text``; an empty line is an empty record. Raises ``csv.Error`` for a field past 128 KiB."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
