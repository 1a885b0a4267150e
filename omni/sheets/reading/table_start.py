"""Detection of the place at which a table begins: lines above it, a header of one or more rows, the first contact.

The words of headers decide. A row with a phone number or an e-mail address, also a badly written one, is a contact and
never a header; only short title lines above a header that is certain may hold one. Where words do not decide, a row
counts as a contact rather than as a header, because a header read as a contact is rejected and reported, while a
contact taken for a header would be lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Final, Literal

from omni.errors import SheetError
from omni.sheets.blanks import is_blank
from omni.sheets.reading.header import EMAILS, NAMES, OTHERS, PHONES, TITLES, rank, words_of
from omni.sheets.sheet import Line, Note

SAMPLE_ROWS: Final = 100
"""Rows from which the start of a table is detected."""

Rows = Sequence[Sequence[str]]
Kind = Literal["blank", "contact", "value", "text"]
"""Kinds of cells: a phone or an address in any spelling, another number, or text."""

_LONGEST_TITLE: Final = 150
"""Characters of a title; questions of forms are titles too."""
_LONGEST_NOTHING: Final = 60
_LONGEST_CELL: Final = 400
"""Characters of a cell that are examined; titles and destinations are shorter."""
_DIALLED: Final = 8
"""Digits from which a number may be dialled: those of a local number without area code."""
_MOST_WORDS: Final = 4
"""Words of a title that say something: «telefone celular com DDD» is one, a sentence that mentions a phone is not."""
_HALF: Final = 0.5
_TALLEST: Final = 4
"""Rows of a header at most."""
_MOST_CONTACTS_ABOVE: Final = 3
"""Lines with a phone or an address that may be above a header: those of a shop, not a list of people."""

_SHOWN_FIRST: Final = 5
SHOWN_COLUMNS: Final = 12
_SHOWN_LETTERS: Final = 60
_ROWS_NAMED: Final = 10
_LINES_NAMED: Final = 3
"""Lines above the header whose text a note has."""

_ADDRESS: Final = re.compile(r"[^\s@;,<>:]@[^\s@;,<>.]+\.[^\s@;,<>]")
_NUMBER: Final = re.compile(r"\d+")
_SCIENTIFIC: Final = re.compile(r"\d[.,]\d+[eE]\+?\d")
_CURRENCY: Final = re.compile(r"[A-Za-z]{0,3}\s?[$€£]\s?")
_EXAMPLE: Final = re.compile(r"\b(?:ex|exemplo|ejemplo|example|e\.g|formato|format)\b", re.IGNORECASE)
# Dates, times and years have as many digits as a phone number, and occur in titles: «Gerado em 01/12/2026 09:00».
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE: Final = re.compile(
    rf"(?<!\d)(?:{_DAY}[/.-]{_MONTH}[/.-]|{_MONTH}[/.-]{_DAY}[/.-])(?:19|20)?\d\d(?!\d)"
    rf"|(?<!\d)(?:19|20)\d\d[/.-]{_MONTH}[/.-]{_DAY}(?!\d)"
    r"|(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)|(?<![\d(])(?:19|20)\d\d(?!\d)"
)
_NOTHING: Final = re.compile(
    r"\W*|#\w+/?\w*[!?]?|s/[nd]|n/[ad]|na|nan|nil|null|nulo|none|undefined|vazi[oa]|vac[ií]o|empty"
    r"|(?:n[aã]o|no|sem|sin|nenhum[ao]?|ningun[ao]|without)\b(?!\.).*",
    re.IGNORECASE | re.DOTALL,
)
"""Text in place of a phone or an address that is missing: «não tem», «-», «#N/D»."""
_CONNECTORS: Final = frozenset(
    re.findall(
        r"\w+",
        "a as o os e y and or ou de da do das dos del la el los las of the com con with c p para for em en in no na ao"
        " por x s",
    )
)
"""Words that say nothing in a title."""


