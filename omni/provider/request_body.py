"""Request bodies in pieces, so that thousands are put together without writing each anew.

The pieces are cut out of what ``request_body`` writes for marks in place of values; what is put together of them is,
byte for byte, what it would write.

The correlationIds that contacts were sent with, by which an answer may name them.

A frozen request read again, to leave out whom nothing may be sent to any more. Nothing else of it changes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from omni.core.rendering import Slot, with_texts
from omni.core.template import Template
from omni.provider.payload import CORRELATION_KEY, NO_PHONE, request_body

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


def correlation_ids(body: bytes) -> list[str | None]:
    """For each contact of a request body of ours, in order, its own correlationId or None."""
    contacts = orjson.loads(body)["contacts"]
    return [contact["contactInfo"].get(CORRELATION_KEY) for contact in contacts]


_NOWHERE: Final = {"MT": NO_PHONE, "VOICE": NO_PHONE, "EMAIL": ""}
"""What a destination that cannot work looks like: docs/decisions/0004."""


def destinations_of(body: bytes) -> list[dict[str, str]]:
    """For each contact of a request body of ours, the fields its steps send to, in their order, with what is there."""
    content = orjson.loads(body)
    fields = _fields(content)
    return [
        {name: info[name] for name, nowhere in fields.items() if info.get(name) not in (None, "", nowhere)}
        for info in (contact["contactInfo"] for contact in content["contacts"])
    ]


def fields_of(body: bytes) -> list[str]:
    """The contactInfo field that each step sends to, in their order."""
    return [step.get("destinationField", "") for step in orjson.loads(body)["template"]["steps"]]


def rewritten(body: bytes, contacts: Sequence[Sequence[str] | None]) -> bytes:
    """The body with each contact as said, in order: None leaves it out, else these fields of it lead nowhere."""
    content = orjson.loads(body)
    fields = _fields(content)
    kept = []
    for contact, emptied in zip(content["contacts"], contacts, strict=True):
        if emptied is not None:
            contact["contactInfo"].update({name: fields[name] for name in emptied})
            kept.append(contact)
    content["contacts"] = kept
    return orjson.dumps(content)


def _fields(content: Mapping[str, Any]) -> dict[str, str]:
    return {
        step["destinationField"]: _NOWHERE[step["type"]]
        for step in content["template"]["steps"]
        if step.get("destinationField")
    }
