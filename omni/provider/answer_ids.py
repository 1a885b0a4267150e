"""Ids in the answers that the platform documents for its other APIs, read quickly; ``answer_search`` reads any shape.

The Fallback API page says "an id will be created for the entire batch and an individual id and correlationId will be
created for each message" and shows no example. Ids are opaque.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from omni.provider.payload import CORRELATION_KEY

_BATCH_KEYS: Final = ("id", "Id", "ID")
_LIST_KEYS: Final = frozenset({"messages", "recipients", "destinations", "destination", "contacts", "data", "results"})
_ONLY_ID: Final = frozenset({"id"})
_BOTH_IDS: Final = frozenset({"id", CORRELATION_KEY})


@dataclass(frozen=True, slots=True)
class PlainIds:
    """Ids of all contacts, in their order; ``correlation_ids`` are the provider's."""

    batch_id: str | None
    ids: Sequence[str]
    correlation_ids: Sequence[str | None]

    def in_order_of(self, own: Sequence[str | None]) -> PlainIds | None:
        """Return the ids in the order of the correlationIds that were sent, if each of those came back once."""
        ids = dict(zip(self.correlation_ids, self.ids, strict=True))
        if None in own or len(ids) < len(self.ids) or ids.keys() != set(own):
            return None
        return PlainIds(self.batch_id, [ids[each] for each in own], own)


def plain_ids(raw: bytes, contacts: int) -> PlainIds | None:
    """Return the ids in an answer that has nothing but a batch id and a list of objects with an id, one a contact.

    None for any other answer.
    """
    try:
        value = orjson.loads(raw)
    except ValueError:
        return None
    batch_id, items = _parts(value)
    if items is None or len(items) != contacts or set(map(type, items)) != {dict}:
        return None
    keys = set(map(frozenset, items))
    if not keys <= {_ONLY_ID, _BOTH_IDS}:
        return None
    ids = [item["id"] for item in items]
    if set(map(type, ids)) != {str} or "" in ids or len(set(ids)) < contacts:
        return None
    echoes = [item.get(CORRELATION_KEY) for item in items] if keys != {_ONLY_ID} else [None] * contacts
    if not set(map(type, echoes)) <= {str, type(None)}:
        return None
    return PlainIds(batch_id, ids, [echo or None for echo in echoes])


def _parts(value: object) -> tuple[str | None, list[Any] | None]:
    if isinstance(value, list):
        return None, value
    if not isinstance(value, dict) or not 0 < len(value) < 3:
        return None, None
    lists = [key for key in value if key in _LIST_KEYS and isinstance(value[key], list)]
    batch = [key for key in value if key in _BATCH_KEYS and isinstance(value[key], str) and value[key]]
    if len(lists) != 1 or len(lists) + len(batch) != len(value):
        return None, None
    return (value[batch[0]] if batch else None), value[lists[0]]
