"""Search for ids in an answer of any shape: lists under any key, plain texts, wrappers, objects keyed by a destination.

Each object or text that holds an id becomes an ``Item``, with what stands around it: the lists it is in, the contacts
that it or an object around it echoes, the step it names. Which contact it belongs to is decided by ``answer_pairing``.
The search walks the answer without recursion, in its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from omni.provider.answer_names import (
    RANK,
    is_sender,
    is_status,
    is_step,
    is_unique,
    looks_like_id,
    may_be_value,
    meaning,
    names_rejected,
)
from omni.provider.answer_text import within
from omni.provider.payload import ERROR_CODE_KEY, ERROR_MESSAGE_KEY
from omni.provider.sent_request import SentRequest

_NO_ERROR: Final = (None, 0, "", "0")
_STEP_TYPES: Final = {
    "mt": "MT", "sms": "MT", "voice": "VOICE", "voz": "VOICE", "call": "VOICE", "tts": "VOICE",
    "email": "EMAIL", "mail": "EMAIL",
}  # fmt: skip
_LEAST_OWN_ID: Final = 6
"""Characters of a correlationId of ours that is recognised under any name."""
_LARGEST_POSITION: Final = 5
"""Digits up to which a number under ``id`` may be the item's place in a list and not its id."""


@dataclass(slots=True, eq=False)
class AnswerList:
    """A list in the answer, or an object whose keys number its values; ``key`` is the nearest key above it."""

    key: str
    length: int


@dataclass(slots=True, eq=False)
class Item:
    """An object or a text of the answer with an id, or with a correlationId only.

    ``ids`` are its ids with the meaning of their keys. ``echo`` holds the positions of the contacts that it, or an
    object around it, names; None if none is named, empty if two of the names contradict each other. ``path`` are the
    lists around it with its place in each, from the outside; ``around`` is the item whose object contains it, ``key``
    the nearest key above it. ``step`` is the number of the step that it names, 0 if none. ``is_outer`` means that its
    object contains other items, ``is_root`` that it is neither in a list nor under a destination, ``is_text`` that it
    is a text and no object.
    """

    ids: list[tuple[str, str]]
    correlation_id: str | None
    failed: bool
    echo: frozenset[int] | None
    path: tuple[tuple[AnswerList, int], ...]
    around: Item | None
    key: str = ""
    step: int = 0
    is_outer: bool = False
    is_root: bool = False
    is_text: bool = False


@dataclass(slots=True)
class Found:
    """The items of an answer in its order, and the object that says that the request as a whole failed."""

    items: list[Item] = field(default_factory=list)
    error: Mapping[str, Any] | None = None


@dataclass(slots=True, frozen=True)
class _Place:
    """Surroundings of a value in the answer."""

    key: str = ""
    echo: frozenset[int] | None = None
    path: tuple[tuple[AnswerList, int], ...] = ()
    around: Item | None = None
    step: int = 0
    given_id: str = ""
    correlation_id: str | None = None
    failed: bool = False


def search(value: object, sent: SentRequest) -> Found:
    """Return what an answer holds, in its order."""
    found = Found()
    todo: list[tuple[object, _Place]] = [(value, _Place())]
    while todo:
        node, place = todo.pop()
        if isinstance(node, dict):
            further = _in_object(node, place, sent, found)
        elif isinstance(node, list):
            further = _in_list(node, place, sent, found)
        else:
            further = []
            if (text := _text(node)) is not None and _is_id(node, place, sent):
                _add(
                    found,
                    Item(
                        [(_named(place.key), text)], None, place.failed, place.echo, place.path, place.around, place.key
                    ),
                )
                found.items[-1].correlation_id = place.correlation_id
                found.items[-1].step = place.step
                found.items[-1].is_text = True
                found.items[-1].is_root = not place.path and place.echo is None
        todo.extend(reversed(further))
    return found


