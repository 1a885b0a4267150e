"""Which header holds which contactInfo field: a proposal from what headers say and from what the columns hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from omni.core.destination import normalise_email, normalise_phone
from omni.core.field_kind import FieldKind
from omni.sheets.blanks import is_blank
from omni.sheets.reading.header import EMAILS, NAMES, OTHERS, PHONES, ordinal, rank, words_of

_LOOKED_AT: Final = 50
_DIALLED: Final = re.compile(r"\D*(?:\d\D{0,4}){8,15}")
_CUT_SHORT: Final = re.compile(r"\D*(?:\d\D{0,4}){4,}")


@dataclass(frozen=True, slots=True)
class _Column:
    """A header as words, and the shares of its first filled cells that may be phones or addresses.

    ``dialled``: enough digits for a phone anywhere; ``cut_short``: for half of one at least; ``phones``: a number that
    exists. None without filled cells.
    """

    place: int
    header: str
    words: tuple[str, ...]
    dialled: float | None
    cut_short: float | None
    phones: float | None
    emails: float | None


def propose(headers: Sequence[str], fields: Mapping[str, FieldKind], sample: pa.Table | None = None) -> dict[str, str]:
    """The header each field is probably in, for the fields where one is; in the order of ``fields``.

    ``sample`` holds the first rows under the same headers. A header equal to a field's name is that field's.
    Of the rest, phone fields in the order of their names get the columns that say «mobile» first, then any
    phone, then landlines; no header is given to two destinations.
    """
    columns = [_column(place, header, sample) for place, header in enumerate(headers)]
    found = {field: column.header for field in fields for column in columns if column.header == field}
    for field in fields:
        if field not in found:
            alike = [column.header for column in columns if column.header.casefold() == field.casefold()]
            found.update({field: alike[0]} if alike else {})
    taken = set(found.values())
    for field in sorted(fields, key=lambda name: (ordinal(words_of(name)), list(fields).index(name))):
        kind = fields[field]
        if field in found:
            continue
        free = [column for column in columns if column.header not in taken]
        best = max(free, key=lambda column: _merit(column, field, kind), default=None)
        if best is not None and _merit(best, field, kind)[0] > 0:
            found[field] = best.header
            taken.add(best.header)
    return {field: found[field] for field in fields if field in found}


def _merit(column: _Column, field: str, kind: FieldKind) -> tuple[float, int, int]:
    """How well the column fits the field; 0 first when not at all. Between equals: lower number, further left."""
    worth = {"phone": _phone_worth, "email": _email_worth, "text": _text_worth}[kind](column, field)
    return worth, -ordinal(column.words), -column.place


def _phone_worth(column: _Column, field: str) -> float:
    said = rank(column.words, PHONES)
    if column.emails or (said and _speak_against(column)):
        return 0
    if rank(column.words, OTHERS):
        return 0
    if said:
        return said + 30 * (column.dialled or 0) + (20 if set(column.words) & set(words_of(field)) else 0)
    return 30 * column.phones if column.phones is not None and column.phones >= 0.6 else 0


def _speak_against(column: _Column) -> bool:
    """Whether the cells are no phones, whatever the header says; numbers that lack digits are a list to be mended."""
    if column.dialled is None or column.cut_short is None:
        return False
    return column.dialled < 0.2 and column.cut_short < 0.5


def _email_worth(column: _Column, _field: str) -> float:
    said = 0 if rank(column.words, OTHERS) else rank(column.words, EMAILS)
    if column.emails is None:
        return said
    return said + 100 * column.emails if column.emails >= 0.3 else 0


def _text_worth(column: _Column, field: str) -> float:
    wanted = words_of(field)
    if set(wanted) <= set(column.words) or set(column.words) == set(wanted):
        return 150 - len(column.words)
    if not rank(wanted, NAMES) or (column.phones or 0) > 0.5 or (column.emails or 0) > 0.3:
        return 0
    if rank(column.words, OTHERS) or rank(column.words, PHONES) or rank(column.words, EMAILS):
        return 0
    said = rank(column.words, NAMES)
    return said - len(column.words) if said else 0


def _column(place: int, header: str, sample: pa.Table | None) -> _Column:
    cells = [] if sample is None else [cell for cell in sample.column(place).to_pylist() if not is_blank(cell)]
    cells = cells[:_LOOKED_AT]
    words = words_of(header)
    if not cells:
        return _Column(place, header, words, None, None, None, None)

    def share(hits: int) -> float:
        return hits / len(cells)

    return _Column(
        place,
        header,
        words,
        dialled=share(sum(bool(_DIALLED.fullmatch(cell.strip())) for cell in cells)),
        cut_short=share(sum(bool(_CUT_SHORT.fullmatch(cell.strip())) for cell in cells)),
        phones=share(sum(normalise_phone(cell).value is not None for cell in cells)),
        emails=share(sum("@" in cell and normalise_email(cell).value is not None for cell in cells)),
    )
