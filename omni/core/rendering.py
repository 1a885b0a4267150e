"""Personal texts: ``{{column}}`` placeholders in the texts of a step, filled by Omni for each contact.

The provider's documentation does not say whether it fills placeholders, so none is ever posted to it. Texts are filled
in one pass and inserted values are not searched again, so a cell containing ``{{`` is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from omni.core.clean_text import in_one_line
from omni.core.steps import HTML_FIELDS, SEVERAL_LINES, Step, texts_of

# Possessive throughout: a text full of blanks behind an open ``{{`` must not take quadratic time.
_NEAR = 20
"""Characters shown on each side of a brace."""
_PLACEHOLDER = re.compile(r"\{\{\s*+((?:[^\s{}]|\s++(?=[^\s{}]))*+)\s*+\}\}")


def placeholders_in(text: str) -> list[str]:
    """List the names between ``{{`` and ``}}`` without blanks around them, each once, in order of appearance."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def stray_braces(text: str) -> str | None:
    """Return some text around the first ``{{`` or ``}}`` that belongs to no placeholder; None if there is none."""
    bare = _PLACEHOLDER.sub("\0", text)
    places = [place for sign in ("{{", "}}") if (place := bare.find(sign)) >= 0]
    if not places:
        return None
    first = min(places)
    return " ".join(bare[max(0, first - _NEAR) : first + 2 + _NEAR].replace("\0", "{{…}}").split())


def without_styles(html: str) -> str:
    """Return HTML without its style sheets, in which ``}}`` ends a rule within a rule."""
    return "".join(part for part, is_style in style_parts(html) if not is_style)


def style_parts(html: str) -> Iterator[tuple[str, bool]]:
    """Cut HTML into the parts outside and inside of style sheets; yield each with whether it is inside."""
    at, lowered = 0, html.lower()
    while (begin := lowered.find("<style", at)) >= 0:
        end = lowered.find("</style", begin)
        end = len(html) if end < 0 else end
        yield html[at:begin], False
        yield html[begin:end], True
        at = end
    yield html[at:], False


def render_text(text: str, values: Mapping[str, str], *, html: bool = False, one_line: bool = True) -> str:
    """Replace every placeholder in ``text`` by its value.

    The value is HTML-escaped if ``html``; with ``one_line`` its line breaks become blanks. Raises
    ``KeyError`` for a name without a value: callers check names first with ``template_problems``.
    """

    def fill(match: re.Match[str]) -> str:
        value = in_one_line(values[match[1]]) if one_line else values[match[1]]
        return escape(value) if html else value

    return _PLACEHOLDER.sub(fill, text)


def render_step(step: Step, values: Mapping[str, str]) -> Step:
    """Return ``step`` with its texts filled in for one contact."""
    changes: dict[str, Any] = {
        name: render_text(text, values, html=name in HTML_FIELDS, one_line=name not in SEVERAL_LINES)
        for name, text in texts_of(step)
        if "{{" in text
    }
    return replace(step, **changes) if changes else step


def names_used(steps: Sequence[Step]) -> list[str]:
    """List the placeholder names in all texts of ``steps``, each once, in order of appearance."""
    texts = (text for step in steps for _, text in texts_of(step))
    return list(dict.fromkeys(name for text in texts for name in placeholders_in(text)))


@dataclass(frozen=True, slots=True)
class Slot:
    """One text with placeholders: the field ``field`` of step ``step`` (from 0).

    ``pieces`` alternates fixed text and numbers; a number is the index in ``names_used`` of the value to insert there.
    With ``html`` the values are escaped, with ``one_line`` their line breaks become blanks.
    """

    step: int
    field: str
    pieces: tuple[str | int, ...]
    html: bool
    one_line: bool = True


def slots_of(steps: Sequence[Step]) -> tuple[Slot, ...]:
    """List the texts that differ between contacts; contacts for whom all of them are equal may share a request."""
    names = names_used(steps)

    def cut(text: str) -> tuple[str | int, ...]:
        parts = _PLACEHOLDER.split(text)
        return tuple(names.index(part) if at % 2 else part for at, part in enumerate(parts))

    return tuple(
        Slot(index, name, cut(text), name in HTML_FIELDS, name not in SEVERAL_LINES)
        for index, step in enumerate(steps)
        for name, text in texts_of(step)
        if placeholders_in(text)
    )


def with_texts(steps: Sequence[Step], slots: Sequence[Slot], texts: Sequence[str]) -> tuple[Step, ...]:
    """Return ``steps`` with ``texts`` put in their ``slots``, one text for each slot."""
    changes: dict[int, dict[str, Any]] = {}
    for slot, text in zip(slots, texts, strict=True):
        changes.setdefault(slot.step, {})[slot.field] = text
    return tuple(replace(step, **changes[index]) if index in changes else step for index, step in enumerate(steps))
