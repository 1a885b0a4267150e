"""A proposed mapping from contactInfo fields to headers, from the words of the headers and the cells below them."""

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

_SAMPLE_CELLS: Final = 50
_DIALLED: Final = re.compile(r"\D*(?:\d\D{0,4}){8,15}")
_CUT_SHORT: Final = re.compile(r"\D*(?:\d\D{0,4}){4,}")


@dataclass(frozen=True, slots=True)
class _Column:
    """A header as words, and the shares of its first filled cells that may be phones or addresses.

    ``dialled`` is the share with enough digits for a phone of any country, ``cut_short`` with enough for half a phone
    at least, ``phones`` with a number that exists, ``emails`` with an e-mail address. None without filled cells.
    """

    place: int
    header: str
    words: tuple[str, ...]
    dialled: float | None
    cut_short: float | None
    phones: float | None
    emails: float | None


def propose(
    headers: Sequence[str], fields: Mapping[str, FieldKind], sample: pa.Table | None = None, country: str = "BR"
) -> dict[str, str]:
    """Propose a header for each field that probably has one, in the order of ``fields``.

    ``country`` is that of phones without a country code. ``sample`` holds the first rows under the same headers. A
    header equal to a field's name belongs to that field, with an exact match before one in other letter case. Of the
    rest, phone fields are given, in the order of the numbers in their names, columns that say «mobile» first, then any
    phone, then landlines. No further header is given to two fields.
    """
    columns = [_column(place, header, sample, country) for place, header in enumerate(headers)]
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
        best = max(free, key=lambda column: _score(column, field, kind), default=None)
        if best is not None and _score(best, field, kind)[0] > 0:
            found[field] = best.header
            taken.add(best.header)
    return {field: found[field] for field in fields if field in found}


def _score(column: _Column, field: str, kind: FieldKind) -> tuple[float, int, int]:
    """Rate the fit of a column for a field; the first item is 0 when it does not fit.

    Of equal columns the one with the lower number in its header wins, then the one further left.
    """
    score = {"phone": _phone_score, "email": _email_score, "text": _text_score}[kind](column, field)
    return score, -ordinal(column.words), -column.place


def _phone_score(column: _Column, field: str) -> float:
    header_rank = rank(column.words, PHONES)
    if column.emails or (header_rank and _cells_contradict(column)):
        return 0
    if rank(column.words, OTHERS):
        return 0
    if header_rank:
        return header_rank + 30 * (column.dialled or 0) + (20 if set(column.words) & set(words_of(field)) else 0)
    return 30 * column.phones if column.phones is not None and column.phones >= 0.6 else 0


def _cells_contradict(column: _Column) -> bool:
    """Tell whether the cells show that the column holds no phones, whatever its header says.

    Numbers that lack digits still count as phones, in a list that needs correction.
    """
    if column.dialled is None or column.cut_short is None:
        return False
    return column.dialled < 0.2 and column.cut_short < 0.5 and not column.phones


def _email_score(column: _Column, _field: str) -> float:
    header_rank = 0 if rank(column.words, OTHERS) else rank(column.words, EMAILS)
    if column.emails is None:
        return header_rank
    return header_rank + 100 * column.emails if column.emails >= 0.3 else 0


def _text_score(column: _Column, field: str) -> float:
    wanted = words_of(field)
    if set(wanted) <= set(column.words) or set(column.words) == set(wanted):
        return 150 - len(column.words)
    if not rank(wanted, NAMES) or (column.phones or 0) > 0.5 or (column.emails or 0) > 0.3:
        return 0
    if rank(column.words, OTHERS) or rank(column.words, PHONES) or rank(column.words, EMAILS):
        return 0
    header_rank = rank(column.words, NAMES)
    return header_rank - len(column.words) if header_rank else 0


def _column(place: int, header: str, sample: pa.Table | None, country: str) -> _Column:
    cells = [] if sample is None else [cell for cell in sample.column(place).to_pylist() if not is_blank(cell)]
    cells = cells[:_SAMPLE_CELLS]
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
        phones=share(sum(normalise_phone(cell, country).value is not None for cell in cells)),
        emails=share(sum("@" in cell and normalise_email(cell).value is not None for cell in cells)),
    )
