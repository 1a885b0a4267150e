"""States of a campaign: every statement that changes one or its reason, and which state may follow which.

The functions for what operators do and what the engine does are here too. A new campaign is running, or paused when it
has a time to start at (``omni.store.campaigns.creation``). ``FOLLOWS`` is the table; a test holds every statement to
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import CampaignState, Reason
from omni.errors import CampaignError
from omni.store.campaigns.pause_reason import REPLACED, reason_from_text, reason_to_text
from omni.store.database import clock
from omni.store.ledger.late_answers import settle_proven
from omni.store.request_states import cancel_pending, cancel_resent
from omni.store.schema import (
    IS_PENDING,
    IS_SENDING,
    campaign,
    request,
)

FOLLOWS: Final[frozenset[tuple[CampaignState, CampaignState]]] = frozenset(
    {
        # An operator pauses it, its failures exceed the rule, access is refused, it is of another account, its trial
        # ends, or the database was restored.
        ("running", "paused"),
        ("paused", "paused"),
        # An operator resumes it, or its time has come.
        ("paused", "running"),
        # An operator cancels it; later, its last open request ends.
        ("running", "cancelled"),
        ("paused", "cancelled"),
        ("cancelled", "cancelled"),
        # No request is pending or in flight any more.
        ("running", "done"),
        ("paused", "done"),
        # An operator sends unknown requests again.
        ("done", "running"),
        ("running", "running"),
    }
)
"""Pairs of a state and one that may follow it."""

HELD: Final = "hold.canary"
LATE: Final = 120.0
"""Seconds after its time at which a campaign does not start by itself any more: an operator who is present now
decides."""
COUNTERS_RESET: Final = {"failed_in_a_row": 0, "failed": 0, "judged": 0}
START_RESET: Final = {"reason": None, "start_at": None, "start_zone": None, **COUNTERS_RESET}

HALT: Final = (
    campaign.update()
    .where(campaign.c.id == sa.bindparam("the_campaign"))
    .values(state="paused", reason=sa.bindparam("its_reason"))
)
"""Moves a campaign that is locked and known to be running to paused: its failures exceed the rule."""
PAUSE_ALL_SQL: Final = """
    UPDATE campaign SET state = 'paused', reason = %s, start_at = NULL, start_zone = NULL
    WHERE state = 'running' OR (state = 'paused' AND start_at IS NOT NULL)"""
"""``pause_all(REPLACED)`` for psycopg, on a new connection that no engine has yet. A test compares the two."""

_THESE: Final = campaign.c.id.in_(sa.bindparam("campaign_ids", expanding=True))
_DUE: Final = (
    sa.select(campaign.c.id, campaign.c.start_at, campaign.c.start_zone)
    .where(campaign.c.state == "paused", campaign.c.start_at.is_not(None), campaign.c.start_at <= sa.bindparam("now"))
    .order_by(campaign.c.id)
    .with_for_update(skip_locked=True)
)
_OF_IT: Final = request.c.campaign_id == campaign.c.id
_OPEN: Final = sa.select(
    campaign.c.id,
    campaign.c.state,
    sa.exists().where(_OF_IT, IS_PENDING).label("pending"),
    sa.exists().where(_OF_IT, IS_SENDING).label("sending"),
).where(
    _THESE,
    sa.or_(
        campaign.c.finished_at.is_(None),
        sa.and_(campaign.c.state == "cancelled", sa.exists().where(_OF_IT, IS_PENDING)),
    ),
)
_IS_SENDING: Final = sa.select(sa.exists().where(request.c.campaign_id == sa.bindparam("the_campaign"), IS_SENDING))


def pause(connection: sa.Connection, campaign_id: int, reason: Reason | None) -> None:
    """Move from running to paused: no further request is claimed, and those in flight run to their end."""
    _move(connection, campaign_id, "paused", ("running",))
    change(connection, campaign_id, reason=reason_to_text(reason))


def pause_if_running(connection: sa.Connection, campaign_id: int, reason: Reason) -> None:
    """Move from running to paused, by the engine; a campaign in any other state is left as it is."""
    connection.execute(
        campaign.update()
        .where(campaign.c.id == campaign_id, campaign.c.state == "running")
        .values(state="paused", reason=reason_to_text(reason))
    )


def resume(connection: sa.Connection, campaign_id: int) -> None:
    """Move from paused to running: its start time and its reason are cleared, and failures are counted from 0.

    A trial that has not ended yet is still held at its end.
    """
    _move(connection, campaign_id, "running", ("paused",))
    change(connection, campaign_id, **_trial_over(connection, campaign_id), **START_RESET)


def reschedule(connection: sa.Connection, campaign_id: int, start_at: float | None, zone: str | None) -> None:
    """Let a paused campaign start at another time, or, for None, not by itself.

    Raises ``CampaignError("campaign.state")`` in any other state.
    """
    state = locked_state(connection, campaign_id)
    if state != "paused":
        raise CampaignError("campaign.state", state=state, wanted="paused")
    over = _trial_over(connection, campaign_id)
    change(connection, campaign_id, start_at=start_at, start_zone=zone, reason=None, **over)


def start_due(connection: sa.Connection, now: float) -> None:
    """Start the campaigns whose time has come; one whose time passed while no worker could send stays paused."""
    for row in connection.execute(_DUE, {"now": now}).all():
        if now - row.start_at > LATE:
            reason = reason_to_text(Reason("halt.start_missed", {"at": row.start_at, "zone": row.start_zone}))
            change(connection, row.id, start_at=None, reason=reason)
        else:
            change(connection, row.id, state="running", **START_RESET)


def hold_after_canary(connection: sa.Connection, campaign_id: int, canary: int) -> None:
    """Move from running to paused, once none of the first ``canary`` requests is open and others are left."""
    first = sa.and_(request.c.campaign_id == campaign_id, request.c.number <= canary)
    is_open = sa.exists().where(first, sa.or_(IS_PENDING, IS_SENDING))
    if connection.scalar(sa.select(is_open)):
        return
    contacts = connection.scalar(sa.select(sa.func.sum(request.c.contacts)).where(first))
    pause_if_running(connection, campaign_id, Reason(HELD, {"contacts": int(contacts or 0)}))


def cancel(connection: sa.Connection, campaign_id: int) -> int:
    """Move from running or paused to cancelled, and cancel all pending requests.

    Returns how many contacts are never sent to. Raises ``CampaignError("campaign.state")`` in any other state.
    """
    _move(connection, campaign_id, "cancelled", ("running", "paused"))
    change(connection, campaign_id, reason=None, start_at=None)
    now = clock(connection)
    contacts = _end_pending(connection, now, campaign_id)
    settle(connection, now, [campaign_id])
    return contacts


def settle(connection: sa.Connection, now: float, campaign_ids: Sequence[int], *, look_for_proof: bool = True) -> None:
    """Apply the consequences of requests that ended, in campaigns that are locked.

    Proof of an earlier attempt that waited for the end of the present one takes effect; ``look_for_proof`` may be false
    for callers that come often and know that there is none. No request stays pending in a cancelled campaign, and a
    campaign without an open request is finished. Requests that were to be sent again in a cancelled campaign are as
    unknown as they were before that was decided.
    """
    if look_for_proof:
        settle_proven(connection, now, campaign_ids)
    for row in connection.execute(_OPEN, {"campaign_ids": campaign_ids}).all():
        is_cancelled, is_sending = row.state == "cancelled", row.sending
        if is_cancelled and row.pending:
            _end_pending(connection, now, row.id)
            # Read again: some pending requests may have been claimed in the meantime.
            is_sending = connection.scalar(_IS_SENDING, {"the_campaign": row.id})
        if not is_sending and (is_cancelled or not row.pending):
            state = "cancelled" if is_cancelled else "done"
            change(connection, row.id, state=state, reason=None, finished_at=now)


def reopen(connection: sa.Connection, campaign_id: int, state: str) -> None:
    """Move from running or done to running, after unknown requests became pending again; paused stays paused.

    ``state`` is the state of the locked campaign.
    """
    # A paused campaign has other pending requests, which must not go out with these. One that was done begins with
    # counters at 0: its former failures are what the operator decided about.
    counters = COUNTERS_RESET if state == "done" else {}
    is_paused = state == "paused"
    change(connection, campaign_id, state="paused" if is_paused else "running", finished_at=None, **counters)


def pause_all(reason: Reason) -> sa.Update:
    """Return the statement that pauses every campaign that runs or would start by itself, after a restore.

    ``reason`` replaces the less specific ``REPLACED``.
    """
    return (
        campaign.update()
        .where(
            sa.or_(
                campaign.c.state == "running",
                sa.and_(
                    campaign.c.state == "paused",
                    sa.or_(
                        campaign.c.start_at.is_not(None),
                        campaign.c.reason == reason_to_text(REPLACED),
                    ),
                ),
            )
        )
        .values(state="paused", reason=reason_to_text(reason), start_at=None, start_zone=None)
    )


def locked_state(connection: sa.Connection, campaign_id: int) -> str:
    """Lock the campaign until the transaction ends, and return its state.

    Raises ``CampaignError("campaign.not_found")``.
    """
    query = sa.select(campaign.c.state).where(campaign.c.id == campaign_id).with_for_update()
    state = connection.scalar(query)
    if state is None:
        raise CampaignError("campaign.not_found", id=campaign_id)
    return str(state)


def change(connection: sa.Connection, campaign_id: int, **values: object) -> None:
    """Set columns of one campaign."""
    connection.execute(campaign.update().where(campaign.c.id == campaign_id).values(values))


def _move(
    connection: sa.Connection, campaign_id: int, wanted: CampaignState, allowed: tuple[CampaignState, ...]
) -> None:
    state = locked_state(connection, campaign_id)
    if state not in allowed:
        raise CampaignError("campaign.state", state=state, wanted=wanted)
    change(connection, campaign_id, state=wanted)


def _trial_over(connection: sa.Connection, campaign_id: int) -> dict[str, object]:
    """Return the columns to set when an operator continues after the trial: nothing more is held. Otherwise none."""
    reason = reason_from_text(connection.scalar(sa.select(campaign.c.reason).where(campaign.c.id == campaign_id)))
    return {"canary": None} if reason is not None and reason.code == HELD else {}


def _end_pending(connection: sa.Connection, now: float, campaign_id: int) -> int:
    """Cancel the pending requests of a cancelled campaign; return how many contacts are never sent to.

    Requests that are being claimed at this moment are waited for and then left as they are: only the rows that were
    changed are certain.
    """
    connection.execute(cancel_resent(campaign_id, now))
    return sum(connection.scalars(cancel_pending(campaign_id, now)))
