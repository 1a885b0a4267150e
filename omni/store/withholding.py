"""Requests about to go out, looked through for whom the do-not-contact list names by now.

Such contacts are taken out of their request, into one of their own that is cancelled: so each contact still has exactly
one request and one state. It happens in the transaction that claims, before which nothing of this attempt was posted.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from omni.ports import Claimed
from omni.store.do_not_contact import listed_among
from omni.store.schema import CANCELLED, campaign, recipient, request, request_body

WITHHELD: Final = "withheld.do_not_contact"


@dataclass(frozen=True, slots=True)
class BodyReader:
    """How a request's bytes are read and written: for each contact the destinations by field, and the body with some
    contacts left out (None) or some of their fields leading nowhere."""

    destinations_of: Callable[[bytes], Sequence[dict[str, str]]]
    rewritten: Callable[[bytes, Sequence[Sequence[str] | None]], bytes]


def withhold(connection: sa.Connection, now: float, claimed: Sequence[Claimed], bodies: BodyReader) -> list[Claimed]:
    """What is left of ``claimed`` to be posted, once everybody on the list is out of it."""
    query = sa.select(request_body).where(request_body.c.request_id.in_([each.request_id for each in claimed]))
    packed = {row.request_id: row.body for row in connection.execute(query)}
    left: list[Claimed] = []
    for each in claimed:
        # A body that is damaged is found to be so when it is to be posted, and not posted.
        found = _read(packed.get(each.request_id), bodies)
        kept = each if found is None else _without_listed(connection, now, each, *found, bodies)
        if kept is not None:
            left.append(kept)
    return left


def _read(packed: bytes | None, bodies: BodyReader) -> tuple[bytes, Sequence[dict[str, str]]] | None:
    try:
        body = zlib.decompress(packed or b"")
        return body, bodies.destinations_of(body)
    except (zlib.error, ValueError, KeyError, TypeError):
        return None


def _without_listed(
    connection: sa.Connection, now: float, claimed: Claimed, body: bytes, contacts: Sequence[dict[str, str]],
    bodies: BodyReader,
) -> Claimed | None:  # fmt: skip
    listed = listed_among(connection, {value for fields in contacts for value in fields.values()})
    if not listed:
        return claimed
    emptied = [[name for name, value in fields.items() if value in listed] for fields in contacts]
    out = [at for at, fields in enumerate(contacts) if fields and len(emptied[at]) == len(fields)]
    if len(out) == len(contacts):
        connection.execute(
            request.update().where(request.c.id == claimed.request_id)
            .values(state=CANCELLED, owner=None, finished_at=now, detail=WITHHELD, params=None)
        )  # fmt: skip
        return None
    gone = set(out)
    left = [None if at in gone else fields for at, fields in enumerate(emptied)]
    _replace_body(connection, claimed.request_id, bodies.rewritten(body, left))
    if not out:
        return claimed
    theirs = bodies.rewritten(body, [[] if at in gone else None for at in range(len(contacts))])
    _split(connection, now, claimed, out, theirs)
    return replace(claimed, contacts=len(contacts) - len(out))


def _split(connection: sa.Connection, now: float, claimed: Claimed, out: Sequence[int], body: bytes) -> None:
    """Move the contacts in the places ``out`` to a request of their own, which is never posted."""
    of_it = request.c.campaign_id == claimed.campaign_id
    number = int(connection.scalar(sa.select(sa.func.max(request.c.number)).where(of_it)) or 0) + 1
    made = claimed.request_id - claimed.number + number
    connection.execute(
        request.insert().values(
            id=made, campaign_id=claimed.campaign_id, number=number, contacts=len(out), state=CANCELLED,
            finished_at=now, detail=WITHHELD,
        )
    )  # fmt: skip
    connection.execute(request_body.insert().values(request_id=made, body=zlib.compress(body, 1)))
    mine = sa.and_(recipient.c.campaign_id == claimed.campaign_id, recipient.c.request_number == claimed.number)
    rows = connection.execute(sa.select(recipient.c.row, recipient.c.position).where(mine)).all()
    places = {place: at for at, place in enumerate(out)}
    taken = sorted(places)
    for row, position in rows:
        if position in places:
            moved = {"request_number": number, "position": places[position]}
        else:
            moved = {"position": position - sum(place < position for place in taken)}
        if moved.get("position") != position or "request_number" in moved:
            connection.execute(
                recipient.update()
                .where(recipient.c.campaign_id == claimed.campaign_id, recipient.c.row == row)
                .values(moved)
            )
    change = request.update().where(request.c.id == claimed.request_id)
    connection.execute(change.values(contacts=request.c.contacts - len(out)))
    connection.execute(
        campaign.update().where(campaign.c.id == claimed.campaign_id).values(requests=campaign.c.requests + 1)
    )


def _replace_body(connection: sa.Connection, request_id: int, body: bytes) -> None:
    change = request_body.update().where(request_body.c.request_id == request_id)
    connection.execute(change.values(body=zlib.compress(body, 1)))
