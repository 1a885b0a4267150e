"""Removal of contacts on the do-not-contact list from requests that are about to be posted.

A contact is removed when any of its destinations is listed, or only when all are, as the campaign was created. Removed
contacts are moved to a request of their own that is never posted, so each contact still has exactly one request and one
state. This happens in the transaction that claims, before anything of this attempt is posted. Answers to former
attempts keep their meaning: the positions of the removed contacts are recorded with the decision.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from omni.core.suppression import Suppress
from omni.ports import Claimed
from omni.store import request_states
from omni.store.json_text import to_text
from omni.store.ledger.former_positions import WITHHELD
from omni.store.people.do_not_contact import LIST, listed_among
from omni.store.request_states import insert_withheld
from omni.store.schema import IS_RESENT, campaign, decision, recipient, request, request_body

_ITS_CAMPAIGN: Final = recipient.c.campaign_id == sa.bindparam("the_campaign")
_MOVE: Final = (
    recipient.update()
    .where(_ITS_CAMPAIGN, recipient.c.row == sa.bindparam("at"))
    .values({name: sa.bindparam(f"its_{name}") for name in ("request_number", "position", "destination", "plan")})
)
_NEW_BODY: Final = (
    request_body.update().where(request_body.c.request_id == sa.bindparam("the_id")).values(body=sa.bindparam("packed"))
)
_SHRINK: Final = request.update().where(request.c.id == sa.bindparam("the_id")).values(contacts=sa.bindparam("left"))


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Functions that read and rewrite the bytes of a request.

    ``destinations_of`` returns for each contact its destinations by field, those that the steps send to in the order of
    the steps and, if its second argument is true, all others after them; ``fields_of`` the field that each step sends
    to; ``rewritten`` the body with some contacts left out (None), or some of their fields replaced by a value that
    reaches no one.
    """

    destinations_of: Callable[[bytes, bool], Sequence[dict[str, str]]]
    fields_of: Callable[[bytes], Sequence[str]]
    rewritten: Callable[[bytes, Sequence[Sequence[str] | None]], bytes]


@dataclass(frozen=True, slots=True)
class _Change:
    """A request with contacts on the list.

    ``contacts`` has the destinations of each contact by field, ``listed`` the fields whose destination is on the list;
    ``out`` are the positions, in order, of the contacts to remove.
    """

    claimed: Claimed
    body: bytes
    contacts: Sequence[dict[str, str]]
    listed: Sequence[Sequence[str]]
    out: Sequence[int]

    @property
    def left(self) -> int:
        return len(self.contacts) - len(self.out)


def withhold(
    connection: sa.Connection, now: float, claimed: Sequence[Claimed], bodies: BodyReader, suppress: Suppress
) -> list[Claimed]:
    """Remove all contacts on the list from ``claimed``, requests of one locked campaign; return those that are left.

    A request is left, with fewer contacts, if any of its contacts is. With ``suppress`` ``contact`` a contact is on the
    list if any destination in the body is, with ``destination`` if all are that the steps send to.
    """
    changes = {change.claimed.request_id: change for change in _changes(connection, claimed, bodies, suppress)}
    whole = [change for change in changes.values() if not change.left]
    partly = [change for change in changes.values() if change.left]
    resent = _resent(connection, [change.claimed.request_id for change in changes.values()])
    for change in whole:
        is_resent = change.claimed.request_id in resent
        each = change.claimed
        connection.execute(request_states.withhold(each.request_id, each.attempt, now, is_resent=is_resent))
    if partly:
        _move_out(connection, now, partly, resent, bodies)
    left = [changes.get(each.request_id, each) for each in claimed]
    return [
        replace(each.claimed, contacts=each.left) if isinstance(each, _Change) else each
        for each in left
        if not isinstance(each, _Change) or each.left
    ]