@dataclass(frozen=True, slots=True)
class TableStart:
    """The start of a table in the first rows of a file.

    ``place`` (from 0) is the first row of the header, or of the contacts when there is no header. ``height`` counts the
    header's rows, 0 without one. ``is_certain`` is false when the header, or its absence, is a guess.
    """

    place: int
    height: int
    is_certain: bool = True


def start_of_table(rows: Rows, header_row: int | None) -> TableStart:
    """Return the start of the table in the first ``rows``.

    ``header_row`` is a row's number from 1, or 0 for a table without header; None detects it with ``find_start``.
    Raises ``SheetError`` when there are no rows, or when that row is not among them.
    """
    if not rows:
        raise SheetError("file.empty")
    if header_row is None:
        return find_start(rows)
    if header_row > len(rows) or header_row < 0:
        raise SheetError("header.outside", row=header_row, last=len(rows))
    return TableStart(max(0, header_row - 1), int(header_row > 0))


def find_start(rows: Rows) -> TableStart:
    """Detect the start of the table.

    The header is the row that names its columns in known words, best confirmed by the cells below it. Without such a
    row there is none, and the table begins with the first row of the file, unless a row is clearly of another kind than
    the rows below it.
    """
    seen = _Rows(rows)
    if not any(seen.filled):
        return TableStart(0, 1)
    named = [at for at in range(len(rows)) if seen.is_header(at)]
    if named:
        best = max(named, key=lambda at: (*seen.rating(at), -at))
        return seen.grown(best)
    if any(seen.contacts):
        return seen.unnamed_header_of_contacts()
    return seen.unnamed_header()


