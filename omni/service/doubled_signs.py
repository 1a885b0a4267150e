"""Signs that a text writes beside a value that has them already: ``R$ {{Valor}}`` with cells that show ``R$ 10,00``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from omni.core.problem import Problem
from omni.core.steps import Step, texts_of
from omni.core.template import Template
from omni.sheets.checking.gaps import EMPTY_WORDS
from omni.sheets.sheet import Sheet

SIGN_TWICE: Final = "text.sign_twice"
"""Code of the finding."""

# A currency of the Americas or Europe, or its code, directly before a placeholder; a percent sign directly behind it.
_BEFORE: Final = re.compile(
    r"(R\$|US\$|S/\.?|B/\.|Bs\.?|C\$|RD\$|\$|€|₲|Q|L|(?:BRL|USD|EUR|MXN|ARS|CLP|COP|PEN|UYU)\b)"
    r"(?:&nbsp;|\s){0,4}(?=\{\{\s*([^{}]*[^\s{}])\s*\}\})"
)
_BEHIND: Final = re.compile(r"(?<=\{\{)\s*([^{}]{0,200}[^\s{}])\s*(\}\})\s{0,4}(%)")
_ROWS: Final = 200
_SHARE: Final = 0.25
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


def doubled_signs(template: Template, sheet: Sheet, headers: Mapping[str, str] = _NO_HEADERS) -> list[Problem]:
    """Return a warning for each placeholder beside which a text repeats the sign of cells of its column.

    ``headers`` are the columns of placeholders that are not named like theirs.
    """
    return [
        Problem(SIGN_TWICE, "warning", step=number, field=field, column=name, value=sign)
        for number, step in enumerate(template.steps, start=1)
        for field, text in texts_of(step)
        for name, sign in _doubled(text, sheet, headers)
    ]


def without_doubled_signs(step: Step, sheet: Sheet, headers: Mapping[str, str] = _NO_HEADERS) -> Step:
    """Return the step with each doubled sign left to the cells."""
    changes: dict[str, Any] = {
        field: _left_out(text, doubled) for field, text in texts_of(step) if (doubled := _doubled(text, sheet, headers))
    }
    return replace(step, **changes) if changes else step


def _left_out(text: str, doubled: Sequence[tuple[str, str]]) -> str:
    def before(found: re.Match[str]) -> str:
        return "" if (found[2], found[1]) in doubled else found[0]

    def behind(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}" if (found[1], found[3]) in doubled else found[0]

    return _BEHIND.sub(behind, _BEFORE.sub(before, text))


def _doubled(text: str, sheet: Sheet, headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the names and signs of the placeholders in a text beside which a sign is written twice."""
    written = [(found[2], found[1]) for found in _BEFORE.finditer(text)]
    written += [(found[1], found[3]) for found in _BEHIND.finditer(text)]
    return [(name, sign) for name, sign in dict.fromkeys(written) if _has_sign(sheet, headers.get(name, name), sign)]


def _has_sign(sheet: Sheet, name: str, sign: str) -> bool:
    """Tell whether several of the cells at the top of a column that have a value have the sign as the text does."""
    if name not in sheet.columns:
        return False
    cells = [cell.strip() for cell in sheet.table.column(name).slice(0, _ROWS).to_pylist()]
    cells = [cell for cell in cells if cell and cell.lower() not in EMPTY_WORDS]
    with_sign = sum(cell.endswith(sign) if sign == "%" else cell.lstrip("-(").startswith(sign) for cell in cells)
    return bool(cells) and with_sign >= len(cells) * _SHARE
