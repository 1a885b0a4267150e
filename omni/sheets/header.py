"""Where the header is, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from omni.errors import SheetError
from omni.sheets.blanks import is_blank
from omni.sheets.header_words import EMAILS, NAMES, PHONES, rank, words_of

SAMPLE_ROWS: Final = 100
_WORDS: Final = 4
"""A header is short: «telefone celular com DDD», and not a sentence that mentions a phone."""

# What stands in a row of contacts, never in its header: an address, or a number long enough to be dialled.
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\W*\+?(?:\d[\s().\-]*){10,15}")


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """The place (from 0) at which the table begins in the first ``rows``, and whether that row is a header.

    Titles above a table fill few cells, so it begins with the first row that fills at least half as many as is
    usual. When that row holds an address or a phone number, the file has no header and the row is a contact. When it
    says nothing of what a header says, and one below it does before the first contact, that one is the header: a line
    such as ``Total;2;`` fills most of a narrow table too.
    """
    filled = [sum(not is_blank(cell) for cell in row) for row in rows]
    used = [count for count in filled if count]
    if not used:
        return 0, True
    usual = median(used)
    least = max(2 if usual >= 2 else 1, usual / 2)
    place = next(at for at, count in enumerate(filled) if count >= least or count == max(used))
    if any(is_data(cell) for cell in rows[place]):
        return place, False
    return next((at for at in _above_contacts(rows, place) if _says_what_is_below(rows[at], least)), place), True


def _above_contacts(rows: Sequence[Sequence[str]], place: int) -> Iterator[int]:
    """The rows below ``place`` and above the first that holds data, if nothing is said at ``place`` itself."""
    if any(_is_named(cell) for cell in rows[place]):
        return
    end = next((at for at, row in enumerate(rows) if any(is_data(cell) for cell in row)), 0)
    yield from range(place + 1, end)


def _says_what_is_below(row: Sequence[str], least: float) -> bool:
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) >= least and sum(map(_is_named, filled)) >= min(2, len(filled))


def _is_named(cell: str) -> bool:
    """Whether a cell names what phones, addresses or names stand under."""
    words = words_of(cell)
    return 0 < len(words) <= _WORDS and any(rank(words, groups) for groups in (PHONES, EMAILS, NAMES))


def start_of_table(rows: Sequence[Sequence[str]], header_row: int | None) -> tuple[int, bool]:
    """``find_header``, unless ``header_row`` says it: a row's number from 1, or 0 for a table without header.

    Raises ``SheetError`` when that row is not among ``rows``.
    """
    if not rows:
        raise SheetError("file.empty")
    if header_row is None:
        return find_header(rows)
    if header_row > len(rows) or header_row < 0:
        raise SheetError("header.outside", row=header_row, last=len(rows))
    return max(0, header_row - 1), header_row > 0


def is_data(cell: str) -> bool:
    """Whether a cell holds an address or a phone number, as no header does."""
    return bool(_ADDRESS.fullmatch(cell.strip()) or _PHONE.fullmatch(cell.strip()))


def column_names(header: Sequence[str], letters: Sequence[str]) -> list[str]:
    """Unique names: blanks within become one space, an empty header its letter, a repeated one gets `` (2)``.

    The first column of a name keeps it, and real headers come before letters.
    """
    plain = [
        " ".join("".join(char for char in title if char.isprintable() or char.isspace()).split()) for title in header
    ]
    names = [""] * len(plain)
    taken: set[str] = set()
    for at in sorted(range(len(plain)), key=lambda at: not plain[at]):
        name, count = plain[at] or letters[at], 1
        while name in taken:
            count += 1
            name = f"{plain[at] or letters[at]} ({count})"
        taken.add(name)
        names[at] = name
    return names


def column_letter(position: int) -> str:
    """``0`` as ``A``, ``27`` as ``AB``."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