def _in_object(node: dict[str, Any], place: _Place, sent: SentRequest, found: Found) -> list[tuple[object, _Place]]:
    numbered = _numbered(node)
    if numbered is not None:
        return _in_list(numbered, place, sent, found)
    told: dict[str, object] = {}
    inner: list[tuple[str, Any]] = []
    for key, given in node.items():
        child = within(given) if isinstance(given, str) and given[:1] in ("{", "[") else given
        if isinstance(child, dict) and _is_contact_info(child, sent):
            if is_unique(key):
                named = _echo_of(child, place.echo, sent)
                _add(found, Item([("looks", key)], None, False, named, place.path, place.around, place.key, place.step))
            else:
                told.update(child)
        elif isinstance(child, dict | list):
            inner.append((key, child))
        else:
            told.setdefault(key, child)
    lists = _beside_each_other(inner, sent)
    echo = _echo_of(told, place.echo, sent)
    if lists.named and not lists.parallel:
        echo = lists.named if echo is None else echo & lists.named
    if echo:
        echo = sent.with_info(echo, told)
    failed = is_error(node)
    if failed and not place.path and place.echo is None and found.error is None:
        found.error = node
    failed = failed or place.failed or is_rejected(node)
    step = _step_of(node, sent) or place.step
    item = Item(
        _ids_of(node, place, sent),
        next((_text(node[key]) for key in node if meaning(key) == "correlation" and _text(node[key])), None),
        failed,
        echo,
        place.path,
        place.around,
        place.key,
        step,
        is_root=not place.path and place.echo is None,
    )
    if place.correlation_id and item.correlation_id is None:
        item.correlation_id = place.correlation_id
    around = place.around
    if item.ids or item.correlation_id or (failed and place.path):
        _add(found, item)
        around = item
    further: list[tuple[object, _Place]] = []
    # What the answer as a whole names is one of its contacts at most.
    inherited = place.echo if item.is_root and sent.contacts > 1 else echo
    for key, child in inner:
        if key in lists.left_out:
            continue
        at_key = _named_by(key, sent)
        child_echo = inherited if at_key is None else at_key if inherited is None else at_key & inherited
        further.append((
            child if key not in lists.parallel else _Parallel(child, lists.parallel[key]),
            _Place(place.key if at_key is not None or key.isdigit() else key, child_echo, place.path, around, step,
                   key if at_key is None and is_unique(key) else "", failed=place.failed or names_rejected(key)),
        ))  # fmt: skip
    for key, child in node.items():
        # A text under a destination, or under a key that is itself an id.
        if isinstance(child, dict | list):
            continue
        if (at_key := _named_by(key, sent)) is not None:
            text = _text(child)
            if text is not None and sent.echoed(child) is None and _is_id(child, place, sent, is_alone=True):
                _add(found, Item([("looks", text)], None, False, at_key, place.path, around, place.key, step))
        elif is_unique(key) and (named := sent.echoed(child)) is not None:
            _add(found, Item([("looks", key)], None, False, named, place.path, around, place.key, step))
    return further


def _named_by(key: str, sent: SentRequest) -> frozenset[int] | None:
    """Return the contacts that a key names, if it has a digit or is an address."""
    return sent.echoed(key) if may_be_value(key) else None


def _in_list(node: list[Any], place: _Place, sent: SentRequest, found: Found) -> list[tuple[object, _Place]]:
    if not node:
        return []
    if place.path and not any(isinstance(each, dict | list) for each in node):
        # A row that names a contact and its ids.
        named = [echo for each in node if (echo := sent.echoed(each)) is not None]
        if named:
            echo = frozenset.intersection(*named)
            rest = [each for each in node if sent.echoed(each) is None]
            ids = [("looks", text) for each in rest if looks_like_id(each) and (text := _text(each))]
            for one in ids:
                _add(found, Item([one], None, False, echo, place.path, place.around, place.key, place.step))
            return []
    here = AnswerList(place.key, len(node))
    parallel: Sequence[tuple[frozenset[int] | None, str | None]] = getattr(node, "beside", ())
    further: list[tuple[object, _Place]] = []
    for at, each in enumerate(node):
        echo, own = parallel[at] if parallel else (None, None)
        further.append((
            each,
            _Place(
                place.key,
                echo if echo is not None else place.echo,
                (*place.path, (here, at)),
                place.around,
                at + 1 if is_step(place.key) else place.step,
                correlation_id=own,
                failed=place.failed,
            ),
        ))  # fmt: skip
    return further


