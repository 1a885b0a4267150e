"""The correlationIds that contacts were sent with, by which an answer may name them."""

from __future__ import annotations

import orjson

from omni.provider.payload import CORRELATION_KEY


def correlation_ids(body: bytes) -> list[str | None]:
    """For each contact of a request body of ours, in order, its own correlationId or None."""
    contacts = orjson.loads(body)["contacts"]
    return [contact["contactInfo"].get(CORRELATION_KEY) for contact in contacts]
