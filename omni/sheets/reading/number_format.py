"""Number formats: the texts in which Excel shows numbers, dates and texts in the format of their cells."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.date_text import date_texts
from omni.sheets.reading.format_code import Section, SectionKind, sections
from omni.sheets.reading.number_text import Floats, NumberSection, general_texts
from omni.sheets.reading.sheet_language import SheetLanguage

_COMPARISONS: Final = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_NEGATIVE: Final = (("<", 0.0), ("<=", 0.0))
_MANY: Final = 1_000
"""Numbers above which it pays to look for equal ones before they are formatted."""


@dataclass(frozen=True)
class NumberFormat:
    """A format code in a language; ``decimal`` is its decimal sign, which may be another than the language's."""

    code: str
    language: SheetLanguage
    decimal: str
    is_1904: bool = False

    @cached_property
    def _group(self) -> str:
        return "." if self.decimal == "," else ","

    @cached_property
    def _sections(self) -> tuple[Section, ...]:
        """The sections for numbers."""
        found = sections(self.code)
        return found[:-1] if self._text_section is not None and len(found) > 1 else found

    @cached_property
    def _text_section(self) -> Section | None:
        found = sections(self.code)
        if len(found) == 4 or found[-1].kind == "text":
            return found[-1]
        return None

    @cached_property
    def kind(self) -> SectionKind:
        """The kind of value that the first section shows."""
        return self._sections[0].kind

    def texts(self, values: Floats) -> pa.StringArray:
        """Return the text of each number, without blanks around it."""
        if len(values) > _MANY:
            distinct = pa.array(values).dictionary_encode()
            if len(distinct.dictionary) < len(values) // 2:
                return self.texts(distinct.dictionary.to_numpy()).take(distinct.indices)
        chosen = self._chosen(values)
        texts: pa.StringArray = pa.nulls(len(values), pa.string())
        for place in np.unique(chosen).tolist():
            mask = chosen == place
            if mask.all():
                texts = self._in_section(place, values)
            else:
                texts = pc.replace_with_mask(texts, pa.array(mask), self._in_section(place, values[mask]))
        return pc.utf8_trim_whitespace(texts)

    def _chosen(self, values: Floats) -> np.ndarray:
        """Return the place of the section that shows each number; -1 where none does."""
        parts = self._sections
        count = min(len(parts), 3)
        if count == 1 and parts[0].condition is None:
            return np.zeros(len(values), np.int64)
        if not any(part.condition for part in parts):
            chosen = np.where(values < 0, 1, 0)
            return np.where(values == 0, 2, chosen) if count > 2 else chosen
        first, second = parts[0].condition, parts[1].condition if count > 1 else None
        first = first or (">", 0.0)
        if second is None and count > 2:
            second = ("<", 0.0)
        chosen = np.full(len(values), count - 1 if count > 1 else -1)
        if second is not None:
            chosen = np.where(_COMPARISONS[second[0]](values, second[1]), 1, chosen if count > 2 else -1)
        return np.where(_COMPARISONS[first[0]](values, first[1]), 0, chosen)

    def _in_section(self, place: int, values: Floats) -> pa.StringArray:
        if place < 0:
            return pa.array(["#" * 8] * len(values), pa.string())
        section = self._sections[place]
        if section.kind == "date":
            return date_texts(section, values, self.language, is_1904=self.is_1904)
        if not section.tokens:
            return pa.array([""] * len(values), pa.string())
        if section.kind == "text" or (section.kind == "general" and len(section.tokens) == 1):
            magnitudes = np.abs(values) if self._shows_magnitude(place) else values
            return general_texts(magnitudes, self.decimal)
        if section.kind == "general":
            pieces = [
                general_texts(np.abs(values), self.decimal) if token.kind == "general" else token.text
                for token in section.tokens
            ]
            texts = pc.binary_join_element_wise(*pieces, "")
        else:
            texts = NumberSection(section, self.decimal, self._group).texts(np.abs(values))
        if self._shows_magnitude(place) or not (values < 0).any():
            return texts
        signs = pa.array(["", "-"]).take(pa.array((values < 0).astype(np.int8)))
        return pc.binary_join_element_wise(signs, texts, "")

    def _shows_magnitude(self, place: int) -> bool:
        """Tell whether a section shows negative numbers without a sign, because it is for them only."""
        if place == 0:
            condition = self._sections[0].condition
            return condition in _NEGATIVE
        condition = self._sections[place].condition
        if place == 1 and condition is None:
            first = self._sections[0].condition
            return first is None or (first[0] in (">", ">=") and first[1] <= 0) or len(self._sections) > 2
        return condition in _NEGATIVE

    @cached_property
    def changes_text(self) -> bool:
        """True if a cell with a text shows something else than its text."""
        section = self._text_section
        if section is None:
            return False
        return "".join(token.text for token in section.tokens if token.kind != "fill").strip() != "@"

    def of_texts(self, cells: pa.StringArray) -> pa.StringArray:
        """Return what cells with these texts show."""
        section = self._text_section
        if section is None:
            return cells
        pieces = [cells if token.kind == "text" else token.text for token in section.tokens]
        shown = pc.binary_join_element_wise(*pieces, "", "") if any(isinstance(p, pa.Array) for p in pieces) else None
        return pa.array(["".join(pieces)] * len(cells), pa.string()) if shown is None else shown


@lru_cache(maxsize=512)
def number_format(code: str, language: SheetLanguage, decimal: str, is_1904: bool) -> NumberFormat:
    """Return the format of a code, which is taken apart once."""
    return NumberFormat(code, language, decimal, is_1904)
