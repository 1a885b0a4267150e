"""Gaps: placeholders for which a row has no value, in a text of a step that reaches the row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.header import NAMES, OTHERS, rank, words_of
from omni.sheets.string_columns import Mask

EMPTY_WORDS: Final = (
    "nan", "null", "none", "nil", "(null)", "<null>", "\\n", "undefined", "n/a", "n/d", "n.d.", "n/i", "#n/a", "#n/d",
    "#na", "#nd", "#ref!", "#¡ref!", "#valor!", "#¡valor!", "#value!", "#nome?", "#¿nombre?", "#name?", "#div/0!",
    "#¡div/0!", "#num!", "#¡num!", "#null!", "#nulo!", "#¡nulo!", "(vazio)", "(vacío)", "(blank)", "(empty)", "vazio",
    "vacío", "empty", "-", "--", "---", "–", "—", "_", ".", "...", "*", "?", "não informado", "nao informado",
    "não informada", "nao informada", "não consta", "nao consta", "não possui", "nao possui", "não tem", "nao tem",
    "sem nome", "sem dados", "sem informação", "desconhecido", "no informado", "no informada", "no tiene",
    "sin nombre", "sin dato", "sin datos", "sin información", "desconocido", "not provided", "not available",
    "no name", "unknown", "nul", "xxx", "xx", "x", "s/n", "s/nome", "0",
)  # fmt: skip
"""Values that only say that there is none, in lower case; they count as empty unless the operator changes the list."""
_ZERO: Final = "0"
"""Counts only among words: a lookup formula shows it for an empty cell, but it is a real number of points or days."""
_ONLY_AS_NAMES: Final = frozenset({"xx", "x", "s/n"})
"""Count only in columns of names: an address without a number has s/n, and a chosen option or a size is an x."""
_FILLER: Final = "xxx"
"""Counts in any length, unless the column has other Roman numerals."""
_LONG_FILLER: Final = r"^x{3,}(?: x{3,})*$"
_ROMAN: Final = r"^(?:i{1,3}|i?v|vi{1,3}|i?x|xi{1,3}|xi?v|xx)$"
_REPEATED: Final = ("nan", "nul", "null", "none", "nil", "undefined")
"""Words of programs for nothing, which stand there twice where a first and a last name were joined."""

GapRule = Literal["reject", "send"]
GAP_RULES: Final[tuple[GapRule, ...]] = ("reject", "send")
GAP: Final = "text.gap"
"""Code of the error about a row that is rejected because of a gap."""
GAP_SENT: Final = "contact.value_empty"
"""Code of the warning about a gap that is sent."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """The values that are missing: ``empty`` marks the rows without one, by placeholder; ``used`` lists, step by step,
    the placeholders of its texts. With ``rule`` ``reject`` a row with a gap is not sent to.
    """

    empty: Mapping[str, Mask] = field(default_factory=dict)
    used: Sequence[Collection[str]] = ()
    rule: GapRule = "reject"

    def rows(self, reached: Sequence[Mask], count: int) -> dict[str, Mask]:
        """Return, by placeholder, the rows where it is missing in a text of a step that reaches the row."""
        found: dict[str, Mask] = {}
        for name, empty in self.empty.items():
            reaches = np.zeros(count, dtype=np.bool_)
            for mask, names in zip(reached, self.used, strict=True):
                if name in names:
                    reaches |= mask
            missing: Mask = empty & reaches
            if missing.any():
                found[name] = missing
        return found


NO_GAPS: Final = Gaps()


def with_words(words: Sequence[str], more: Sequence[str], fewer: Sequence[str]) -> tuple[str, ...]:
    """Return the words with ``more`` and without ``fewer``, in lower case and each once."""
    left_out = {word.strip().lower() for word in fewer}
    wanted = (word.strip().lower() for word in (*words, *more))
    return tuple(dict.fromkeys(word for word in wanted if word and word not in left_out))


def empty_values(values: pa.ChunkedArray, words: Collection[str], *, are_names: bool = False) -> Mask:
    """Mark the clean values that are empty, or one of ``words``, which are in lower case.

    The word ``0`` counts only if no other value has a digit; some words only where the values ``are_names``.
    """
    lower = pc.utf8_lower(values)
    counted = _counted(words, are_names=are_names)
    says_nothing = pc.is_in(lower, pa.array(["", *(word for word in counted if word != _ZERO)], pa.string()))
    if _FILLER in words:
        says_nothing = _with_fillers(lower, says_nothing)
    is_zero = pc.equal(lower, _ZERO)
    if _ZERO in words and pc.any(is_zero).as_py():
        others = lower.filter(pc.invert(pc.or_(says_nothing, is_zero)))
        if len(others) and not pc.any(pc.match_substring_regex(others, r"\d")).as_py():
            says_nothing = pc.or_(says_nothing, is_zero)
    mask: Mask = np.asarray(says_nothing)
    return mask


def holds_names(header: str) -> bool:
    """Tell whether a header says that its column holds names of people."""
    words = words_of(header)
    return bool(rank(words, NAMES)) and not rank([word for word in words if not rank([word], NAMES)], OTHERS)


def _counted(words: Collection[str], *, are_names: bool) -> list[str]:
    """Return the words that count, and those of programs also twice."""
    counted = [word for word in words if word != _FILLER and (are_names or word not in _ONLY_AS_NAMES)]
    repeated = [word for word in _REPEATED if word in words]
    return [*counted, *(f"{one} {other}" for one in repeated for other in repeated)]


def _with_fillers(lower: pa.ChunkedArray, says_nothing: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark also runs of x, unless they are numerals among others."""
    if not pc.any(pc.starts_with(lower, _FILLER)).as_py():
        return says_nothing
    is_filler = pc.match_substring_regex(lower, _LONG_FILLER)
    others = lower.filter(pc.invert(pc.or_(says_nothing, is_filler)))
    has_numerals = pc.any(pc.match_substring_regex(others, _ROMAN)).as_py()
    return says_nothing if has_numerals else pc.or_(says_nothing, is_filler)
