"""Merge tags of other programs in a text: ``[NOME]`` or ``*|FNAME|*`` where Omni fills in only ``{{Nome}}``.

They would be sent as they are. One that names a column is found and can be replaced by Omni's own placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from omni.core.field_kind import FieldKind
from omni.core.problem import Problem
from omni.core.rendering import style_parts, without_styles
from omni.core.steps import HTML_FIELDS, Step, texts_of
from omni.core.template import Template
from omni.service.column_mapping import headers_like, propose_mapping
from omni.sheets.sheet import Sheet

MERGE_TAG: Final = "text.merge_tag"
"""Code of the finding about a tag that names a column."""
UNKNOWN_TAG: Final = "text.merge_tag_unknown"
"""Code of the finding about a tag that names none, in a spelling that is nothing but a tag."""

_SURELY_TAGS: Final = (
    ("{{{", "}}}"), ("*|", "|*"), ("<<", ">>"), ("&lt;&lt;", "&gt;&gt;"), ("«", "»"), ("%%", "%%"), ("${", "}"),
    ("#{", "}"), ("%{", "}"), ("[%", "%]"), ("{%", "%}"), ("{!", "}"), ("{$", "}"), ("<%=", "%>"), ("<%", "%>"),
)  # fmt: skip
_MAYBE_TAGS: Final = (
    ("{{", "}"), ("{", "}}"), ("[[", "]]"), ("{", "}"), ("[", "]"), ("((", "))"),
)  # fmt: skip
_BETWEEN_SIGNS: Final = ("%", "#", "__", "$", "@", "|", ":")
"""Signs that also have another meaning: a tag between two of them has no blank at either end."""
_AFTER_SIGN: Final = r"(?<![\w$])\$([^\W\d_]\w{1,58})"
"""A variable as programs write it; an amount begins with a digit or a blank."""
_ONLY_IN_PLAIN_TEXT: Final = (("<", ">"),)
_OWN: Final = r"\{\{(?!\{)[^{}]{0,200}\}\}(?!\})"
# Bounded, so that a text full of opening signs takes linear time.
_SIGNS: Final = r"{}<>\[\]|%#*$@&«»"
_NAME: Final = rf"([^\s{_SIGNS}](?:[^\n{_SIGNS}]{{0,58}}[^\s{_SIGNS}])?)"
_FIELD_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "fname",
            "firstname",
            "primeironome",
            "primernombre",
            "nome",
            "nombre",
            "name",
            "fullname",
            "cliente",
            "nomedocliente",
            "nomecliente",
            "nombredelcliente",
            "nombrecliente",
            "customername",
            "clientname",
            "nomedocontato",
            "nombredelcontacto",
            "contactname",
        ),
        "name",
    ),
    **dict.fromkeys(("email", "mail", "correo", "emailaddress"), "email"),
    **dict.fromkeys(("phone", "celular", "telefone", "telefono", "mobile", "smsphone", "whatsapp"), "phone"),
}
"""Names that other programs give to fields that every contact has."""
_FIELDS: Final[Mapping[str, FieldKind]] = {"name": "text", "email": "email", "phone": "phone"}


def merge_tags(template: Template, sheet: Sheet) -> list[Problem]:
    """Return a warning for each merge tag of another program; ``column`` is the column that it names, if any."""
    found = []
    columns = _Columns(sheet)
    for number, step in enumerate(template.steps, start=1):
        for field, text in texts_of(step):
            for tag, header in _tags(text, columns, is_html=field in HTML_FIELDS):
                code = MERGE_TAG if header else UNKNOWN_TAG
                found.append(Problem(code, "warning", step=number, field=field, column=header, value=tag))
    return found


def with_placeholders(step: Step, sheet: Sheet) -> Step:
    """Return the step with a placeholder in place of each merge tag that names a column."""
    columns = _Columns(sheet)
    changes: dict[str, Any] = {}
    for field, text in texts_of(step):
        known = {
            tag: f"{{{{{header}}}}}" for tag, header in _tags(text, columns, is_html=field in HTML_FIELDS) if header
        }
        if known:
            parts = style_parts(text) if field in HTML_FIELDS else [(text, False)]
            changes[field] = "".join(part if is_style else _replaced(part, known) for part, is_style in parts)
    return replace(step, **changes) if changes else step


def _replaced(text: str, placeholders: Mapping[str, str]) -> str:
    """Replace each tag by its placeholder."""
    tags = "|".join(map(re.escape, sorted(placeholders, key=len, reverse=True)))
    return re.sub(f"{_OWN}|({tags})", lambda match: placeholders.get(match[1], match[0]), text)


class _Columns:
    """The columns of a sheet by the names that merge tags may give them."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._usual: Mapping[str, str] | None = None

    def named(self, name: str) -> str | None:
        """Return the header that a tag names, or None; one with braces cannot be a placeholder."""
        if name in self._sheet.columns:
            return name
        name = name.rpartition(".")[2] or name  # Contact.FirstName
        alike = [header for header in headers_like(self._sheet.columns, name) if not re.search("[{}]", header)]
        if alike:
            return alike[0] if len(alike) == 1 else None
        field = _FIELD_NAMES.get("".join(char for char in name.casefold() if char.isalnum()))
        if field is None:
            return None
        if self._usual is None:
            self._usual = propose_mapping(self._sheet, _FIELDS)
        return self._usual.get(field)


def _tags(text: str, columns: _Columns, *, is_html: bool) -> list[tuple[str, str | None]]:
    """Return the merge tags in a text, each once, with the columns that they name."""
    found: dict[str, str | None] = {}
    for tag, name, is_sure in _written(without_styles(text) if is_html else text, is_html=is_html):
        header = columns.named(name)
        if header or is_sure:
            found[tag] = header
    return list(found.items())


def _written(text: str, *, is_html: bool) -> Iterator[tuple[str, str, bool]]:
    """Yield what may be a merge tag: the tag, its name, and whether its spelling can be nothing else."""
    pattern = _PATTERN_IN_HTML if is_html else _PATTERN
    for match in pattern.finditer(text):
        if match.lastindex is not None:
            yield match[0], match[match.lastindex], match.lastindex <= len(_SURELY_TAGS)


def _pattern(pairs: Sequence[tuple[str, str]]) -> re.Pattern[str]:
    tags = [rf"{re.escape(begin)}\s{{0,3}}{_NAME}\s{{0,3}}{re.escape(end)}" for begin, end in pairs]
    tags += [f"{re.escape(sign)}{_NAME}{re.escape(sign)}" for sign in _BETWEEN_SIGNS]
    tags.append(_AFTER_SIGN)
    return re.compile("|".join((_OWN, *tags)))


_PATTERN: Final = _pattern((*_SURELY_TAGS, *_MAYBE_TAGS, *_ONLY_IN_PLAIN_TEXT))
_PATTERN_IN_HTML: Final = _pattern((*_SURELY_TAGS, *_MAYBE_TAGS))
