"""Which id of an answer belongs to which contact.

What the answer echoes is certain: a correlationId that was sent, a destination, a whole contactInfo, also as the key
under which the id stands. Without an echo the order decides, if a list has exactly one entry for each contact, or one
for each contact and step. An echo that contradicts the order makes the order worthless. Every other id stays apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from omni.core.campaign import Receipt
from omni.provider.answer_names import is_contact, is_message, is_step
from omni.provider.answer_search import AnswerList, Item, texts_of
from omni.provider.sent_request import SentRequest

NOWHERE: Final = -1
"""The position of an id that cannot be assigned to a contact with certainty."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The result of assigning ids to contacts.

    ``receipts`` belong to their contacts with certainty, one for each, in the contacts' order; ``unpaired`` do not.
    ``ids`` counts the messages' ids in the answer, ``entries`` the objects that may hold one. ``repeated`` means that
    an id came for more than one contact, which makes every order uncertain.
    """

    batch_id: str | None
    receipts: tuple[Receipt, ...]
    unpaired: tuple[Receipt, ...]
    ids: int
    entries: int
    failed: bool = False
    repeated: bool = False

    def all_apart(self) -> Pairing:
        """Return the same ids with none of them assigned."""
        ids = [(text, one.correlation_id) for one in self.receipts for text in one.all_ids]
        apart = tuple(Receipt(NOWHERE, text, correlation) for text, correlation in ids)
        return replace(self, receipts=(), unpaired=(*apart, *self.unpaired))


NO_IDS: Final = Pairing(None, (), (), 0, 0)


@dataclass(slots=True)
class _Spot:
    """The contact and the step (0 if unknown) of an item."""

    position: int
    step: int = 0


def pair(items: Sequence[Item], sent: SentRequest, *, in_order: bool = True, behind: Sequence[str] = ()) -> Pairing:
    """Assign the ids of ``items`` to the contacts of ``sent``.

    Without ``in_order``, as for an answer that broke off, only echoes count. ``behind`` are ids that certainly belong
    to no known item.
    """
    batch, items = _without_batch(items, sent)
    given = [*texts_of(items), *behind]
    spots: dict[Item, _Spot] = {}
    named = [item for item in items if item.ids or item.correlation_id or item.failed]
    ordered = _in_order(named, sent) if in_order else {}
    repeated = _is_repeated(items)
    agrees = not repeated and all(item.echo is None or spot.position in item.echo for item, spot in ordered.items())
    own_steps = _steps_of_own_lists(named, len(sent.step_types))
    echo_known = any(item.echo is not None and len(item.echo) == 1 for item in named)
    for item in named:
        spot = ordered.get(item) if agrees else None
        step = item.step or (spot.step if spot else own_steps.get(item, 0))
        if item.echo is not None and len(item.echo) == 1:
            (position,) = item.echo
            spots[item] = _Spot(position, step)
        elif spot is not None and (item.echo or not _should_echo(spot.position, echo_known, sent)):
            spots[item] = _Spot(spot.position, step)
    if repeated:
        twice = repeated
        spots = {item: spot for item, spot in spots.items() if twice.isdisjoint(text for _, text in item.ids)}
    return _paired(batch, items, named, spots, given, behind, bool(repeated))


def _paired(
    batch: Sequence[str],
    items: Sequence[Item],
    named: Sequence[Item],
    spots: Mapping[Item, _Spot],
    given: Sequence[str],
    behind: Sequence[str],
    repeated: bool,
) -> Pairing:
    of: dict[int, list[tuple[Item, int]]] = {}
    apart: list[Receipt] = []
    tracked = bool(given)
    for item in named:
        spot = spots.get(item)
        if spot is None or item.failed:
            ids = [text for _, text in item.ids]
            apart += [Receipt(NOWHERE, text, item.correlation_id) for text in ids]
            if not ids and item.correlation_id and spot is None:
                apart.append(Receipt(NOWHERE, None, item.correlation_id))
        elif item.ids or not tracked:
            of.setdefault(spot.position, []).append((item, spot.step))
    apart += [Receipt(NOWHERE, text, None) for text in behind]
    receipts = tuple(_receipt(position, of[position]) for position in sorted(of))
    return Pairing(
        ", ".join(dict.fromkeys(batch)) or None,
        receipts,
        tuple(apart),
        ids=len(given),
        entries=max((item.path[0][0].length for item in named if item.path), default=len(named)),
        failed=any(item.failed for item in items),
        repeated=repeated,
    )


def _receipt(position: int, found: Sequence[tuple[Item, int]]) -> Receipt:
    """Join what belongs to one contact, in the order of the steps as far as they are known.

    An id of the contact itself, around those of its messages, is its main one.
    """
    ordered = sorted(found, key=lambda one: (not one[0].is_outer, one[1]))
    steps: dict[str, int] = {}
    for item, step in ordered:
        for _, text in item.ids:
            steps.setdefault(text, 0 if item.is_outer else step)
    listed = tuple((step, text) for text, step in steps.items())
    correlation = next((item.correlation_id for item, _ in ordered if item.correlation_id), None)
    main = listed[0][1] if listed else None
    return Receipt(position, main, correlation, listed if len(listed) > 1 else ())


def _steps_of_own_lists(items: Sequence[Item], steps: int) -> dict[Item, int]:
    """Return the steps of items in lists that belong to one contact as a whole and have one entry for each step."""
    if steps < 2:
        return {}
    lists: dict[AnswerList, list[Item]] = {}
    for item in items:
        if item.path and item.path[-1][0].length == steps:
            lists.setdefault(item.path[-1][0], []).append(item)
    return {
        item: item.path[-1][1] + 1
        for together in lists.values()
        if len({item.echo for item in together}) == 1
        for item in together
    }


def _should_echo(position: int, echo_known: bool, sent: SentRequest) -> bool:
    """Tell whether an item without an echo would have one if it were the contact's at ``position``."""
    if not echo_known:
        return False
    own = sent.correlation_ids[position]
    if any(sent.correlation_ids):
        # Only contacts that were sent with a correlationId of their own can be recognised by it.
        return bool(own) and len(sent.own_ids.get(str(own), ())) == 1
    return True