def _changes(
    connection: sa.Connection, claimed: Sequence[Claimed], bodies: BodyReader, suppress: Suppress
) -> Iterator[_Change]:
    any_is_enough = suppress == "contact"
    query = sa.select(request_body).where(request_body.c.request_id.in_([each.request_id for each in claimed]))
    packed = {row.request_id: row.body for row in connection.execute(query)}
    read: list[tuple[Claimed, bytes, Sequence[dict[str, str]]]] = []
    for each in claimed:
        try:
            body = zlib.decompress(packed.get(each.request_id, b""))
        except zlib.error:
            continue  # a damaged body is detected before it would be posted, and is not posted
        read.append((each, body, bodies.destinations_of(body, any_is_enough)))
    listed = listed_among(connection, {value for *_, contacts in read for has in contacts for value in has.values()})
    if not listed:
        return
    for each, body, contacts in read:
        hits = [[name for name, value in has.items() if value in listed] for has in contacts]
        if any(hits):
            out = [at for at, has in enumerate(contacts) if hits[at] and (any_is_enough or len(hits[at]) == len(has))]
            yield _Change(each, body, contacts, hits, out)


def _resent(connection: sa.Connection, request_ids: Collection[int]) -> set[int]:
    """Return those of the requests that are sent again because an operator decided so about an unknown outcome."""
    query = sa.select(decision.c.request_id).where(decision.c.request_id.in_(request_ids), IS_RESENT)
    return set(connection.scalars(query)) if request_ids else set()


def _move_out(
    connection: sa.Connection, now: float, changes: Sequence[_Change], resent: Collection[int], bodies: BodyReader
) -> None:
    """Rewrite the bodies, and move the removed contacts of each request to a request of their own."""
    campaign_id = changes[0].claimed.campaign_id
    of_it = request.c.campaign_id == campaign_id
    last = int(connection.scalar(sa.select(sa.func.max(request.c.number)).where(of_it)) or 0)
    numbers: dict[int, int] = {}
    for change in changes:
        each = change.claimed
        removed = set(change.out)
        kept = [None if at in removed else hits for at, hits in enumerate(change.listed)]
        new_body = zlib.compress(bodies.rewritten(change.body, kept), 1)
        connection.execute(_NEW_BODY, {"the_id": each.request_id, "packed": new_body})
        if not removed:
            continue
        numbers[each.number] = number = last + len(numbers) + 1
        new_id = each.request_id - each.number + number
        removed_body = bodies.rewritten(
            change.body, [[] if at in removed else None for at in range(len(change.contacts))]
        )
        connection.execute(
            insert_withheld(
                request_id=new_id,
                campaign_id=campaign_id,
                number=number,
                contacts=len(removed),
                now=now,
                is_resent=each.request_id in resent,
            )
        )
        connection.execute(request_body.insert().values(request_id=new_id, body=zlib.compress(removed_body, 1)))
        connection.execute(_SHRINK, {"the_id": each.request_id, "left": change.left})
        connection.execute(
            decision.insert().values(
                campaign_id=campaign_id,
                request_id=each.request_id,
                what=WITHHELD,
                who=LIST,
                at=now,
                params=to_text({"attempt": each.attempt, "places": list(change.out), "number": number}),
            )
        )
    _move_recipients(connection, campaign_id, {each.claimed.number: each for each in changes}, numbers, bodies)
    new_total = campaign.c.requests + len(numbers)
    connection.execute(campaign.update().where(campaign.c.id == campaign_id).values(requests=new_total))


def _move_recipients(
    connection: sa.Connection,
    campaign_id: int,
    changes: Mapping[int, _Change],
    numbers: Mapping[int, int],
    bodies: BodyReader,
) -> None:
    """Update the position of every contact of these requests, and the destination that still reaches it."""
    fields = {number: bodies.fields_of(change.body) for number, change in changes.items()}
    query = sa.select(recipient).where(
        recipient.c.campaign_id == campaign_id, recipient.c.request_number.in_(list(changes))
    )
    moves: list[dict[str, object]] = []
    for row in connection.execute(query).all():
        change, was = changes[row.request_number], row.position
        hits = change.listed[was]
        above = bisect_left(change.out, was)
        is_out = above < len(change.out) and change.out[above] == was
        if not above and not hits:
            continue
        now = {
            "request_number": row.request_number,
            "position": was - above,
            "destination": row.destination,
            "plan": row.plan,
        }
        if is_out:
            now |= {"request_number": numbers[row.request_number], "position": above}
        elif hits:
            now["destination"] = next(value for name, value in change.contacts[was].items() if name not in hits)
            now["plan"] &= ~sum(1 << bit for bit, name in enumerate(fields[row.request_number]) if name in hits)
        moves.append({"the_campaign": campaign_id, "at": row.row, **{f"its_{name}": new for name, new in now.items()}})
    if moves:
        connection.execute(_MOVE, moves)
