"""Personal texts: ``{{column}}`` in any text of a step, filled on our side for each contact.

Whether the provider fills placeholders is documented nowhere, so none of ours ever reaches it. One pass over
the text: what a cell holds is never read again, so a cell containing ``{{`` is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from omni.core.steps import HTML_FIELDS, Step, texts_of

# Possessive throughout: a text full of blanks behind an open ``{{`` must not take quadratic time.
_PLACEHOLDER = re.compile(r"\{\{\s*+((?:[^\s{}]|\s++(?=[^\s{}]))*+)\s*+\}\}")


def placeholders_in(text: str) -> list[str]:
    """The names between ``{{`` and ``}}``, outer blanks dropped, each once, in order of appearance."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def render_text(text: str, values: Mapping[str, str], *, html: bool = False) -> str:
    """``text`` with every placeholder replaced; in an HTML body the values are escaped.

    Raises ``KeyError`` for a name without a value: callers check names first with ``template_problems``.
    """
    def fill(match: re.Match[str]) -> str:
        value = values[match[1]]
        return escape(value) if html else value

    return _PLACEHOLDER.sub(fill, text)


def render_step(step: Step, values: Mapping[str, str]) -> Step:
    """The step as one contact gets it."""
    changes: dict[str, Any] = {
        name: render_text(text, values, html=name in HTML_FIELDS)
        for name, text in texts_of(step)
        if "{{" in text
    }
    return replace(step, **changes) if changes else step


def render_steps(steps: Sequence[Step], values: Mapping[str, str]) -> tuple[Step, ...]:
    """All steps as one contact gets them. Equal results may share a request."""
    return tuple(render_step(step, values) for step in steps)


def names_used(steps: Sequence[Step]) -> list[str]:
    """The placeholder names over all texts of ``steps``, each once, in order of appearance."""
    texts = (text for step in steps for _, text in texts_of(step))
    return list(dict.fromkeys(name for text in texts for name in placeholders_in(text)))


@dataclass(frozen=True, slots=True)
class _Slot:
    """One text with placeholders, cut into literal pieces and the indices of the values between them."""

    step: int
    field: str
    pieces: tuple[str | int, ...]
    html: bool


class Renderer:
    """``render_steps`` for many contacts: first the texts, which tell who shares a request, then the steps.

    Values are given in the order of ``names``, the placeholder names of the steps.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = tuple(steps)
        self.names = names_used(steps)
        self._slots = tuple(
            _Slot(index, name, self._cut(text), name in HTML_FIELDS)
            for index, step in enumerate(steps)
            for name, text in texts_of(step)
            if placeholders_in(text)
        )

    def _cut(self, text: str) -> tuple[str | int, ...]:
        parts = _PLACEHOLDER.split(text)
        return tuple(self.names.index(part) if at % 2 else part for at, part in enumerate(parts))

    def texts(self, values: Sequence[str]) -> tuple[str, ...]:
        """The personal texts of one contact: contacts with equal ones have equal steps."""
        return tuple(
            "".join(
                piece if isinstance(piece, str) else escape(values[piece]) if slot.html else values[piece]
                for piece in slot.pieces
            )
            for slot in self._slots
        )

    def steps(self, texts: Sequence[str]) -> tuple[Step, ...]:
        """The steps that carry these texts."""
        changes: dict[int, dict[str, Any]] = {}
        for slot, text in zip(self._slots, texts, strict=True):
            changes.setdefault(slot.step, {})[slot.field] = text
        return tuple(
            replace(step, **changes[index]) if index in changes else step
            for index, step in enumerate(self._steps)
        )
