"""The provider's answer: an id for the request, an id and a correlationId for each contact."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omni.sandbox.contract import ContactInfo
from omni.sandbox.faults import Content

SHAPES = (
    "messages", "recipients", "destinations", "destination", "list", "ids", "uuid", "wrapped", "keyed", "echoed",
    "contacts", "nested", "flat",
)  # fmt: skip
"""Shapes of an answer; the first five are documented for the platform's other APIs. ``ids`` has plain texts, ``uuid``
other names, ``keyed`` objects under the first destination, ``echoed`` and ``contacts`` an order of their own with the
destination or the whole contactInfo beside each id, ``nested`` and ``flat`` an id for each step."""

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Gateway</h1></body></html>\n"


@dataclass(frozen=True, slots=True)
class Receipts:
    """The ids of one accepted request; ``ids``, ``correlation_ids`` and ``contacts`` are in the same order."""

    batch_id: str | None
    ids: Sequence[str]
    correlation_ids: Sequence[str]
    contacts: Sequence[ContactInfo] = ()
    steps: int = 1


def receipts_for(
    contacts: Sequence[ContactInfo], content: Content, shape: str, steps: int = 1, prefix: str = ""
) -> Receipts:
    """Make ids for accepted contacts, as many as an answer with this content names.

    A contact's own correlationId is echoed; a contact without one gets a new one. The shape "list" has no place for a
    batch id. Every new id begins with ``prefix``.
    """
    count = {"no_ids": 0, "fewer_ids": len(contacts) - 1}.get(content, len(contacts))
    made = (prefix + each for each in _uuids(2 * count + 1))
    batch_id = None if shape == "list" else next(made)
    named = contacts[:count]
    return Receipts(
        batch_id,
        [next(made) for _ in named],
        [info.get("correlationId") or next(made) for info in named],
        named,
        steps,
    )


def body_for(receipts: Receipts, content: Content, shape: str) -> bytes:
    """Return the body of an answer with status 200."""
    if content == "empty":
        return b""
    if content == "html":
        return HTML_PAGE
    items = [
        {"id": message_id, "correlationId": correlation_id}
        for message_id, correlation_id in zip(receipts.ids, receipts.correlation_ids, strict=True)
    ]
    answer: object
    if content == "no_ids":
        answer = [] if shape == "list" else {"Id" if shape == "destination" else "id": receipts.batch_id}
    elif shape == "list":
        answer = items
    elif shape in _OTHER_SHAPES:
        answer = _OTHER_SHAPES[shape](receipts)
    else:
        answer = {"Id" if shape == "destination" else "id": receipts.batch_id, shape: items}
    whole = json.dumps(answer).encode("ascii")
    return whole[: len(whole) * 2 // 3] if content == "broken" else whole


def _first_destination(info: ContactInfo) -> str:
    return next((value for name, value in info.items() if name.startswith("phone") and len(value) > 1), "") or next(
        iter(info.values())
    )


def _all_steps(receipts: Receipts, at: int) -> list[str]:
    """The ids of a contact for each step: its own first, then others that differ from it at the end."""
    first = receipts.ids[at]
    return [first, *(f"{first[:-2]}{step:x}{first[-1]}" for step in range(1, receipts.steps))]


def _together(receipts: Receipts) -> list[tuple[str, ContactInfo]]:
    """Ids with their contacts, in another order than they came in."""
    return list(zip(receipts.ids, receipts.contacts, strict=True))[::-1]


_OTHER_SHAPES: Mapping[str, Callable[[Receipts], object]] = {
    "ids": lambda made: {"id": made.batch_id, "ids": list(made.ids)},
    "uuid": lambda made: {"batchId": made.batch_id, "omniMessages": [{"messageUuid": each} for each in made.ids]},
    "wrapped": lambda made: {"result": {"data": {"id": made.batch_id, "items": [{"id": each} for each in made.ids]}}},
    "keyed": lambda made: {
        "id": made.batch_id,
        "messages": {_first_destination(info): {"id": each} for each, info in _together(made)},
    },
    "echoed": lambda made: {
        "id": made.batch_id,
        "messages": [{"id": each, "destination": _first_destination(info)} for each, info in _together(made)],
    },
    "contacts": lambda made: {
        "id": made.batch_id,
        "contacts": [{"contactInfo": dict(info), "id": each} for each, info in _together(made)],
    },
    "nested": lambda made: {
        "id": made.batch_id,
        "contacts": [{"messages": [{"id": each} for each in _all_steps(made, at)]} for at in range(len(made.ids))],
    },
    "flat": lambda made: {
        "id": made.batch_id,
        "messages": [{"id": each} for at in range(len(made.ids)) for each in _all_steps(made, at)],
    },
}


def error_body(code: int, message: str) -> bytes:
    """Return an error in the form of the sibling APIs."""
    return json.dumps({"errorCode": code, "errorMessage": message}).encode("ascii")


def _uuids(count: int) -> Iterator[str]:
    """Return UUIDs (version 4) that count up from a random one: quick to make, and different within a request."""
    start = str(uuid.uuid4())[:-12]
    first = secrets.randbits(47)
    return (f"{start}{number:012x}" for number in range(first, first + count))
