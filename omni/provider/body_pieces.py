"""Request bodies in pieces, so that thousands are put together without writing each anew.

The pieces are cut out of what ``request_body`` writes for marks in place of values; what is put together of them is,
byte for byte, what it would write.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from omni.core.rendering import Slot, with_texts
from omni.core.template import Template
from omni.provider.payload import json_string, request_body

__all__ = ["BETWEEN_CONTACTS", "BodyPieces", "body_pieces", "json_string"]

BETWEEN_CONTACTS: Final = ","


@dataclass(frozen=True, slots=True)
class BodyPieces:
    """``head``, then the contacts with ``BETWEEN_CONTACTS`` between them, then ``tail``.

    ``contact`` are the pieces before, between and behind the values of the fields; in ``tail`` a number is the place,
    among the slots, of a personal text. Values and texts are put in as JSON strings with their quotes.
    """

    head: str
    contact: tuple[str, ...]
    tail: tuple[str | int, ...]


def body_pieces(template: Template, slots: Sequence[Slot], fields: Sequence[str]) -> BodyPieces:
    """The pieces of the bodies of ``template`` for contacts with these fields."""
    mark = secrets.token_hex(16)  # no text holds it by chance
    marked = re.compile(rf'"{mark}(\d+)"')
    steps = with_texts(template.steps, slots, [f"{mark}{place}" for place in range(len(slots))])
    empty = request_body(steps, template, []).decode()
    single = request_body(steps, template, [{field: f"{mark}{place}" for place, field in enumerate(fields)}]).decode()
    head = empty[: empty.index("[") + 1]
    contact = single[len(head) : len(head) + len(single) - len(empty)]
    tail = marked.split(empty[len(head) :])
    return BodyPieces(
        head=head,
        contact=tuple(marked.split(contact)[::2]),
        tail=tuple(int(piece) if at % 2 else piece for at, piece in enumerate(tail)),
    )
