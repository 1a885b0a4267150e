"""Recording of answers: the raw bytes, the states of their requests, and the consequences for the campaigns.

Failures are counted as they are recorded; a campaign whose failures exceed the halt rule pauses itself, with the
reason.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from omni.core.campaign import Outcome, Reason
from omni.core.halt_rule import HaltRule
from omni.ports import Answer, Claimed, Finished
from omni.store.campaign_states import HALT, pause_if_running, settle
from omni.store.campaigns.pause_reason import reason_to_text
from omni.store.database import insert_if_new
from omni.store.json_text import from_text
from omni.store.ledger.late_answers import as_ending, count_pairs, keep_pairs, note_proof
from omni.store.ledger.rate_limit import hold, lane_of
from omni.store.locking import lock
from omni.store.request_states import TRY_AGAIN, end
from omni.store.schema import IS_RESENT, UNKNOWN, campaign, decision, ids_apart, request
from omni.store.schema import answer as answer_table

MIN_RETRY: Final = 0.5
"""Shortest wait in seconds before a request is tried again, also if the provider named none."""
REFUSED_AGAIN: Final = "refused.again"
"""Detail of a request that was refused when an operator had it sent again: the earlier attempt is unknown."""

_COUNTED: Final = sa.select(
    campaign.c.id, campaign.c.state, campaign.c.failed_in_a_row, campaign.c.failed, campaign.c.judged
).where(campaign.c.id.in_(sa.bindparam("campaign_ids", expanding=True)))
_KEEP_COUNT: Final = (
    campaign.update()
    .where(campaign.c.id == sa.bindparam("the_campaign"))
    .values(
        failed_in_a_row=sa.bindparam("its_failed_in_a_row"),
        failed=sa.bindparam("its_failed"),
        judged=sa.bindparam("its_judged"),
    )
)


def record(connection: sa.Connection, now: float, finished: Sequence[Finished], halt: HaltRule | None = None) -> None:
    """Record the answer to each attempt.

    A request changes its state only if this attempt at it is still sending or unknown, and goes back to pending only if
    the outcome says that certainly nothing was accepted. Proof that an earlier attempt reached contacts settles it, but
    never while it is in flight. The answer is kept in any case. ``halt`` is the rule by which a failing campaign
    pauses.
    """
    campaign_ids = sorted({claimed.campaign_id for claimed, _, _ in finished})
    # Campaigns before any request, and in one order, so that no two workers wait for each other.
    lock(connection, campaign_ids)
    _keep_answers(connection, finished)
    keep_ids_apart(connection, finished)
    ended = [each for each in finished if each[2].state != "pending"]
    # An accepted attempt leaves nothing to prove about the earlier ones.
    look_for_proof = any(outcome.state != "accepted" for *_, outcome in finished)
    if ended:
        recorded = _refusals_after_resend(connection, ended)
        endings = [_ending(now, *each) for each in recorded]
        changed = end(connection, endings)
        _keep_pairs(connection, recorded)
        if changed != len(ended):
            note_proof(connection, now, ended)
            look_for_proof = True
        if halt is not None:
            count_failures(connection, ended, halt)
    for claimed, answer, outcome in finished:
        if outcome.state == "pending":
            _try_again(connection, now, claimed, answer, outcome)
        if outcome.pauses:
            _pause(connection, claimed, outcome)
    settle(connection, now, campaign_ids, look_for_proof=look_for_proof)


def count_failures(connection: sa.Connection, ended: Sequence[tuple[Claimed, Answer, Outcome]], rule: HaltRule) -> None:
    """Count ended requests, in the order of their answers, in locked campaigns; pause those that exceed ``rule``."""
    outcomes: dict[int, list[Outcome]] = {}
    for claimed, _, outcome in ended:
        outcomes.setdefault(claimed.campaign_id, []).append(outcome)
    for row in connection.execute(_COUNTED, {"campaign_ids": list(outcomes)}).all():
        in_a_row, failed, judged = row.failed_in_a_row, row.failed, row.judged
        why: Reason | None = None
        for outcome in outcomes[row.id]:
            judged += 1
            if outcome.state == "accepted":
                in_a_row = 0
            else:
                in_a_row, failed = in_a_row + 1, failed + 1
                if why is None and rule.is_past(in_a_row, failed, judged):
                    why = _reason(outcome, in_a_row, failed, judged)
        connection.execute(
            _KEEP_COUNT,
            {
                "the_campaign": row.id,
                "its_failed_in_a_row": in_a_row,
                "its_failed": failed,
                "its_judged": judged,
            },
        )
        if why is not None and row.state == "running":
            connection.execute(HALT, {"the_campaign": row.id, "its_reason": reason_to_text(why)})


def _reason(last: Outcome, in_a_row: int, failed: int, judged: int) -> Reason:
    """Return the reason for the halt: the counts at that moment, and the code and parameters of the last failure."""
    params = {"in_a_row": in_a_row, "failed": failed, "judged": judged, "detail": last.detail, "about": {**last.params}}
    return Reason("halt.failures", params)


def _refusals_after_resend(connection: sa.Connection, ended: Sequence[Finished]) -> Sequence[Finished]:
    """Return the endings, with refused as unknown where an earlier attempt is unknown.

    That attempt may have reached its contacts.
    """
    refused = [claimed for claimed, _, outcome in ended if outcome.state == "refused"]
    if not refused:
        return ended
    query = sa.select(decision.c.request_id, decision.c.params).where(
        decision.c.request_id.in_({claimed.request_id for claimed in refused}), IS_RESENT
    )
    resent: dict[int, int] = {}
    for request_id, known in connection.execute(query):
        attempt = from_text(known or "{}").get("attempt", 0)
        resent[request_id] = min(attempt, resent.get(request_id, attempt))
    return [
        (claimed, answer, _refused_again(answer, outcome))
        if outcome.state == "refused" and resent.get(claimed.request_id, claimed.attempt) < claimed.attempt
        else (claimed, answer, outcome)
        for claimed, answer, outcome in ended
    ]


def _refused_again(answer: Answer, outcome: Outcome) -> Outcome:
    status = outcome.status if outcome.status is not None else answer.status
    return replace(outcome, state="unknown", detail=REFUSED_AGAIN, params={**outcome.params, "status": status})


def _ending(now: float, claimed: Claimed, answer: Answer, outcome: Outcome) -> dict[str, Any]:
    paired = len(outcome.receipts) if outcome.state == "unknown" else 0
    return {**_attempt(claimed), "now": now, "the_paired": paired, **as_ending(answer, outcome)}


def _attempt(claimed: Claimed) -> dict[str, Any]:
    return {"the_id": claimed.request_id, "the_attempt": claimed.attempt}


def _keep_answers(connection: sa.Connection, finished: Sequence[Finished]) -> None:
    rows = [
        {
            "request_id": claimed.request_id,
            "attempt": claimed.attempt,
            "status": answer.status,
            "raw": zlib.compress(answer.raw, 1),
            "failure": answer.failure,
            "received_at": answer.received_at,
        }
        for claimed, answer, outcome in finished
        if answer.raw or answer.status is not None or outcome.state != "pending"
    ]
    if rows:
        connection.execute(insert_if_new(connection, answer_table), rows)


def keep_ids_apart(connection: sa.Connection, finished: Sequence[Finished]) -> None:
    """Note the answers with ids that belong to no contact with certainty."""
    rows = [
        {
            "campaign_id": claimed.campaign_id,
            "request_id": claimed.request_id,
            "attempt": claimed.attempt,
            "ids": sum(1 for receipt in outcome.unpaired if receipt.message_id),
        }
        for claimed, _, outcome in finished
        if any(receipt.message_id for receipt in outcome.unpaired)
    ]
    if rows:
        connection.execute(insert_if_new(connection, ids_apart), rows)


def _keep_pairs(connection: sa.Connection, ended: Sequence[Finished]) -> None:
    partial = {
        (claimed.request_id, claimed.attempt): outcome.receipts
        for claimed, _, outcome in ended
        if outcome.state == "unknown"
    }
    if not partial:
        return
    # Only if this attempt is the present one, because ``paired`` and these rows have to agree.
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
    keep_pairs(connection, rows)
    count_pairs(connection, {row.id for row in concerned})


def _try_again(connection: sa.Connection, now: float, claimed: Claimed, answer: Answer, outcome: Outcome) -> None:
    due = now + max(MIN_RETRY, outcome.retry_after)
    values = as_ending(answer, outcome)
    del values["the_state"], values["the_batch_id"]
    connection.execute(TRY_AGAIN, {**_attempt(claimed), "due": due, **values})
    # The provider refused us, or cannot be reached: the next request would end the same way.
    if not outcome.pauses and (answer.status is not None or answer.failure == "not_sent"):
        hold(connection, lane_of(claimed.practice), due)


def _pause(connection: sa.Connection, claimed: Claimed, outcome: Outcome) -> None:
    reason = Reason("halt.refused_access", {"status": outcome.params.get("status", outcome.status)})
    pause_if_running(connection, claimed.campaign_id, reason)
