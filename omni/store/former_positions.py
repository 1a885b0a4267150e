"""Where the contacts of a request stood when a former attempt was made, before somebody was taken out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from omni.ports import Claimed
from omni.store.json_text import from_text
from omni.store.schema import IS_WITHHELD, decision, request

WITHHELD: Final = "withheld.do_not_contact"
REMOVED: Final = -1


def withheld_since(connection: sa.Connection, campaign_id: int) -> Mapping[int, Sequence[tuple[int, Sequence[int]]]]:
    """By request id: the attempt before which somebody was taken out, and the places they had, in order."""
    return {
        request_id: [(known["attempt"], known["places"]) for known in moves]
        for request_id, moves in _moves(connection, campaign_id).items()
    }


def places_at(attempt: int, contacts: int, withheld: Sequence[tuple[int, Sequence[int]]]) -> Sequence[int]:
    """For each contact of ``attempt``, its place among the ``contacts`` of today; ``REMOVED`` if it was taken out."""
    places = list(range(contacts))
    for before, out in reversed(withheld):
        if attempt < before:
            for place in out:
                places.insert(place, REMOVED)
    return places


def went_to(connection: sa.Connection, claimed: Claimed, contacts: int) -> dict[int, dict[int, int]]:
    """Where those are now that ``claimed`` was posted to: by request id, the place of each then and its place now.

    ``contacts`` is how many the request has today. Whoever held the claim all the while counts those, too, who were
    taken out since; one that was looked up again counts who is left, and its answer was judged by these.
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
        request_id, attempt, stood = groups.pop()
        for known in moves.get(request_id, ()):
            if attempt < known["attempt"]:
                gone = [stood[place] for place in known["places"]]
                stood = [then for then in stood if then not in set(gone)]
                if "number" in known:
                    # The request they were put into was made for them: whatever was taken out of it came after.
                    groups.append((ids[known["number"]], 0, gone))
        found[request_id] = {then: now for now, then in enumerate(stood)}
    return found


def _moves(connection: sa.Connection, campaign_id: int) -> dict[int, list[dict[str, Any]]]:
    """By request id, who was taken out of it and when; since this is noted, also the ``number`` they were put into."""
    query = (
        sa.select(decision.c.request_id, decision.c.params)
        .where(decision.c.campaign_id == campaign_id, IS_WITHHELD)
        .order_by(decision.c.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for request_id, params in connection.execute(query):
        found.setdefault(request_id, []).append(from_text(params))
    return found
