"""Positions that the contacts of a request had in a former attempt, before some of them were removed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from omni.ports import Claimed
from omni.store.json_text import from_text
from omni.store.schema import IS_WITHHELD, decision, request

WITHHELD: Final = "withheld.do_not_contact"
"""Code of the decision to remove contacts that are on the do-not-contact list, and detail of their request."""
REMOVED: Final = -1
"""Position of a contact that was removed from the request."""


def withheld_since(connection: sa.Connection, campaign_id: int) -> Mapping[int, Sequence[tuple[int, Sequence[int]]]]:
    """Return the removals from each request: the attempt before which contacts were removed, and their positions.

    By request id, in order.
    """
    return {
        request_id: [(known["attempt"], known["places"]) for known in moves]
        for request_id, moves in _moves(connection, campaign_id).items()
    }


def places_at(attempt: int, contacts: int, withheld: Sequence[tuple[int, Sequence[int]]]) -> Sequence[int]:
    """Return the present position of each contact of ``attempt``; ``REMOVED`` if it was removed since.

    ``contacts`` is how many the request has today; ``withheld`` are its removals.
    """
    places = list(range(contacts))
    for before, out in reversed(withheld):
        if attempt < before:
            for place in out:
                places.insert(place, REMOVED)
    return places


def went_to(connection: sa.Connection, claimed: Claimed, contacts: int) -> dict[int, dict[int, int]]:
    """Return the present positions of the contacts that ``claimed`` was posted to, by request id and former position.

    ``contacts`` is how many the request has today. A worker that held the claim all the while also counts the contacts
    that were removed since. A claim that was read again from the ledger counts those that are left, and its answer was
    judged by these. Any other count gives nothing.
    """
    moves = _moves(connection, claimed.campaign_id)
    out = sum(len(known["places"]) for known in moves.get(claimed.request_id, ()) if claimed.attempt < known["attempt"])
    if not out or claimed.contacts == contacts:
        return {claimed.request_id: {at: at for at in range(contacts)}}
    if claimed.contacts != contacts + out:
        return {}
    numbers = {known["number"] for of_one in moves.values() for known in of_one if "number" in known}
    query = sa.select(request.c.number, request.c.id).where(
        request.c.campaign_id == claimed.campaign_id, request.c.number.in_(numbers)
    )
    ids = {row.number: row.id for row in connection.execute(query)}
    found: dict[int, dict[int, int]] = {}
    groups = [(claimed.request_id, claimed.attempt, list(range(claimed.contacts)))]
    while groups:
        request_id, attempt, positions = groups.pop()
        for known in moves.get(request_id, ()):
            if attempt < known["attempt"]:
                removed = [positions[place] for place in known["places"]]
                positions = [then for then in positions if then not in set(removed)]
                if "number" in known:
                    # The request they were moved to was made for them, so all removals from it came after.
                    groups.append((ids[known["number"]], 0, removed))
        found[request_id] = {then: now for now, then in enumerate(positions)}
    return found


def _moves(connection: sa.Connection, campaign_id: int) -> dict[int, list[dict[str, Any]]]:
    """Return the removals from each request as they were recorded, in order, by request id.

    ``number`` is the request that the contacts were moved to; earlier versions did not record it.
    """
    query = (
        sa.select(decision.c.request_id, decision.c.params)
        .where(decision.c.campaign_id == campaign_id, IS_WITHHELD)
        .order_by(decision.c.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for request_id, params in connection.execute(query):
        found.setdefault(request_id, []).append(from_text(params))
    return found