def _is_repeated(items: Sequence[Item]) -> frozenset[str]:
    """Return the ids that came more than once without an echo of one and the same contact."""
    count = Counter(texts_of(items))
    twice = {text for text, times in count.items() if times > 1}
    if not twice:
        return frozenset()
    places: dict[str, set[frozenset[int] | int]] = {}
    for item in items:
        for _, text in item.ids:
            if text in twice:
                places.setdefault(text, set()).add(item.echo if item.echo and len(item.echo) == 1 else id(item))
    return frozenset(text for text, where in places.items() if len(where) > 1)


def _without_batch(items: Sequence[Item], sent: SentRequest) -> tuple[list[str], list[Item]]:
    """Separate the ids of the request as a whole from those of its messages."""
    batch: list[str] = []
    kept: list[Item] = []
    shared = _shared(items)
    some_are_placed = any(item.ids and not item.is_outer and not _is_loose(item) for item in items)
    loose = sum(1 for item in items if item.ids and not item.is_outer and _is_loose(item))
    for item in items:
        before = bool(item.ids)
        batch += [text for kind, text in item.ids if (kind, text) in shared]
        item.ids = [one for one in item.ids if one not in shared]
        if _is_of_request(item, some_are_placed, loose, sent):
            batch += [text for _, text in item.ids]
            # A single object with both ids is the whole answer to a request for one contact.
            if not (sent.contacts == 1 and item.correlation_id and not item.is_outer and not some_are_placed):
                item.ids = []
        elif _is_loose(item):
            batch += [text for kind, text in item.ids if kind == "batch"]
            item.ids = [one for one in item.ids if one[0] != "batch"]
        if item.ids or item.failed or (item.correlation_id and not before and not _is_loose(item)):
            kept.append(item)
    return batch, kept


def _is_loose(item: Item) -> bool:
    """Tell whether an item is neither in a list nor says whose it is."""
    return not item.path and (item.echo is None or item.is_root)


def _is_of_request(item: Item, some_are_placed: bool, loose: int, sent: SentRequest) -> bool:
    """Tell whether the ids of an item are those of the request as a whole, or of a part of it.

    ``loose`` is the number of items outside all lists. If there are several and nothing else, they are messages.
    """
    if item.is_outer:
        return _is_loose(item) or not _is_of_contact(item, sent)
    if not _is_loose(item):
        return False
    if some_are_placed:
        return True
    if is_message(item.key):
        return False
    if sent.contacts > 1:
        return loose == 1
    return item.is_root and item.echo is None and item.around is None and not item.is_text


def _shared(items: Sequence[Item]) -> set[tuple[str, str]]:
    """Return the ids that all items have in common beside ids of their own."""
    several = [item for item in items if not item.is_outer and len(item.ids) > 1]
    if len(several) < 2:
        return set()
    return set.intersection(*(set(item.ids[1:]) for item in several))


def _is_of_contact(item: Item, sent: SentRequest) -> bool:
    """Tell whether an id around other ids is the contact's own, and not that of one of several requests."""
    if item.echo is not None:
        return True
    if any(kind == "batch" for kind, _ in item.ids):
        return False
    here = item.path[-1][0]
    if is_step(here.key):
        return False
    return here.length == sent.contacts and (sent.contacts > 1 or is_contact(here.key))


