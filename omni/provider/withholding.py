"""A frozen request read again, to leave out whom nothing may be sent to any more. Nothing else of it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from omni.provider.payload import NO_PHONE

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