class _Rows:
    """The first rows of a file with the kinds of their cells."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.kinds = [[kind_of(cell) for cell in row] for row in rows]
        self.filled = [sum(kind != "blank" for kind in row) for row in self.kinds]
        self.contacts = [row.count("contact") for row in self.kinds]
        self.width = max(map(len, rows))
        self._columns = [
            Counter(_without_numbers(row[at]) for row in rows if at < len(row) and not is_blank(row[at]))
            for at in range(self.width)
        ]
        self._used_columns = sum(map(bool, self._columns))
        self._alike = Counter(tuple(row) for row in rows)

    def is_header(self, at: int) -> bool:
        """Tell whether a row names the columns in known words, with contacts below it and few lines above it."""
        titles = self._titles(at)
        if not titles:
            return False
        contacts, confirmed = self.contacts[at], bool(self._confirmed(at))
        if contacts and (len(titles) < 3 or len(titles) < 3 * contacts):
            return False
        only_one = self.filled[at] == 1 and max(self.filled) == 1
        if not (self._is_mostly_titles(at) or only_one or confirmed):
            return False
        if not confirmed and any(count >= self.filled[at] for count in self.filled[:at]):
            return False  # a row above it, as full, is the header or a contact
        above = sum(map(bool, self.contacts[:at]))
        below = sum(map(bool, self.contacts[at + 1 :]))
        return not above or (confirmed and above <= min(below, _MOST_CONTACTS_ABOVE))

    def _is_mostly_titles(self, at: int) -> bool:
        titles = len(self._titles(at))
        # «URN:Tel» is half a title, which counts beside a whole one.
        titles += sum(known_share(cell) == _HALF and not _says_nothing(cell) for cell in self.rows[at]) if titles else 0
        return titles >= (2 if self._all_text(at) else 3) and 2 * titles >= self.filled[at]

    def rating(self, at: int) -> tuple[bool, float]:
        """Rate a header: by the cells below it, then by the share of known words in its cells."""
        titles = sum(known_share(self.rows[at][place]) for place in self._titles(at))
        return bool(self._confirmed(at)), titles / self.filled[at]

    def _titles(self, at: int) -> list[int]:
        """List the columns in which a row has a title in known words that does not recur in its column.

        «Cliente 1» is none above «Cliente 2».
        """
        times = self._alike[tuple(self.rows[at])]
        return [
            place
            for place, cell in enumerate(self.rows[at])
            if self.kinds[at][place] == "text"
            and is_title(cell)
            and self._columns[place][_without_numbers(cell)] <= times
        ]

    def _confirmed(self, at: int) -> list[int]:
        """List the columns whose title says phone or e-mail, and that hold such cells below."""
        found = []
        for place in self._titles(at):
            words = words_of(self.rows[at][place])
            is_email = bool(rank(words, EMAILS))
            if is_email or rank(words, PHONES):
                below = (row[place] for row in self.rows[at + 1 :] if place < len(row))
                if any(kind_of(cell) == "contact" and ("@" in cell) == is_email for cell in below):
                    found.append(place)
        return found

    def grown(self, at: int) -> TableStart:
        """Add the rows above and below a header that belong to it: group titles, and titles of the columns left out."""
        first = last = at
        while first > 0 and last - first + 1 < _TALLEST and self._is_above(first - 1, first, last):
            first -= 1
        while last + 1 < len(self.rows) and last - first + 1 < _TALLEST and self._is_below(last + 1, first, last):
            last += 1
        # «Ana;celular ruim» may be a header, or a contact with words in place of the number.
        is_certain = self._is_mostly_titles(at) or any(
            known_share(self.rows[at][place]) == 1 for place in self._titles(at)
        )
        return TableStart(first, last - first + 1, is_certain)

    def _is_above(self, at: int, first: int, last: int) -> bool:
        if self.filled[at] < 2 or self.contacts[at] or not self._all_text(at):
            return False
        if self._fills_gaps(at, first, last):
            return 2 * len(self._titles(at)) >= self.filled[at]
        titles = [cell.strip().casefold() for cell in self.rows[last] if not is_blank(cell)]
        return len(set(titles)) < len(titles) and self.filled[at] < self.filled[last]

    def _is_below(self, at: int, first: int, last: int) -> bool:
        if not self.filled[at] or self.contacts[at] or not self._all_text(at):
            return False
        titles = len(self._titles(at))
        return self._fills_gaps(at, first, last) and titles >= 1 and 2 * titles > self.filled[at]

    def _all_text(self, at: int) -> bool:
        return all(kind in ("blank", "text") for kind in self.kinds[at])

    def _fills_gaps(self, at: int, first: int, last: int) -> bool:
        """Tell whether a row has a cell in a column that is empty in every row of a header, or in its lowest one."""
        lowest = (
            self.kinds[last] if at < first else [self._title_kind(place, first, last) for place in range(self.width)]
        )
        return any(
            kind != "blank" and (place >= len(lowest) or lowest[place] == "blank")
            for place, kind in enumerate(self.kinds[at])
        )

    def _title_kind(self, place: int, first: int, last: int) -> Kind:
        kinds = (self.kinds[at][place] for at in range(first, last + 1) if place < len(self.kinds[at]))
        return next((kind for kind in kinds if kind != "blank"), "blank")

    def unnamed_header_of_contacts(self) -> TableStart:
        """Find a header with few known words above contacts, where columns are of another kind below it.

        A row is one if it asks for the contact in a sentence, as forms do, or has known titles in other columns.
        Otherwise the table begins with the first row, which is a guess if some row might have been a header.
        """
        end = next(at for at, count in enumerate(self.contacts) if count)
        is_certain = True
        for at in range(end):
            contrasts = self._contrasts(at) if self._all_text(at) else []
            says_something = not any(_says_nothing(cell) for cell in self.rows[at] if not is_blank(cell))
            is_full = self._all_text(at) and self.filled[at] == self._used_columns and says_something
            asks = any(_asks_for_contact(self.rows[at][place]) for place in contrasts)
            titles = set(self._titles(at)) - set(contrasts)
            if (titles and (contrasts or is_full)) or (asks and len(contrasts) > 1):
                return TableStart(at, 1, is_certain=asks)
            is_certain = is_certain and not contrasts
        return TableStart(0, 0, is_certain)

    def unnamed_header(self) -> TableStart:
        """Take the first row that fills about as many cells as others for the header of a file without contacts.

        A row of numbers above numbers is no header.
        """
        usual = median(count for count in self.filled if count)
        least = max(2 if usual >= 2 else 1, usual / 2)
        place = next(at for at, n in enumerate(self.filled) if n >= least or n == max(self.filled))
        values = [at for at, kind in enumerate(self.kinds[place]) if kind == "value"]
        if not self._titles(place) and any(self._share_below(place, at) >= 0.5 for at in values):
            return TableStart(0, 0, is_certain=False)
        return TableStart(place, 1)

    def _contrasts(self, at: int) -> list[int]:
        """List the columns in which a row has text, and most rows below it contacts or numbers."""
        return [
            place
            for place, kind in enumerate(self.kinds[at])
            if kind == "text" and _may_be_title(self.rows[at][place]) and self._share_below(at, place) > 0.5
        ]

    def _share_below(self, at: int, place: int) -> float:
        """Return the share of contacts and numbers in the cells of a column below a row that say something."""
        cells = [row[place] for row in self.rows[at + 1 :] if place < len(row) and not _says_nothing(row[place])]
        return sum(kind_of(cell) != "text" for cell in cells) / len(cells) if cells else 0.0


def _without_numbers(cell: str) -> str:
    return _NUMBER.sub("0", cell.strip()[:_LONGEST_CELL])


@lru_cache(maxsize=20_000)
def kind_of(cell: str) -> Kind:
    """Return the kind of a cell."""
    if is_blank(cell):
        return "blank"
    text = cell.strip()[:_LONGEST_CELL]
    if is_contact(text):
        return "contact"
    bare = _CURRENCY.sub("", text)
    is_number = any(map(str.isdigit, bare)) and not bare[:1].isalpha() and sum(map(str.isalpha, bare)) <= 2
    return "value" if is_number else "text"


def is_contact(text: str) -> bool:
    """Tell whether a text holds an e-mail address or a number with as many digits as a phone, however it is written.

    An example in a title («Celular (ex.: 11987654321)») is none.
    """
    has_address = "@" in text and bool(_ADDRESS.search(text))
    if not has_address:
        if sum(char.isdigit() for char in text) < _DIALLED and not _SCIENTIFIC.search(text):
            return False
        bare = _DATE.sub(" ", text)
        if sum(char.isdigit() for char in bare) < _DIALLED and not _SCIENTIFIC.search(text):
            return False
    return not (_EXAMPLE.search(text) and is_title(text))


def is_title(cell: str) -> bool:
    """Tell whether most words of a cell are known from headers, and there are few."""
    return known_share(cell) > _HALF


@lru_cache(maxsize=20_000)
def known_share(cell: str) -> float:
    """Return the share of known words of headers among the telling words of a cell; 0 when these are too many."""
    if len(cell) > _LONGEST_CELL:
        return 0.0
    title = _EXAMPLE.split(cell, maxsplit=1)[0]
    return max(_known_share(words_of(title)), _known_share(words_of(title.lower())))


def _known_share(words: Sequence[str]) -> float:
    telling = [word for word in words if word not in _CONNECTORS and not (word.isdigit() and len(word) < 3)]
    if not 0 < len(telling) <= _MOST_WORDS:
        return 0.0
    return sum(word in _KNOWN for word in telling) / len(telling)


def _may_be_title(cell: str) -> bool:
    text = cell.strip()
    return len(text) <= _LONGEST_TITLE and not _says_nothing(text)


def _says_nothing(cell: str) -> bool:
    """Tell whether a cell is blank or has a text in place of a value that is missing."""
    return len(cell) <= _LONGEST_NOTHING and bool(_NOTHING.fullmatch(cell.strip()))


def _asks_for_contact(cell: str) -> bool:
    """Tell whether a cell is a title for phones or e-mails, or a sentence such as «Qual é o seu melhor WhatsApp?»."""
    words = words_of(cell)
    is_sentence = len(words) > _MOST_WORDS or cell.rstrip().endswith(("?", ":", "*"))
    return bool(rank(words, PHONES) or rank(words, EMAILS)) and (is_sentence or is_title(cell))


def joined_titles(rows: Rows) -> list[str]:
    """Return the titles of a header of several rows of the same length, group titles repeated over their columns.

    A column's title is its lowest filled cell, after the title above it where several columns would be called the same
    or where it has no known words (``Telefone`` above ``1`` and ``2``).
    """
    columns = [
        [title for title in column if not is_blank(title)] or [""] for column in zip(*reversed(rows), strict=True)
    ]
    alike = Counter(names[0] for names in columns)
    titles = []
    for name, *above in columns:
        group = next((title for title in above if title != name), "")
        is_clear = alike[name] == 1 and (is_title(name) or not any(map(str.isdigit, name)))
        titles.append(name if not group or is_clear else f"{group} {name}")
    return titles


def spread_groups(rows: Rows) -> list[list[str]]:
    """Repeat each group title to its right, over the columns that the row leaves empty and a row below fills.

    All rows are returned with the length of the longest.
    """
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    for at, row in enumerate(padded[:-1]):
        group = ""
        for place, cell in enumerate(row):
            if not is_blank(cell):
                group = cell
            elif any(not is_blank(lower[place]) for lower in padded[at + 1 :]):
                row[place] = group
    return padded


def lines_above(rows: Rows, place: int) -> tuple[Line, ...]:
    """Return the filled rows above the table, which are left out of it."""
    return tuple(
        Line(at + 1, tuple(cell[:_LONGEST_CELL] for cell in row))
        for at, row in enumerate(rows[:place])
        if not all(is_blank(cell) for cell in row)
    )


def first_rows(rows: Rows, place: int, below: int) -> tuple[Line, ...]:
    """Return rows to show with the choice of the header: the first of the file, and those around the header.

    ``place`` is the first row of the header and ``below`` the row after it. Long cells are cut, and columns beyond the
    first ``SHOWN_COLUMNS`` are left out.
    """
    shown = sorted({*range(_SHOWN_FIRST), *range(max(0, place - 1), below + _SHOWN_FIRST)} & set(range(len(rows))))
    return tuple(Line(at + 1, tuple(cell[:_SHOWN_LETTERS] for cell in rows[at][:SHOWN_COLUMNS])) for at in shown)


def start_notes(rows: Rows, start: TableStart, height: int) -> list[Note]:
    """Return the notes about title lines and header; ``height`` counts the rows of the header, 0 without one."""
    above = lines_above(rows, start.place)
    texts = [line.text[:_LONGEST_TITLE] for line in above]
    found = {
        "n": len(above),
        "rows": ", ".join([str(line.row) for line in above[:_ROWS_NAMED]] + ["…"] * (len(above) > _ROWS_NAMED)),
        "text": " | ".join(texts[:_LINES_NAMED] + ["…"] * (len(texts) > _LINES_NAMED)),
    }
    holds_contacts = any(kind_of(cell) == "contact" for line in above for cell in line.cells)
    header = {"row": start.place + height, "first": start.place + 1}
    return [
        *([Note("no_header" if start.is_certain else "no_header_guess")] if not height else []),
        *([Note("contacts_above_header" if holds_contacts else "lines_above_header", found)] if above else []),
        *([Note("header_joined", header)] if height > 1 else []),
        *([Note("header_guess", {"row": header["row"]})] if height and not start.is_certain else []),
    ]


def _vocabulary() -> frozenset[str]:
    phrases = (phrase for groups in (PHONES, EMAILS, NAMES, OTHERS) for _, group in groups for phrase in group.split())
    return (TITLES | {word for phrase in phrases for word in phrase.split("+")}) - _CONNECTORS


_KNOWN: Final = _vocabulary()
