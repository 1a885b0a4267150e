"""Request bodies in parts: pieces from which thousands of bodies are assembled, and changes to a frozen body.

The pieces are cut from a body that ``payload.request_body`` writes with marks in place of values. A body assembled from
them is, byte for byte, the one that ``request_body`` would write.

A frozen body is read again for the correlationIds and destinations of its contacts, and to leave out contacts to whom
nothing may be sent any more. Nothing else in it changes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from omni.core.field_kind import kind_of_field
from omni.core.rendering import Slot, with_texts
from omni.core.template import Template
from omni.provider.payload import CORRELATION_KEY, NO_PHONE, request_body

BETWEEN_CONTACTS: Final = ","
_UNUSABLE: Final = {"MT": NO_PHONE, "VOICE": NO_PHONE, "EMAIL": ""}
"""A destination that cannot work, by step type: docs/decisions/0004."""


@dataclass(frozen=True, slots=True)
class BodyPieces:
    """The fixed parts of a request body: ``head``, contacts separated by ``BETWEEN_CONTACTS``, and ``tail``.

    ``contact`` holds the pieces before, between and after the values of the fields. In ``tail`` a number is the index,
    among the slots, of a personal text. Values and texts are inserted as JSON strings with their quotes.
    """

    head: str
    contact: tuple[str, ...]
    tail: tuple[str | int, ...]


def body_pieces(template: Template, slots: Sequence[Slot], fields: Sequence[str]) -> BodyPieces:
    """Return the pieces of the bodies of ``template`` for contacts with these fields."""
    mark = secrets.token_hex(16)  # random, so that no text contains it by chance
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
    """Read the correlationId, or None, of each contact in one of our request bodies, in order."""
    contacts = orjson.loads(body)["contacts"]
    return [contact["contactInfo"].get(CORRELATION_KEY) for contact in contacts]


def destinations_of(body: bytes, every: bool = False) -> list[dict[str, str]]:
    """Read each contact's destinations in one of our request bodies: field to value, in the order of the steps.

    With ``every``, the phones and e-mail addresses in fields that no step sends to follow. Fields without a
    destination, or with one that cannot work, are left out.
    """
    content = orjson.loads(body)
    fields = _fields(content)
    found = []
    for contact in content["contacts"]:
        info = contact["contactInfo"]
        known = {name: info[name] for name, unusable in fields.items() if info.get(name) not in (None, "", unusable)}
        if every:
            known |= {
                name: value
                for name, value in info.items()
                if name not in fields and value and kind_of_field(name) != "text"
            }
        found.append(known)
    return found


def fields_of(body: bytes) -> list[str]:
    """List the contactInfo field that each step sends to, in the order of the steps."""
    return [step.get("destinationField", "") for step in orjson.loads(body)["template"]["steps"]]


def rewritten(body: bytes, contacts: Sequence[Sequence[str] | None]) -> bytes:
    """Rewrite a body with one instruction for each contact, in order.

    None leaves the contact out; otherwise the listed fields get a destination that cannot work.
    """
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
        step["destinationField"]: _UNUSABLE[step["type"]]
        for step in content["template"]["steps"]
        if step.get("destinationField")
    }
