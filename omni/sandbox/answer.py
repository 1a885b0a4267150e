"""The provider's answer: an id for the request, an id and a correlationId for each contact."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omni.sandbox.contract import ContactInfo
from omni.sandbox.faults import Content

SHAPES = ("messages", "recipients", "destinations", "destination", "list")

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Gateway</h1></body></html>\n"


@dataclass(frozen=True, slots=True)
class Receipts:
    """The ids of one accepted request; ``ids`` and ``correlation_ids`` are in the order of the contacts."""

    batch_id: str | None
    ids: Sequence[str]
    correlation_ids: Sequence[str]


def receipts_for(contacts: Sequence[ContactInfo], content: Content, shape: str) -> Receipts:
    """Make ids for accepted contacts, as many as an answer with this content names.

    A contact's own correlationId is echoed; a contact without one gets a new one. The shape "list" has no place for a
    batch id.
    """
    count = {"no_ids": 0, "fewer_ids": len(contacts) - 1}.get(content, len(contacts))
    made = _uuids(2 * count + 1)
    batch_id = None if shape == "list" else next(made)
    named = contacts[:count]
    return Receipts(
        batch_id,
        [next(made) for _ in named],
        [info.get("correlationId") or next(made) for info in named],
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
    if shape == "list":
        answer = items
    else:
        key = "Id" if shape == "destination" else "id"
        answer = {key: receipts.batch_id} | ({} if content == "no_ids" else {shape: items})
    whole = json.dumps(answer).encode("ascii")
    return whole[: len(whole) * 2 // 3] if content == "broken" else whole


def error_body(code: int, message: str) -> bytes:
    """Return an error in the form of the sibling APIs."""
    return json.dumps({"errorCode": code, "errorMessage": message}).encode("ascii")


def _uuids(count: int) -> Iterator[str]:
    """Return UUIDs (version 4) that count up from a random one: quick to make, and different within a request."""
    start = str(uuid.uuid4())[:-12]
    first = secrets.randbits(47)
    return (f"{start}{number:012x}" for number in range(first, first + count))
