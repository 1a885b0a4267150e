"""Phones written over several columns: an area code, or a country code, in a column beside the number.

For each such number the sheet gets a further column, behind the others, with the whole number. A cell that has the code
already is taken over as it is, and so is one whose row has no code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.numbering_plan import is_calling_code, national_lengths
from omni.sheets.reading.header import PHONES, rank, words_of
from omni.sheets.sheet import Note, Sheet
from omni.sheets.string_columns import ascii_digits, one_chunk

_SAMPLE: Final = 200
_LONGEST_HEADER: Final = 80
_AREA_WORDS: Final = frozenset({"ddd", "lada", "prefijo", "prefixo"})
_CODE_WORDS: Final = frozenset({"codigo", "code", "cod", "cdd", "indicativo", "prefixo", "prefijo", "prefix", "dial"})
_COUNTRY_WORDS: Final = frozenset({"pais", "country", "internacional", "international", "dialing", "calling"})
_PHONE_WORDS: Final = frozenset(
    {"numero", "number", "num", "nro", "n", "numeros", "contato", "contacto", "line", "linha", "linea", "cels", "fones"}
)
_FILLERS: Final = frozenset(
    {"de", "do", "da", "del", "la", "el", "o", "a", "of", "the", "para", "y", "e", "com", "con"}
)
# Leading zeros are dialled but no part of the code; a program may write 11 as 11.0.
_AREA: Final = r"^\(?0{0,2}([1-9][0-9]{0,3})\)?(?:\.0)?$"
_COUNTRY: Final = r"^\(?(?:\+|00)?([1-9][0-9]{0,2})\)?(?:\.0)?$"
_MOST: Final = 0.8
"""Share of the filled cells of a column of codes that are codes."""
_SOME: Final = 0.1
"""Share of the filled cells of a column of phones that lack the code."""
_LOCAL_DIGITS: Final = (6, 9)
_FLOAT: Final = r"^([0-9]+)\.0$"
_OLD_ARGENTINE: Final = "^15[0-9]{8}$"


@dataclass(frozen=True, slots=True)
class _Part:
    """A column of codes or of numbers: its place and header, and the words that say to which number it belongs."""

    place: int
    header: str
    about: frozenset[str]


def with_joined_phones(sheet: Sheet) -> Sheet:
    """Return the sheet with a further column for each phone whose country or area code is in a column of its own."""
    sample = _sample_of(sheet)
    areas = [part for part in _parts(sheet, _is_area) if _are_codes(sample, part, _AREA)]
    countries = [
        part for part in _parts(sheet, _is_country) if part not in areas and _are_codes(sample, part, _COUNTRY)
    ]
    if not areas and not countries:
        return sheet
    codes = {part.header for part in (*areas, *countries)}
    for phone in (part for part in _parts(sheet, _is_phone) if part.header not in codes):
        area = _nearest(areas, phone) if _lack(sample, phone, _is_local) else None
        country = _nearest(countries, phone) if _lack(sample, phone, _has_no_plus) else None
        if (area or country) and _are_changed(sample, phone, country, area):
            sheet = _with_column(sheet, [part.header for part in (country, area, phone) if part], country, area)
    return sheet


def _sample_of(sheet: Sheet) -> pa.Table:
    """Return rows spread over the sheet, with the digits that formats hide."""
    rows = sheet.table.num_rows
    places = np.unique(np.linspace(0, max(rows - 1, 0), min(rows, _SAMPLE)).astype(np.int64))
    return sheet.with_digits().take(pa.array(places))


def _parts(sheet: Sheet, fits: Callable[[frozenset[str]], bool]) -> list[_Part]:
    found = []
    for place, header in enumerate(sheet.columns):
        words = frozenset(words_of(header[:_LONGEST_HEADER]))
        if fits(words):
            about = words - _AREA_WORDS - _CODE_WORDS - _COUNTRY_WORDS - _FILLERS - {"ddi", "area", "c", "s"}
            found.append(_Part(place, header, about))
    return found


def _is_area(words: frozenset[str]) -> bool:
    return bool(words & _AREA_WORDS) or ("area" in words and bool(words & (_CODE_WORDS | {"tel", "telefone", "phone"})))


def _is_country(words: frozenset[str]) -> bool:
    return "ddi" in words or (bool(words & _COUNTRY_WORDS) and bool(words & _CODE_WORDS)) or "indicativo" in words


def _is_phone(words: frozenset[str]) -> bool:
    return bool(rank(sorted(words), PHONES) or words & _PHONE_WORDS)


def _filled(sample: pa.Table, part: _Part) -> pa.ChunkedArray:
    cells = pc.replace_substring_regex(pc.utf8_trim_whitespace(sample.column(part.place)), _FLOAT, r"\1")
    return cells.filter(pc.not_equal(cells, ""))


def _are_codes(sample: pa.Table, part: _Part, pattern: str) -> bool:
    cells = _filled(sample, part)
    codes = pc.replace_substring_regex(cells.filter(pc.match_substring_regex(cells, pattern)), pattern, r"\1")
    known = sum(map(is_calling_code, codes.to_pylist())) if pattern == _COUNTRY else len(codes)
    return len(cells) > 0 and known >= _MOST * len(cells)


def _lack(sample: pa.Table, part: _Part, lacks: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> bool:
    """Tell whether some filled cells of a column of phones lack a code."""
    cells = _filled(sample, part)
    return len(cells) > 0 and pc.sum(lacks(cells)).as_py() >= max(1, _SOME * len(cells))


def _are_changed(sample: pa.Table, phone: _Part, country: _Part | None, area: _Part | None) -> bool:
    """Tell whether some numbers get a code that they do not have yet."""
    before, after = sample.column(phone.place), _joined(sample, phone.header, country, area)
    changed: int = pc.sum(pc.not_equal(after, before)).as_py()
    return changed >= max(1, _SOME * len(_filled(sample, phone)))


def _nearest(codes: Sequence[_Part], phone: _Part) -> _Part | None:
    """Return the column of codes that belongs to a phone.

    One with the same words in its header comes first, then the one directly before it, then one without further words.
    """

    def rating(part: _Part) -> tuple[int, int]:
        is_left = part.place < phone.place
        if part.about and all(_is_about(word, phone.about) for word in part.about):
            return 3, -abs(phone.place - part.place)
        if part.place == phone.place - 1:
            return 2, 0
        if not part.about:
            return 1, -abs(phone.place - part.place) if is_left else -1000
        return 0, 0

    best = max(codes, key=rating, default=None)
    return best if best and rating(best)[0] else None


def _is_about(word: str, words: frozenset[str]) -> bool:
    """Tell whether a word, or one that it abbreviates, is among the words: ``cel`` and ``celular``."""
    if word.isdigit() or len(word) < 3:
        return word in words
    return any(len(other) > 2 and (other.startswith(word) or word.startswith(other)) for other in words)


def _is_local(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark numbers that are too short to have an area code; old Argentine mobiles begin with 15."""
    digits = _digits(cells)
    length = pc.utf8_length(digits)
    is_short = pc.and_(pc.greater_equal(length, _LOCAL_DIGITS[0]), pc.less_equal(length, _LOCAL_DIGITS[1]))
    return pc.and_(pc.or_(is_short, pc.match_substring_regex(digits, _OLD_ARGENTINE)), _has_no_plus(cells))


