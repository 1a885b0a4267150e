"""Where the contacts of a request stood when a former attempt was made, before somebody was taken out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from omni.store.json_text import from_text
from omni.store.schema import decision

WITHHELD: Final = "withheld.do_not_contact"
GONE: Final = -1


def withheld_since(connection: sa.Connection, campaign_id: int) -> Mapping[int, Sequence[tuple[int, Sequence[int]]]]:
    """By request id: the attempt before which somebody was taken out, and the places they had, in order."""
    query = (
        sa.select(decision.c.request_id, decision.c.params)
        .where(decision.c.campaign_id == campaign_id, decision.c.what == WITHHELD)
        .order_by(decision.c.id)
    )
    found: dict[int, list[tuple[int, Sequence[int]]]] = {}
    for request_id, params in connection.execute(query):
        known = from_text(params)
        found.setdefault(request_id, []).append((known["attempt"], known["places"]))
    return found


def places_at(attempt: int, contacts: int, withheld: Sequence[tuple[int, Sequence[int]]]) -> Sequence[int]:
    """For each contact as it stood in ``attempt``, its place among the ``contacts`` of today; ``GONE`` if taken out."""
    places = list(range(contacts))
    for before, out in reversed(withheld):
        if attempt < before:
            for place in out:
                places.insert(place, GONE)
    return places
