"""Values that only say that there is none, such as ``nan`` of a program or «não informado» of a person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

EMPTY_WORDS: Final = (
    "nan", "null", "none", "nil", "(null)", "<null>", "\\n", "undefined", "n/a", "n/d", "n.d.", "n/i", "#n/a", "#n/d",
    "#na", "#nd", "#ref!", "#¡ref!", "#valor!", "#¡valor!", "#value!", "#nome?", "#¿nombre?", "#name?", "#div/0!",
    "#¡div/0!", "#num!", "#¡num!", "#null!", "#nulo!", "#¡nulo!", "(vazio)", "(vacío)", "(blank)", "(empty)", "vazio",
    "vacío", "empty", "-", "--", "---", "–", "—", "_", ".", "...", "*", "?", "não informado", "nao informado",
    "não informada", "nao informada", "não consta", "nao consta", "não possui", "nao possui", "não tem", "nao tem",
    "sem nome", "sem dados", "sem informação", "desconhecido", "no informado", "no informada", "no tiene",
    "sin nombre", "sin dato", "sin datos", "sin información", "desconocido", "not provided", "not available",
    "no name", "unknown",
)  # fmt: skip
"""The words that count as empty unless the operator changes the list, in lower case."""


def says_empty(value: str, words: Collection[str] = EMPTY_WORDS) -> bool:
    """Tell whether a clean value is empty or one of ``words``, in any letter case."""
    return not value or value.lower() in words
