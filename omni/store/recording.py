"""What became of posted requests, written down: raw answers, states, and what follows for their campaigns."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from omni.core.campaign import Outcome
from omni.core.halting import HaltRule
from omni.ports import Answer, Claimed
from omni.store.database import insert_if_new
from omni.store.deciding import KEPT
from omni.store.halting import count_failures
from omni.store.json_text import storable, to_text
from omni.store.limiting import hold, lane_of
from omni.store.locking import lock
from omni.store.reason import Reason, reason_to_text
from omni.store.schema import (
    ACCEPTED,
    PENDING,
    SENDING,
    STATE_NAMES,
    UNKNOWN,
    campaign,
    paired_contact,
    request,
)
from omni.store.schema import answer as answer_table
from omni.store.steering import settle

Finished = tuple[Claimed, Answer, Outcome]
MIN_RETRY: Final = 0.5
"""Seconds before a request is tried again when nobody said how long to wait."""

_THIS_ATTEMPT: Final = sa.and_(request.c.id == sa.bindparam("the_id"), request.c.attempt == sa.bindparam("the_attempt"))
_END: Final = (
    request.update()
    .where(
        _THIS_ATTEMPT,
        sa.or_(
            request.c.state == SENDING,
            request.c.state == UNKNOWN,
            # Kept by an operator's decision, and here comes the proof, with the ids.
            sa.and_(
                request.c.state == ACCEPTED, sa.or_(*(request.c.detail == kept for kept in KEPT)),
                sa.bindparam("the_state") == ACCEPTED,
            ),
            # To be sent again, and before its turn comes the proof that this is needless, or that some have ids.
            sa.and_(
                request.c.state == PENDING, request.c.detail.is_(None),
                sa.or_(sa.bindparam("the_state") == ACCEPTED, sa.bindparam("the_paired") > 0),
            ),
        ),
    )
    .values(
        state=sa.bindparam("the_state"), finished_at=sa.bindparam("now"), status=sa.bindparam("the_status"),
        batch_id=sa.bindparam("the_batch_id"), detail=sa.bindparam("the_detail"),
        params=sa.bindparam("the_params"), paired=sa.bindparam("the_paired"),
    )
)  # fmt: skip
_TRY_AGAIN: Final = (
    request.update()
    .where(_THIS_ATTEMPT, request.c.state == SENDING)
    .values(
        state=PENDING, owner=None, not_before=sa.bindparam("due"), status=sa.bindparam("the_status"),
        detail=sa.bindparam("the_detail"), params=sa.bindparam("the_params"),
    )
)  # fmt: skip


def record(
    connection: sa.Connection, now: float, finished: Sequence[Finished], halt: HaltRule | None = None
) -> None:
    """Write down what came back for each attempt.

    A request changes its state only if this attempt at it is still sending or unknown, and goes back to
    pending only if the outcome says that certainly nothing was accepted. The answer is kept in any case.
    ``halt`` says when a campaign that goes badly pauses.
    """
    campaign_ids = sorted({claimed.campaign_id for claimed, _, _ in finished})
    # Before any request, and in one order, so that no two workers wait for each other.
    lock(connection, campaign_ids)
    _keep_answers(connection, finished)
    ended = [each for each in finished if each[2].state != "pending"]
    if ended:
        connection.execute(_END, [_ending(now, *each) for each in ended])
        _keep_pairs(connection, ended)
        if halt is not None:
            count_failures(connection, ended, halt)
    for claimed, answer, outcome in finished:
        if outcome.state == "pending":
            _try_again(connection, now, claimed, answer, outcome)
        if outcome.pauses:
            _pause(connection, claimed, outcome)
    settle(connection, now, campaign_ids)


def _ending(now: float, claimed: Claimed, answer: Answer, outcome: Outcome) -> dict[str, object]:
    paired = len(outcome.receipts) if outcome.state == "unknown" else 0
    return {
        "now": now, "the_state": STATE_NAMES.index(outcome.state), "the_paired": paired,
        **_found(claimed, answer, outcome),
        "the_batch_id": None if outcome.batch_id is None else storable(outcome.batch_id),
    }  # fmt: skip


def _found(claimed: Claimed, answer: Answer, outcome: Outcome) -> dict[str, Any]:
    return {
        "the_id": claimed.request_id, "the_attempt": claimed.attempt,
        "the_status": outcome.status if outcome.status is not None else answer.status,
        "the_detail": outcome.detail, "the_params": to_text(dict(outcome.params)) if outcome.params else None,
    }  # fmt: skip


def _keep_answers(connection: sa.Connection, finished: Sequence[Finished]) -> None:
    rows = [
        {"request_id": claimed.request_id, "attempt": claimed.attempt, "status": answer.status,
         "raw": zlib.compress(answer.raw, 1), "failure": answer.failure, "received_at": answer.received_at}
        for claimed, answer, outcome in finished
        if answer.raw or answer.status is not None or outcome.state != "pending"
    ]  # fmt: skip
    if rows:
        connection.execute(insert_if_new(connection, answer_table), rows)


def _keep_pairs(connection: sa.Connection, ended: Sequence[Finished]) -> None:
    partial = {
        (claimed.request_id, claimed.attempt): outcome.receipts
        for claimed, _, outcome in ended
        if outcome.state == "unknown" and outcome.receipts
    }
    if not partial:
        return
    # Only where this attempt is the one that counts: ``paired`` and these rows have to agree.
    concerned = connection.execute(
        sa.select(request.c.id, request.c.attempt).where(
            request.c.id.in_({request_id for request_id, _ in partial}), request.c.state == UNKNOWN
        )
    ).all()
    rows = [
        {"request_id": request_id, "position": receipt.position}
        for request_id, attempt in concerned
        for receipt in partial.get((request_id, attempt), ())
    ]
    if rows:
        connection.execute(insert_if_new(connection, paired_contact), rows)


def _try_again(connection: sa.Connection, now: float, claimed: Claimed, answer: Answer, outcome: Outcome) -> None:
    due = now + max(MIN_RETRY, outcome.retry_after)
    connection.execute(_TRY_AGAIN, {**_found(claimed, answer, outcome), "due": due})
    # The provider said no to us, or is not to be reached: the next request would fare the same.
    if not outcome.pauses and (answer.status is not None or answer.failure == "not_sent"):
        hold(connection, lane_of(claimed.practice), due)


def _pause(connection: sa.Connection, claimed: Claimed, outcome: Outcome) -> None:
    reason = Reason("halt.refused_access", {"status": outcome.params.get("status", outcome.status)})
    connection.execute(
        campaign.update()
        .where(campaign.c.id == claimed.campaign_id, campaign.c.state == "running")
        .values(state="paused", reason=reason_to_text(reason))
    )