class _Parallel(list[Any]):
    """A list of ids with, for each, the contacts and the correlationId that lists beside it name at that place."""

    def __init__(self, ids: list[Any], beside: Sequence[tuple[frozenset[int] | None, str | None]]) -> None:
        super().__init__(ids)
        self.beside = beside


@dataclass(slots=True)
class _Lists:
    """Lists of plain values under neighbouring keys: those of ids with what stands beside them, and those that only
    name contacts. ``named`` are the contacts that a list names as a whole.
    """

    named: frozenset[int] | None = None
    parallel: dict[str, list[tuple[frozenset[int] | None, str | None]]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)


def _beside_each_other(inner: Sequence[tuple[str, Any]], sent: SentRequest) -> _Lists:
    """Find the lists that name, place by place, the contacts or correlationIds of a list of ids of the same length."""
    lists = _Lists()
    plain = {key: child for key, child in inner if isinstance(child, list) and child and not _has_containers(child)}
    for key, child in plain.items():
        echoes = [sent.echoed(each) for each in child]
        own = meaning(key) == "correlation"
        if not own and any(echo is None for echo in echoes):
            continue
        lists.left_out.add(key)
        if not own and (together := frozenset.intersection(*(echo for echo in echoes if echo is not None))):
            lists.named = together
        for other, ids in plain.items():
            if other == key or other in lists.left_out:
                continue
            if len(ids) != len(child):
                # One of the two lacks an entry, so that neither place nor order says whose an id is.
                lists.parallel[other] = [(frozenset(), None)] * len(ids)
                continue
            known = lists.parallel.setdefault(other, [(None, None)] * len(ids))
            lists.parallel[other] = [
                (echo if echo is not None and former != frozenset() else former, _text(each) if own else correlation)
                for (former, correlation), echo, each in zip(known, echoes, child, strict=True)
            ]
    for key in lists.left_out:
        lists.parallel.pop(key, None)
    return lists


def _has_containers(values: Sequence[object]) -> bool:
    return any(isinstance(each, dict | list) for each in values)


def _echo_of(told: Mapping[str, object], around: frozenset[int] | None, sent: SentRequest) -> frozenset[int] | None:
    """Narrow ``around`` down to the contacts that an object names; its correlationId decides over its destinations."""
    by_id: list[frozenset[int]] = []
    by_address: list[frozenset[int]] = []
    for key, value in told.items():
        if is_sender(key) or isinstance(value, bool) or not isinstance(value, str | int):
            continue
        if (own := _own_id_in(key, value, sent)) is not None:
            by_id.append(own)
        elif (named := _address_in(key, value, sent)) is not None:
            by_address.append(named)
    found = by_id or by_address
    if not found:
        return around
    return frozenset.intersection(*found, *([around] if around is not None else []))


def _own_id_in(key: str, value: object, sent: SentRequest) -> frozenset[int] | None:
    """Return the contacts that were sent with this correlationId.

    Under the name of a message's id a short one may be the provider's own that is the same by chance.
    """
    if meaning(key) in ("id", "message", "uuid") and len(str(value)) < _LEAST_OWN_ID:
        return None
    return sent.own_ids.get(str(value))


def _address_in(key: str, value: object, sent: SentRequest) -> frozenset[int] | None:
    """Return the contacts of a destination. Under the name of an id only one that was sent exactly so is meant."""
    found = sent.at_address(str(value))
    if found is not None and meaning(key):
        exact = frozenset(at for at in found if str(value) in sent.infos[at].values())
        return exact or None
    return found


def _is_contact_info(child: Mapping[str, object], sent: SentRequest) -> bool:
    """Tell whether an object only says which contact is meant: plain values with a destination, no id of its own."""
    if _has_containers(list(child.values())):
        return False
    named = [echo for key, value in child.items() if not is_sender(key) and (echo := sent.echoed(value)) is not None]
    if not named:
        return False
    among = frozenset.union(*named)
    known = {value for at in among for value in sent.infos[at].values()} if sent.infos else set()
    return not any(
        (meaning(key) in ("id", "message", "uuid") or is_unique(value, key)) and value and str(value) not in known
        for key, value in child.items()
    )