def _has_no_plus(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark numbers that are not written with a country code."""
    has_digits = pc.match_substring_regex(cells, "[0-9]")
    return pc.and_(has_digits, pc.invert(pc.match_substring_regex(cells, r"^[\s(]*(?:\+|00)")))


def _digits(cells: pa.ChunkedArray) -> pa.StringArray:
    return ascii_digits(one_chunk(cells))


def _with_column(sheet: Sheet, headers: list[str], country: _Part | None, area: _Part | None) -> Sheet:
    """Return the sheet with one more column, of whole numbers, made of these columns."""
    name, count = " + ".join(headers), 1
    while name in sheet.columns:
        count += 1
        name = f"{' + '.join(headers)} ({count})"
    seen = _joined(sheet.with_digits(), headers[-1], country, area)
    unseen = sheet.unseen
    if unseen is not None:
        unseen = unseen.append_column(name, _joined(unseen, headers[-1], country, area))
    lost = sorted({row for header in headers for row in sheet.uncalculated.get(header, ())})
    note = Note("phones_joined", {"column": name, "columns": " · ".join(headers)})
    return replace(
        sheet,
        columns=(*sheet.columns, name),
        table=sheet.table.append_column(name, seen),
        unseen=unseen,
        uncalculated={**sheet.uncalculated, name: lost} if lost else sheet.uncalculated,
        joined={**sheet.joined, name: tuple(headers)},
        assumptions=replace(sheet.assumptions, notes=(*sheet.assumptions.notes, note)),
    )


def _joined(table: pa.Table, phone: str, country: _Part | None, area: _Part | None) -> pa.ChunkedArray:
    """Return the whole numbers, chunk by chunk of the column of phones."""
    names = [part.header for part in (country, area) if part]
    chunks = []
    for batch in table.select([*dict.fromkeys([*names, phone])]).to_batches():
        numbers = pc.replace_substring_regex(batch.column(phone), _FLOAT, r"\1")
        if area:
            numbers = _with_areas(numbers, _codes(batch.column(area.header), _AREA))
        if country:
            numbers = _with_countries(numbers, _codes(batch.column(country.header), _COUNTRY))
        chunks.append(numbers)
    return pa.chunked_array(chunks, pa.string())


def _codes(cells: pa.StringArray, pattern: str) -> pa.StringArray:
    """Return the digits of codes, null for cells that are none."""
    trimmed = pc.utf8_trim_whitespace(cells)
    is_code = pc.match_substring_regex(trimmed, pattern)
    return pc.if_else(is_code, pc.replace_substring_regex(trimmed, pattern, r"\1"), None)


def _with_areas(numbers: pa.StringArray, areas: pa.StringArray) -> pa.StringArray:
    is_lacking = pc.and_(_is_local(pa.chunked_array([numbers])).combine_chunks(), pc.is_valid(areas))
    # An old mobile whose area code is 15 is a whole number in Brazil.
    is_whole = pc.and_(pc.equal(areas, "15"), pc.greater(pc.utf8_length(ascii_digits(numbers)), _LOCAL_DIGITS[1]))
    is_lacking = pc.and_(is_lacking, pc.invert(pc.fill_null(is_whole, False)))
    return pc.if_else(is_lacking, pc.binary_join_element_wise(areas, pc.utf8_trim_whitespace(numbers), " "), numbers)


def _with_countries(numbers: pa.StringArray, codes: pa.StringArray) -> pa.StringArray:
    is_lacking = pc.and_(_has_no_plus(pa.chunked_array([numbers])).combine_chunks(), pc.is_valid(codes))
    digits = ascii_digits(numbers)
    lengths = pc.utf8_length(digits)
    for code in pc.unique(codes).drop_null().to_pylist():
        # A number that begins with the code has it already, unless it has the length of one without.
        has_it = pc.and_(pc.equal(codes, code), pc.starts_with(digits, code))
        is_national = pc.is_in(lengths, pa.array(sorted(national_lengths(code)), lengths.type))
        is_lacking = pc.and_not(is_lacking, pc.fill_null(pc.and_not(has_it, is_national), False))
    plus = pc.binary_join_element_wise("+", codes, "")
    return pc.if_else(is_lacking, pc.binary_join_element_wise(plus, pc.utf8_trim_whitespace(numbers), " "), numbers)
