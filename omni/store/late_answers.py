"""Proof that comes after its attempt was followed by another: what was taken then is taken, whatever came later.

It is noted, for the request may be on its way again at that moment, and waits there for how that attempt ends. If it
ends not accepted, or if nothing was on its way, the proof settles the request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from omni.core.campaign import Outcome
from omni.ports import Answer, Claimed
from omni.store.database import insert_if_new
from omni.store.former_positions import went_to
from omni.store.json_text import from_text, storable, to_text
from omni.store.request_states import SETTLE_LATE
from omni.store.schema import (
    IS_PROOF,
    STATE_NAMES,
    UNKNOWN,
    decision,
    paired_contact,
    request,
)

PROOF: Final = "proof.earlier_attempt"
PROVIDER: Final = "provider"
_NOTED: Final = (
    sa.select(decision.c.id, decision.c.request_id, decision.c.params)
    .where(decision.c.campaign_id.in_(sa.bindparam("campaign_ids", expanding=True)), IS_PROOF)
    .order_by(decision.c.id)
)
_HAS_HAD_EFFECT: Final = decision.delete().where(decision.c.id == sa.bindparam("the_note"))
_PAIRS_OF_IT: Final = sa.select(sa.func.count()).where(paired_contact.c.request_id == request.c.id).scalar_subquery()


def note_proof(connection: sa.Connection, now: float, ended: Sequence[tuple[Claimed, Answer, Outcome]]) -> None:
    """Note what proves that contacts were taken in an attempt after which another was numbered, in locked campaigns."""
    telling = [each for each in ended if each[2].state == "accepted" or each[2].receipts]
    ids = {claimed.request_id for claimed, *_ in telling}
    query = sa.select(request.c.id, request.c.attempt, request.c.contacts).where(request.c.id.in_(ids))
    known = {row.id: row for row in connection.execute(query)} if ids else {}
    for claimed, answer, outcome in telling:
        row = known.get(claimed.request_id)
        if row is None or row.attempt <= claimed.attempt:
            continue
        for request_id, places in went_to(connection, claimed, row.contacts).items():
            positions = [] if outcome.state == "accepted" else _positions(outcome, places)
            if outcome.state == "accepted" or positions:
                told = {"attempt": claimed.attempt, "positions": positions, "ending": as_ending(answer, outcome)}
                connection.execute(
                    decision.insert().values(
                        campaign_id=claimed.campaign_id,
                        request_id=request_id,
                        what=PROOF,
                        who=PROVIDER,
                        at=now,
                        params=to_text(told),
                    )
                )


def settle_proven(connection: sa.Connection, now: float, campaign_ids: Sequence[int]) -> None:
    """Let what was noted take effect, in campaigns that are locked, on every request that is not on its way."""
    partly: set[int] = set()
    for row in connection.execute(_NOTED, {"campaign_ids": campaign_ids}).all():
        told = from_text(row.params)
        given = {"the_id": row.request_id, "now": now, "the_paired": 0, **told["ending"]}
        if connection.execute(SETTLE_LATE, given).rowcount != 1:
            continue
        connection.execute(_HAS_HAD_EFFECT, {"the_note": row.id})
        if told["positions"]:
            keep_pairs(connection, [{"request_id": row.request_id, "position": each} for each in told["positions"]])
            partly.add(row.request_id)
    count_pairs(connection, partly)


def keep_pairs(connection: sa.Connection, rows: Sequence[Mapping[str, int]]) -> None:
    """Note which contacts of unknown requests have their ids. ``count_pairs`` comes after."""
    if rows:
        connection.execute(insert_if_new(connection, paired_contact), rows)


def count_pairs(connection: sa.Connection, request_ids: Collection[int]) -> None:
    """Let unknown requests say how many of their contacts have ids, from whichever attempt."""
    if request_ids:
        of_them = sa.and_(request.c.id.in_(request_ids), request.c.state == UNKNOWN)
        connection.execute(request.update().where(of_them).values(paired=_PAIRS_OF_IT))


def as_ending(answer: Answer, outcome: Outcome) -> dict[str, Any]:
    """Parameters of ``end`` and ``SETTLE_LATE`` that come from the outcome."""
    return {
        "the_state": STATE_NAMES.index(outcome.state),
        "the_status": outcome.status if outcome.status is not None else answer.status,
        "the_batch_id": None if outcome.batch_id is None else storable(outcome.batch_id),
        "the_detail": outcome.detail,
        "the_params": to_text(dict(outcome.params)) if outcome.params else None,
    }


def _positions(outcome: Outcome, places: Mapping[int, int]) -> list[int]:
    """Of the contacts in ``places``, where they stood and where they stand, those with ids: where they stand."""
    with_ids = {receipt.position for receipt in outcome.receipts}
    return sorted(now for then, now in places.items() if then in with_ids)
