"""The ids in the provider's answer, and the contacts they belong to.

The Fallback API page says "an id will be created for the entire batch and an individual id and correlationId will be
created for each message" and shows no example. The shapes read here are those that the same platform documents for its
SMS, e-mail and WhatsApp APIs. Ids are opaque.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from omni.core.campaign import Receipt
from omni.provider.payload import CORRELATION_KEY, ERROR_CODE_KEY, ERROR_MESSAGE_KEY

_ID_KEYS: Final = ("id", "Id", "ID")
_LIST_KEYS: Final = ("messages", "recipients", "destinations", "destination", "contacts", "data", "results")
_NESTING_KEYS: Final = ("data", "results")
_NO_ERROR: Final = (None, 0, "", "0")
NOWHERE: Final = -1
"""The position of an id that cannot be assigned to a contact with certainty."""


@dataclass(frozen=True, slots=True)
class AnswerIds:
    """The ids in an answer's JSON.

    ``ids`` and ``correlation_ids`` have one entry for each item of the answer, ``failed`` holds the indices of items
    that are errors. ``error`` is the object that carries ``errorCode`` or ``errorMessage`` for the request as a whole.
    """

    batch_id: str | None
    ids: Sequence[str | None]
    correlation_ids: Sequence[str | None]
    failed: frozenset[int]
    error: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """The result of assigning ids to contacts.

    ``receipts`` belong to their contacts with certainty and are in the contacts' order; ``unpaired`` do not.
    ``repeated`` means that an id came more than once, which makes every assignment uncertain.
    """

    receipts: tuple[Receipt, ...]
    unpaired: tuple[Receipt, ...]
    repeated: bool


class _InexactError(Exception):
    """An id is a number that a float may not hold to the last digit."""


def load(raw: bytes) -> object:
    """Parse the JSON in ``raw``, after a byte order mark or not. Raises ``ValueError`` if it is not JSON."""
    return orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))


def read(raw: bytes, contacts: int) -> AnswerIds:
    """Read the ids in an answer to a request with ``contacts`` contacts. Raises ``ValueError`` if it is not JSON."""
    value = load(raw)
    try:
        return _reading(value, contacts)
    except _InexactError:
        return _reading(json.loads(raw.decode("utf-8-sig"), parse_int=str, parse_float=str), contacts)


def _reading(value: object, contacts: int) -> AnswerIds:
    if isinstance(value, list) and len(value) == 1 and _items(value[0]) is not None:
        value = value[0]
    if not isinstance(value, dict):
        return _read_items(None, value if isinstance(value, list) else [], None)
    batch_id, items, error = _id(value), _items(value), _error(value)
    if items is None:
        nested = (value[key] for key in _NESTING_KEYS if isinstance(value.get(key), dict))
        inner: dict[str, Any] = next(nested, {})
        batch_id, items, error = _id(inner) or batch_id, _items(inner), error or _error(inner)
    if items is None:
        # One contact, one object with both ids: the SMS API's answer to a single message.
        items = [value] if contacts == 1 and batch_id and CORRELATION_KEY in value and not error else []
    return _read_items(batch_id, items, error)


def _items(value: object) -> list[Any] | None:
    """Return the first list of objects under a known key, else the first list there, else None."""
    if not isinstance(value, dict):
        return None
    lists = [value[key] for key in _LIST_KEYS if isinstance(value.get(key), list)]
    empty = lists[0] if lists else None
    return next((items for items in lists if any(isinstance(item, dict) for item in items)), empty)


def _read_items(batch_id: str | None, items: list[Any], error: Mapping[str, Any] | None) -> AnswerIds:
    objects = items if _all_are(dict, items) else [item if isinstance(item, dict) else {} for item in items]
    ids = [item.get("id") for item in objects]
    if not _all_are(str, ids) or "" in ids:
        ids = [_id(item) for item in objects]
    echoes = [item.get(CORRELATION_KEY) for item in objects]
    if not _all_are(str, echoes) or "" in echoes:
        echoes = [_text(found) for found in echoes]
    failed = frozenset(
        at for at, item in enumerate(objects) if (ERROR_CODE_KEY in item or ERROR_MESSAGE_KEY in item) and _error(item)
    )
    return AnswerIds(batch_id, ids, echoes, failed, error)


def _all_are(kind: type, values: list[Any]) -> bool:
    return set(map(type, values)) == {kind}


def _id(value: Mapping[str, Any]) -> str | None:
    return next((found for key in _ID_KEYS if (found := _text(value.get(key)))), None)


def _text(value: object) -> str | None:
    """Return an id as text: a string as it is, a whole number as its digits, None for anything else.

    Raises ``_InexactError`` for a float.
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        raise _InexactError
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _error(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if ERROR_CODE_KEY in value:
        return value if value[ERROR_CODE_KEY] not in _NO_ERROR else None
    return value if value.get(ERROR_MESSAGE_KEY) not in _NO_ERROR else None


def pair(reading: AnswerIds, expected: Sequence[str | None]) -> Pairing:
    """Assign the ids to the contacts they belong to.

    ``expected`` is the correlationId that each contact was sent with, or None. A contact with a correlationId of its
    own is recognised by it. Otherwise ids are assigned by position, if there are as many items as contacts and no
    returned correlationId contradicts the positions. When an id is repeated, no id is assigned.
    """
    given = [message_id for message_id in reading.ids if message_id]
    repeated, tracked = len(set(given)) < len(given), bool(given)
    places = [NOWHERE] * len(reading.ids) if repeated else _places(reading, expected)
    if type(places) is range and len(given) == len(places) and not reading.failed:
        return Pairing(tuple(map(Receipt, places, reading.ids, reading.correlation_ids)), (), repeated=False)
    receipts, unpaired = [], []
    for at, (place, message_id, echo) in enumerate(zip(places, reading.ids, reading.correlation_ids, strict=True)):
        if place == NOWHERE or at in reading.failed:
            if message_id or echo:
                unpaired.append(Receipt(NOWHERE, message_id, echo))
        elif message_id or (echo and not tracked):
            receipts.append(Receipt(place, message_id, echo))
    if any(receipts[at].position > receipts[at + 1].position for at in range(len(receipts) - 1)):
        receipts.sort(key=lambda receipt: receipt.position)
    return Pairing(tuple(receipts), tuple(unpaired), repeated)


def _places(reading: AnswerIds, expected: Sequence[str | None]) -> Sequence[int]:
    """Return the contact's place for each item of the answer, ``NOWHERE`` where it is not certain."""
    items = len(reading.ids)
    sent = Counter(own for own in expected if own)
    known = {own: at for at, own in enumerate(expected) if own and sent[own] == 1}
    if known.keys().isdisjoint(reading.correlation_ids):
        return range(items) if items == len(expected) else [NOWHERE] * items
    echoed = Counter(reading.correlation_ids)
    places = [known.get(echo, NOWHERE) if echo and echoed[echo] == 1 else NOWHERE for echo in reading.correlation_ids]
    if places == list(range(len(expected))):
        return range(items)
    if items == len(expected) and all(place in (NOWHERE, at) for at, place in enumerate(places)):
        return [place if expected[at] in known else at for at, place in enumerate(places)]
    return places
