"""Shapes that the provider's answer may have, with the ids that belong to each contact.

``answer`` makes the answer of a shape to a request, ``truth`` says which ids are whose, and ``varied`` adds fields and
wrappers without changing that.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TYPES = ("MT", "VOICE", "EMAIL")


@dataclass
class Case:
    """A request to some contacts, the ids that the provider made, and the answer; ``ids`` are by contact and step."""

    contacts: int
    steps: int
    draw: random.Random
    correlated: bool = False
    ids: list[list[str]] = field(default_factory=list)
    batch: str = ""

    def __post_init__(self) -> None:
        self.batch = self.new_id()
        self.ids = [[self.new_id() for _ in range(self.steps)] for _ in range(self.contacts)]
        self.phones = [f"55119{self.draw.randrange(10**4):04d}{at:04d}" for at in range(self.contacts)]

    def new_id(self) -> str:
        """Return a new UUID."""
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))

    @property
    def own(self) -> list[str]:
        """The first id of each contact."""
        return [ids[0] for ids in self.ids]

    def body(self) -> bytes:
        """The bytes that were posted."""
        contacts = [{"contactInfo": self.info(at)} for at in range(self.contacts)]
        steps = [{"type": kind, "destinationField": "phone1"} for kind in TYPES[: self.steps]]
        return json.dumps({"contacts": contacts, "template": {"steps": steps}}).encode()

    def info(self, at: int) -> dict[str, str]:
        """The contactInfo of one contact."""
        info = {"phone1": self.phones[at], "email": f"pessoa{at}@example.com", "recipientName": "Ana"}
        return info | ({"correlationId": f"ours-{at:05d}"} if self.correlated else {})


Build = Callable[[Case], Any]
ALONE = "alone"
"""One id for each contact, whatever the steps."""
EACH_STEP = "each step"


def _items(case: Case, **more: Callable[[int], Any]) -> list[dict[str, Any]]:
    return [{"id": one} | {key: make(at) for key, make in more.items()} for at, one in enumerate(case.own)]


def _echoed(case: Case, items: Sequence[Any]) -> list[Any]:
    """Items that say whose they are may come in any order."""
    mixed = list(items)
    case.draw.shuffle(mixed)
    return mixed


def _pretty(phone: str) -> str:
    return f"+{phone[:2]} ({phone[2:4]}) {phone[4:9]}-{phone[9:]}"


SHAPES: Mapping[str, tuple[str, Build]] = {
    "messages": (ALONE, lambda c: {"id": c.batch, "messages": _items(c, correlationId=lambda at: c.new_id())}),
    "recipients": (ALONE, lambda c: {"id": c.batch, "recipients": _items(c)}),
    "Id and destination": (ALONE, lambda c: {"Id": c.batch, "destination": _items(c)}),
    "a list of objects": (ALONE, lambda c: _items(c)),
    "a list of ids": (ALONE, lambda c: c.own),
    "ids": (ALONE, lambda c: {"id": c.batch, "ids": c.own}),
    "messages are texts": (ALONE, lambda c: {"id": c.batch, "messages": c.own}),
    "any list key": (ALONE, lambda c: {"id": c.batch, "omniMessages": _items(c)}),
    "uuid and batchId": (ALONE, lambda c: {"batchId": c.batch, "messages": [{"uuid": each} for each in c.own]}),
    "messageId and bulkId": (ALONE, lambda c: {"bulkId": c.batch, "results": [{"messageId": each} for each in c.own]}),
    "idMensagem and lote": (ALONE, lambda c: {"idLote": c.batch, "mensagens": [{"idMensagem": e} for e in c.own]}),
    "message_uuid": (ALONE, lambda c: {"batch_id": c.batch, "data": [{"message_uuid": each} for each in c.own]}),
    "by its looks": (ALONE, lambda c: {"id": c.batch, "envios": [{"codigo": e, "ok": True} for e in c.own]}),
    "a number and a uuid": (ALONE, lambda c: {"messages": [{"id": at, "uuid": e} for at, e in enumerate(c.own)]}),
    "wrapped": (ALONE, lambda c: {"response": {"id": c.batch, "messages": _items(c)}}),
    "wrapped twice": (ALONE, lambda c: {"result": {"data": {"id": c.batch, "items": _items(c)}}}),
    "a list of one batch": (ALONE, lambda c: [{"id": c.batch, "messages": _items(c)}]),
    "JSON as a text": (ALONE, lambda c: json.dumps({"id": c.batch, "messages": _items(c)})),
    "keys are numbers": (ALONE, lambda c: {"id": c.batch, "messages": {str(at): e for at, e in enumerate(_items(c))}}),
    "batch id on each": (ALONE, lambda c: {"messages": [{"id": each, "batchId": c.batch} for each in c.own]}),
    "keyed by a destination": (
        ALONE,
        lambda c: {"id": c.batch, "messages": dict(_echoed(c, [*zip(c.phones, _items(c), strict=True)]))},
    ),
    "an id for a destination": (ALONE, lambda c: {"sent": dict(_echoed(c, [*zip(c.phones, c.own, strict=True)]))}),
    "destination echoed": (
        ALONE,
        lambda c: {"id": c.batch, "messages": _echoed(c, _items(c, destination=lambda at: c.phones[at]))},
    ),
    "destination in another notation": (
        ALONE,
        lambda c: {"id": c.batch, "messages": _echoed(c, _items(c, to=lambda at: _pretty(c.phones[at])))},
    ),
    "e-mail echoed": (
        ALONE,
        lambda c: {"messages": _echoed(c, _items(c, recipient=lambda at: f"Pessoa{at}@Example.com"))},
    ),
    "contactInfo echoed": (
        ALONE,
        lambda c: {"id": c.batch, "contacts": _echoed(c, _items(c, contactInfo=lambda at: c.info(at)))},
    ),
    "lists beside each other": (
        ALONE,
        lambda c: dict(zip(("phones", "ids"), zip(*_echoed(c, [*zip(c.phones, c.own, strict=True)]), strict=True),
                           strict=True)),
    ),
    "pairs": (ALONE, lambda c: _echoed(c, [[phone, one] for phone, one in zip(c.phones, c.own, strict=True)])),
    "contacts with messages": (
        EACH_STEP,
        lambda c: {"id": c.batch, "contacts": [{"messages": [{"id": each} for each in ids]} for ids in c.ids]},
    ),
    "contacts with steps": (
        EACH_STEP,
        lambda c: {"id": c.batch, "contacts": [{"steps": [{"id": each} for each in ids]} for ids in c.ids]},
    ),
    "keyed, with lists": (
        EACH_STEP,
        lambda c: {"messages": dict(_echoed(c, [*zip(c.phones, c.ids, strict=True)]))},
    ),
    "steps with messages": (
        EACH_STEP,
        lambda c: {
            "id": c.batch,
            "steps": [{"messages": [{"id": ids[step]} for ids in c.ids]} for step in range(c.steps)],
        },
    ),
    "flat": (EACH_STEP, lambda c: {"id": c.batch, "messages": [{"id": each} for ids in c.ids for each in ids]}),
    "flat, by type": (
        EACH_STEP,
        lambda c: {
            "id": c.batch,
            "messages": [{"id": ids[at], "type": TYPES[at]} for at in range(c.steps) for ids in c.ids],
        },
    ),
    "flat, destination echoed": (
        EACH_STEP,
        lambda c: {
            "id": c.batch,
            "messages": _echoed(c, [
                {"id": each, "destination": phone} for phone, ids in zip(c.phones, c.ids, strict=True) for each in ids
            ]),
        },
    ),
    "correlationId echoed": (
        "correlated",
        lambda c: {"id": c.batch, "messages": _echoed(c, _items(c, correlationId=lambda at: f"ours-{at:05d}"))},
    ),
}  # fmt: skip


def truth(name: str, case: Case) -> list[list[str]]:
    """Return the ids of each contact in an answer of this shape."""
    return case.ids if SHAPES[name][0] == EACH_STEP else [[one] for one in case.own]


def answer(name: str, case: Case) -> Any:
    """Return the answer of this shape."""
    case.correlated = SHAPES[name][0] == "correlated"
    return json.loads(json.dumps(SHAPES[name][1](case)))


def varied(value: Any, draw: random.Random) -> Any:
    """Return the same answer with other fields beside its own, fields in another order, and wrappers around it."""
    value = _with_other_fields(value, draw)
    for _ in range(draw.choice((0, 0, 1, 2))):
        key = draw.choice(("response", "result", "payload", "retorno", "body"))
        value = {"status": "ok", key: value} if draw.random() < 0.5 else {key: value}
    if draw.random() < 0.1:
        value = json.dumps(value)
    return value


def _with_other_fields(value: Any, draw: random.Random) -> Any:
    if isinstance(value, list):
        return [_with_other_fields(each, draw) for each in value]
    if not isinstance(value, dict):
        return value
    fields = [(key, _with_other_fields(each, draw)) for key, each in value.items()]
    is_named = all(key.isidentifier() for key in value) and "phone1" not in value
    if is_named and "ids" not in value and draw.random() < 0.3:
        more = [
            ("status", "ACCEPTED"), ("code", 200), ("parts", 2), ("message", "Mensagem aceita para envio"),
            ("createdAt", "2026-12-01T10:00:00Z"), ("accountId", 4711), ("price", 0.07), ("errorCode", 0),
            ("from", "27182"), ("warnings", []), ("links", {"self": "https://example.com/x/12345678"}), ("note", None),
        ]  # fmt: skip
        known = {key for key, _ in fields}
        fields += [one for one in draw.sample(more, draw.randint(1, 4)) if one[0] not in known]
    draw.shuffle(fields)
    return dict(fields)
