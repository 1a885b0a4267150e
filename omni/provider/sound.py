"""JSON values that are certain to be written as they stand, in UTF-8 and without a number changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from omni.errors import TemplateError

_DEEPEST: Final = 100
_INTEGERS: Final = range(-(2**63), 2**64)


def sound(value: Any, place: str, depth: int = 0) -> Any:
    """A copy of ``value``, which stands at ``place``; list items count from 1.

    Half of a surrogate pair becomes U+FFFD. Raises ``TemplateError`` {place}: ``template.number`` outside 64
    bits or infinite, ``template.wrong_type`` {expected} for what JSON has no word for; ``template.too_deep``.
    """
    if isinstance(value, str):
        return value if value.isascii() else _paired(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if value not in _INTEGERS if isinstance(value, int) else not math.isfinite(value):
            raise TemplateError("template.number", place=place)
        return value
    if depth > _DEEPEST:
        raise TemplateError("template.too_deep")
    if isinstance(value, Mapping):
        return {
            _paired(str(key)): sound(inner, f"{place}.{key}" if place else str(key), depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [sound(inner, f"{place}[{at}]", depth + 1) for at, inner in enumerate(value, start=1)]
    raise TemplateError("template.wrong_type", place=place, expected="string")


def _paired(text: str) -> str:
    """Surrogates joined where they are pairs, U+FFFD where they are not."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
