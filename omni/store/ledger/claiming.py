"""Claims of the next requests to send: of running campaigns, which take turns, within the rate limit.

A worker claims only from campaigns that it can send.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import Reason
from omni.core.halt_rule import HaltRule
from omni.core.hours import Hours
from omni.ports import Claimed
from omni.store.campaign_states import hold_after_canary, pause_if_running, settle, start_due
from omni.store.database import AnyRow
from omni.store.ledger.rate_limit import lane_now, lane_of, spend
from omni.store.ledger.withholding import BodyReader, withhold
from omni.store.locking import try_lock
from omni.store.people.do_not_contact import read_revision
from omni.store.request_states import CLAIM, IS_PENDING_OF_CAMPAIGN
from omni.store.schema import campaign, request

IDLE: Final = 3600.0
"""Seconds returned as the wait when no request becomes due by the passing of time."""
_ALL: Final = 2**31 - 1
"""A request number that no campaign reaches."""
_LOCK_RETRY: Final = 0.05
"""Seconds until a campaign that another worker is changing is tried again."""

# Built once, because they run in every turn of the loop that sends.
_RUNNING: Final = (
    sa.select(
        campaign.c.id,
        campaign.c.practice,
        campaign.c.account,
        campaign.c.endpoint,
        campaign.c.started_at,
        campaign.c.canary,
        campaign.c.list_revision,
        campaign.c.suppress,
    )
    .where(campaign.c.state == sa.literal_column("'running'"))
    .order_by(campaign.c.id)
)
_FIRST_DUE: Final = (
    sa.select(request.c.not_before)
    .where(IS_PENDING_OF_CAMPAIGN, request.c.number <= sa.bindparam("up_to"))
    .order_by(request.c.not_before, request.c.number)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Sends:
    """Campaigns that a worker can send: practice campaigns, and those of one account at one endpoint.

    ``rate`` is in requests per second, and becomes the rate of all workers on the database. Outside of ``hours`` only
    practice campaigns are sent. ``halt`` is the rule by which a failing campaign pauses.
    """

    practice: bool
    account: str | None
    endpoint: str | None
    rate: float
    hours: Hours | None = None
    halt: HaltRule | None = None


def claim(
    connection: sa.Connection,
    now: float,
    owner: str,
    room: int,
    sends: Sends,
    turn: int,
    bodies: BodyReader | None = None,
) -> tuple[list[Claimed], float]:
    """Move up to ``room`` requests from pending to sending; return them, and the seconds until more may be due.

    Nothing may be posted before the transaction is committed. ``turn`` grows from call to call, so that campaigns take
    turns at being first. With ``bodies``, contacts that came onto the do-not-contact list since the campaign was
    created are removed.
    """
    claimed: list[Claimed] = []
    wait = IDLE
    start_due(connection, now)
    sendable = _sendable(connection, sends)
    listed = read_revision(connection) if sendable and bodies is not None else None
    for practice in (False, True):
        campaigns = [row for row in sendable if row.practice == practice]
        if not campaigns:
            continue
        if not practice and sends.hours is not None and not sends.hours.is_open(now):
            wait = min(wait, sends.hours.next_open(now) - now)
            continue
        lane = lane_now(connection, lane_of(practice), sends.rate, now)
        taken: list[Claimed] = []
        left = min(room - len(claimed), lane.allowed)
        first = turn % len(campaigns)
        for place, row in enumerate(campaigns[first:] + campaigns[:first]):
            share = math.ceil((left - len(taken)) / (len(campaigns) - place))
            is_outdated = share > 0 and listed is not None and row.list_revision != listed
            # Lock order: to change the campaign itself, it is locked before its requests, as everywhere.
            changes_it = is_outdated or (share > 0 and row.started_at is None)
            if changes_it and not try_lock(connection, row.id):
                wait = min(wait, _LOCK_RETRY)
                continue
            got = _take(connection, now, owner, row, share) if share > 0 else []
            if got and is_outdated and bodies is not None:
                kept = withhold(connection, now, got, bodies, row.suppress)
                if len(kept) < len(got):
                    wait = 0.0  # there is room left: claim again at once
                    settle(connection, now, [row.id])
                got = kept
            taken += got
            if share > 0 and len(got) < share:
                wait = min(wait, _until_due(connection, now, row))
                if row.canary is not None:
                    hold_after_canary(connection, row.id, row.canary)
        if lane.allowed <= len(taken):
            wait = min(wait, lane.wait)
        if taken:
            spend(connection, lane, len(taken))
        claimed += taken
    return claimed, wait


def _sendable(connection: sa.Connection, sends: Sends) -> list[AnyRow]:
    """Return the running campaigns that this worker can send.

    Those of another account or endpoint are paused, with that reason.
    """
    sendable: list[AnyRow] = []
    for row in connection.execute(_RUNNING).all():
        if row.practice:
            sendable += [row] if sends.practice else []
        elif (row.account, row.endpoint) == (sends.account, sends.endpoint):
            sendable.append(row)
        else:
            pause_if_running(connection, row.id, Reason("halt.account", {"account": row.account}))
    return sendable


def _take(connection: sa.Connection, now: float, owner: str, of: AnyRow, room: int) -> list[Claimed]:
    given = {"the_campaign": of.id, "now": now, "the_owner": owner, "room": room, "up_to": _up_to(of)}
    rows = connection.execute(CLAIM, given).all()
    if rows and of.started_at is None:
        connection.execute(campaign.update().where(campaign.c.id == of.id).values(started_at=now))
    claimed = [Claimed(row.id, of.id, row.number, row.attempt, row.contacts, of.practice) for row in rows]
    return sorted(claimed, key=lambda each: each.number)


def _up_to(of: AnyRow) -> int:
    """Return the last request number that may be sent: during a trial, the last of the trial."""
    return _ALL if of.canary is None else int(of.canary)


def _until_due(connection: sa.Connection, now: float, of: AnyRow) -> float:
    due = connection.scalar(_FIRST_DUE, {"the_campaign": of.id, "up_to": _up_to(of)})
    return IDLE if due is None else max(0.0, due - now)