def _in_order(items: Sequence[Item], sent: SentRequest) -> dict[Item, _Spot]:
    """Return the contact of each item by the order of the lists that they are in, as far as it is certain."""
    tops: dict[AnswerList, list[Item]] = {}
    loose: list[Item] = []
    for item in items:
        if item.path:
            tops.setdefault(item.path[0][0], []).append(item)
        else:
            loose.append(item)
    steps = len(sent.step_types)
    spots: dict[Item, _Spot] = {}
    if not tops and sent.contacts == 1 and len(loose) in (1, steps):
        return {item: _Spot(0, at + 1 if len(loose) > 1 else 0) for at, item in enumerate(loose)}
    placed = 0
    for top in tops.values():
        found = _in_list(top, 0, sent)
        spots |= found
        placed += bool(found)
    if placed > 1 and placed == steps:
        # One list for each step, side by side.
        for at, top in enumerate(tops.values()):
            for item in top:
                if item in spots:
                    spots[item].step = at + 1
    return spots


def _in_list(items: Sequence[Item], depth: int, sent: SentRequest) -> dict[Item, _Spot]:
    """Return the contacts of items that share a list at ``depth`` of their paths."""
    contacts, steps = sent.contacts, len(sent.step_types)
    spots: dict[Item, _Spot] = {}
    while True:
        outer = items[0].path[depth][0]
        deeper = [item for item in items if len(item.path) > depth + 1]
        inner = list(dict.fromkeys(item.path[depth + 1][0] for item in deeper))
        if outer.length != 1 or not inner or not _is_wrapper(outer, inner[0], deeper[0], sent):
            break
        # A list of a single thing that holds the list that counts.
        if contacts == 1:
            spots |= {item: _Spot(0) for item in items if len(item.path) == depth + 1}
        if len(inner) > 1:
            return spots
        items, depth = deeper, depth + 1
    return spots | _in_this_list(items, depth, inner, contacts, steps)


def _is_wrapper(outer: AnswerList, inner: AnswerList, item: Item, sent: SentRequest) -> bool:
    """Tell whether a list of one entry only wraps the list within it, and is not that of the contacts or steps."""
    if is_contact(outer.key) or is_step(outer.key):
        return False
    # As many messages as there are steps may be those of the only contact that is left.
    is_ambiguous = sent.contacts > 1 and 1 < len(sent.step_types) == inner.length
    return not is_ambiguous or item.around is not None


def _in_this_list(
    items: Sequence[Item], depth: int, inner: Sequence[AnswerList], contacts: int, steps: int
) -> dict[Item, _Spot]:
    """Return the contacts of items by the number of entries of their list, and of the lists within it."""
    outer = items[0].path[depth][0]
    deeper = [item for item in items if len(item.path) > depth + 1]
    each_has_all = bool(inner) and all(one.length == contacts for one in inner)
    by_contact = outer.length == contacts
    by_step = steps > 1 and outer.length == steps == len(inner) and each_has_all
    if inner and (is_step(outer.key) or is_contact(inner[0].key)):
        by_contact, by_step = False, True
    elif inner and contacts > 1 and not (is_contact(outer.key) or is_step(inner[0].key)):
        # Nothing names what the lists are. Lists for all contacts may be those of the steps, one of which is missing.
        by_contact = by_contact and not (each_has_all and contacts != steps)
        if by_contact and by_step:
            return {}
    if by_step and not by_contact:
        whole = outer.length == steps
        return {
            item: _Spot(item.path[depth + 1][1], item.path[depth][1] + 1 if whole else 0)
            for item in deeper
            if item.path[depth + 1][0].length == contacts
        }
    if by_contact:
        return {item: _Spot(item.path[depth][1], _step_within(item, depth, steps)) for item in items}
    if not deeper and steps > 1 and outer.length == steps * contacts:
        return _flat(items, depth, contacts, steps)
    are_parts = not (is_contact(outer.key) or is_step(outer.key) or {one.length for one in inner} == {steps} != {1})
    if inner and are_parts and len(deeper) == len(items) and sum(one.length for one in inner) == contacts:
        # The provider split the request: its parts follow each other.
        before, starts = 0, {}
        for one in inner:
            starts[one] = before
            before += one.length
        return {item: _Spot(starts[item.path[depth + 1][0]] + item.path[depth + 1][1]) for item in items}
    return {}


def _step_within(item: Item, depth: int, steps: int) -> int:
    """Return the step of an item in a contact's own list, if that has one entry for each step."""
    if len(item.path) != depth + 2 or item.path[depth + 1][0].length != steps or steps < 2:
        return 0
    return item.path[depth + 1][1] + 1


def _flat(items: Sequence[Item], depth: int, contacts: int, steps: int) -> dict[Item, _Spot]:
    """Return the contacts of items in a list with one entry for each contact and step.

    All steps of a contact stand together, unless the items name their steps otherwise.
    """
    told = {item.path[depth][1]: item.step for item in items if item.step}
    by_contact = all(step == at % steps + 1 for at, step in told.items())
    if by_contact:
        return {item: _Spot(item.path[depth][1] // steps, item.path[depth][1] % steps + 1) for item in items}
    if all(step == at // contacts + 1 for at, step in told.items()):
        return {item: _Spot(item.path[depth][1] % contacts, item.path[depth][1] // contacts + 1) for item in items}
    return {}
