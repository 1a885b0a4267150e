"""Proof that arrives late: contacts accepted in an earlier attempt are accepted, no matter how a later attempt ends.

It is recorded as a decision, because the request may be in flight again at that moment, and waits for the end of that
attempt. If that is not accepted, or if nothing was in flight, the proof settles the request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from omni.core.campaign import Outcome
from omni.ports import Answer, Claimed
from omni.store.database import insert_if_new
from omni.store.json_text import from_text, storable, to_text
from omni.store.ledger.former_positions import went_to
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
"""Code of the decision that holds the proof until it is applied."""
PROVIDER: Final = "provider"
"""Name under which the provider appears as the author of a decision."""
_NOTED: Final = (
    sa.select(decision.c.id, decision.c.request_id, decision.c.params)
    .where(decision.c.campaign_id.in_(sa.bindparam("campaign_ids", expanding=True)), IS_PROOF)
    .order_by(decision.c.id)
)
_FORGET_NOTE: Final = decision.delete().where(decision.c.id == sa.bindparam("the_note"))
_PAIRS_OF_IT: Final = sa.select(sa.func.count()).where(paired_contact.c.request_id == request.c.id).scalar_subquery()


def note_proof(connection: sa.Connection, now: float, ended: Sequence[tuple[Claimed, Answer, Outcome]]) -> None:
    """Record proof that contacts were accepted in an attempt after which another was made, in locked campaigns."""
    proving = [each for each in ended if each[2].state == "accepted" or each[2].receipts]
    ids = {claimed.request_id for claimed, *_ in proving}
    query = sa.select(request.c.id, request.c.attempt, request.c.contacts).where(request.c.id.in_(ids))
    known = {row.id: row for row in connection.execute(query)} if ids else {}
    for claimed, answer, outcome in proving:
        row = known.get(claimed.request_id)
        if row is None or row.attempt <= claimed.attempt:
            continue
        for request_id, places in went_to(connection, claimed, row.contacts).items():
            positions = [] if outcome.state == "accepted" else _positions(outcome, places)
            if outcome.state == "accepted" or positions:
                proof = {"attempt": claimed.attempt, "positions": positions, "ending": as_ending(answer, outcome)}
                connection.execute(
                    decision.insert().values(
                        campaign_id=claimed.campaign_id,
                        request_id=request_id,
                        what=PROOF,
                        who=PROVIDER,
                        at=now,
                        params=to_text(proof),
                    )
                )


def settle_proven(connection: sa.Connection, now: float, campaign_ids: Sequence[int]) -> None:
    """Apply the recorded proof to every request that is not in flight, in campaigns that are locked."""
    partly: set[int] = set()
    for row in connection.execute(_NOTED, {"campaign_ids": campaign_ids}).all():
        proof = from_text(row.params)
        given = {"the_id": row.request_id, "now": now, "the_paired": 0, **proof["ending"]}
        if connection.execute(SETTLE_LATE, given).rowcount != 1:
            continue
        connection.execute(_FORGET_NOTE, {"the_note": row.id})
        if proof["positions"]:
            keep_pairs(connection, [{"request_id": row.request_id, "position": each} for each in proof["positions"]])
            partly.add(row.request_id)
    count_pairs(connection, partly)


def keep_pairs(connection: sa.Connection, rows: Sequence[Mapping[str, int]]) -> None:
    """Record which contacts of unknown requests have ids; ``count_pairs`` has to follow."""
    if rows:
        connection.execute(insert_if_new(connection, paired_contact), rows)


def count_pairs(connection: sa.Connection, request_ids: Collection[int]) -> None:
    """Set the number of contacts that have ids, from whichever attempt, in unknown requests."""
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
    """Return the present positions of the contacts that have ids.

    ``places`` maps the former position of each contact to its present one.
    """
    with_ids = {receipt.position for receipt in outcome.receipts}
    return sorted(now for then, now in places.items() if then in with_ids)