def _ids_of(node: Mapping[str, Any], place: _Place, sent: SentRequest) -> list[tuple[str, str]]:
    """Return the ids in an object, the best name first; by their looks only if no key names one."""
    found: list[tuple[str, str]] = []
    if place.given_id:
        found.append(("uuid", place.given_id))
    for key, value in node.items():
        kind = meaning(key)
        if kind in ("", "other", "correlation") or (text := _text(value)) is None:
            continue
        if _address_in(key, value, sent) is not None or _own_id_in(key, value, sent) is not None:
            continue
        found.append((kind, text))
    if not any(kind != "batch" for kind, _ in found):
        found += [
            ("looks", value)
            for key, value in node.items()
            if not meaning(key)
            and is_unique(value, key)
            and not is_sender(key)
            and sent.echoed(value) is None
            and _named_by(key, sent) is None
        ]
    found.sort(key=lambda one: RANK[one[0]])
    if len(found) > 1 and found[0][0] == "id" and found[0][1].isdigit() and len(found[0][1]) <= _LARGEST_POSITION:
        better = next((one for one in found[1:] if one[0] != "batch" and len(one[1]) > _LARGEST_POSITION), None)
        if better is not None:
            found.remove(better)
            found.insert(0, better)
    return found


def _is_id(value: object, place: _Place, sent: SentRequest, is_alone: bool = False) -> bool:
    """Tell whether a plain value of a list, or below a destination, is an id."""
    if sent.echoed(value) is not None:
        return False
    kind = meaning(place.key)
    if kind in ("id", "message", "uuid", "some"):
        return True
    if kind in ("other", "correlation"):
        return False
    if isinstance(value, int) and not place.path and not is_alone:
        return False
    return looks_like_id(value)


def _named(key: str) -> str:
    kind = meaning(key)
    return kind if kind in ("id", "message", "uuid", "some") else "looks"


def _numbered(node: Mapping[str, Any]) -> list[Any] | None:
    """Return the values of an object whose keys are 0, 1, 2 … or 1, 2, 3 …, in that order, else None."""
    if not node or not all(key.isascii() and key.isdigit() and len(key) < 8 for key in node):
        return None
    numbers = sorted((int(key), key) for key in node)
    if [number for number, _ in numbers] not in (list(range(len(node))), list(range(1, len(node) + 1))):
        return None
    return [node[key] for _, key in numbers]


def _step_of(node: Mapping[str, Any], sent: SentRequest) -> int:
    """Return the number of the step that an object names, by number or by a type that occurs once; else 0."""
    types = sent.step_types
    if len(types) < 2:
        return 0
    for key, value in node.items():
        if is_step(key) and isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= len(types):
            return value
        if isinstance(value, str) and (named := _STEP_TYPES.get(value.lower())) and types.count(named) == 1:
            return types.index(named) + 1
    return 0


def is_error(value: Mapping[str, Any]) -> bool:
    """Tell whether an object says that something failed."""
    if ERROR_CODE_KEY in value:
        return value[ERROR_CODE_KEY] not in _NO_ERROR
    return value.get(ERROR_MESSAGE_KEY) not in _NO_ERROR


def is_rejected(value: Mapping[str, Any]) -> bool:
    """Tell whether an object says in its status that the provider did not take the message."""
    return any(isinstance(told, str) and is_status(key) and names_rejected(told) for key, told in value.items())


def _add(found: Found, item: Item) -> None:
    if item.ids and item.around is not None:
        item.around.is_outer = True
    found.items.append(item)


def _text(value: object) -> str | None:
    """Return an id as text: a string as it is, a whole number as its digits, None for anything else or for nothing."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def texts_of(items: Sequence[Item]) -> Iterator[str]:
    """Yield the ids of items, the main one of each first."""
    for item in items:
        yield from (text for _, text in item.ids)
