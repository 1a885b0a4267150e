"""States of a request: every statement that writes ``request.state``, and which state may follow which.

A request is one POST. Its row begins as pending. ``FOLLOWS`` is the table; the statements below are its rows in
order, and the modules that run them import them from here. A test runs each statement on a request in every state
and compares what happened with the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from omni.store.json_text import to_text
from omni.store.ledger.former_positions import WITHHELD
from omni.store.schema import (
    ACCEPTED,
    CANCELLED,
    IS_PENDING,
    IS_RESENT,
    IS_SENDING,
    PENDING,
    REFUSED,
    SENDING,
    UNKNOWN,
    decision,
    request,
    worker,
)

_Pairs = frozenset[tuple[int, int]]


def _pairs(before: tuple[int, ...], after: tuple[int, ...]) -> _Pairs:
    return frozenset((one, other) for one in before for other in after)


FOLLOWS: Final[Mapping[str, _Pairs]] = {
    # A worker claims it.
    "CLAIM": _pairs((PENDING,), (SENDING,)),
    # A claim that was never posted is handed back.
    "RETURN_UNPOSTED": _pairs((SENDING,), (PENDING,)),
    # The provider certainly took nothing, and asks to wait.
    "TRY_AGAIN": _pairs((SENDING,), (PENDING,)),
    # An answer, or none. A request that was kept as sent, or is to be sent again, changes for proof only.
    "end": _pairs((SENDING, UNKNOWN), (ACCEPTED, REFUSED, UNKNOWN))
    | _pairs((PENDING,), (ACCEPTED, UNKNOWN))
    | _pairs((ACCEPTED,), (ACCEPTED,)),
    # An answer to an earlier attempt takes effect. One that is kept as sent changes for proof only.
    "SETTLE_LATE": _pairs((PENDING, UNKNOWN, REFUSED), (ACCEPTED, UNKNOWN)) | _pairs((ACCEPTED,), (ACCEPTED,)),
    # The answer is read again, so that its ids are found.
    "REREAD": _pairs((ACCEPTED,), (ACCEPTED,)),
    # Its worker died.
    "lose_orphans": _pairs((SENDING,), (UNKNOWN,)),
    # The claim journal knows of an attempt that a restored database does not.
    "mark_restored": _pairs((PENDING, SENDING, UNKNOWN), (UNKNOWN,)),
    # Its campaign is cancelled; unknown where an earlier attempt may have arrived.
    "cancel_pending": _pairs((PENDING,), (CANCELLED,)),
    "cancel_resent": _pairs((PENDING,), (UNKNOWN,)),
    # All its contacts came onto the do-not-contact list, seen in the transaction that claims it.
    "withhold": _pairs((SENDING,), (CANCELLED, UNKNOWN)),
    # An operator decides about an unknown outcome.
    "keep_as_sent": _pairs((UNKNOWN,), (ACCEPTED,)),
    "resend": _pairs((UNKNOWN,), (PENDING,)),
}
"""The statements by name, and which state follows which by each. New requests are pending; those that
``insert_withheld`` adds are cancelled, or unknown where an earlier attempt may have arrived."""

KEPT: Final = ("resolved.kept_by", "resolved.kept")
"""Details of a request that was kept as sent; the latter where it was not recorded who decided so."""
LOST: Final = "request.worker_lost"
"""Detail of an unknown request whose worker died."""
RESTORED: Final = "request.ledger_restored"
"""Detail of an unknown request of which a restored database lacks an attempt."""
CANCELLED_NOT_RESENT: Final = "cancelled.not_again"
"""Detail of a cancelled request that was to be sent again: the earlier attempt may have reached its contacts."""
WITHHELD_NOT_RESENT: Final = "withheld.not_again"
"""Detail of a withheld request whose earlier attempt has an unknown outcome: withholding changes nothing about that."""

IS_KEPT: Final = sa.and_(request.c.state == ACCEPTED, sa.or_(*(request.c.detail == kept for kept in KEPT)))
IS_PENDING_OF_CAMPAIGN: Final = sa.and_(IS_PENDING, request.c.campaign_id == sa.bindparam("the_campaign"))

_DUE: Final = (
    sa.select(request.c.id)
    .where(
        IS_PENDING_OF_CAMPAIGN,
        request.c.not_before <= sa.bindparam("now"),
        request.c.number <= sa.bindparam("up_to"),
    )
    .order_by(request.c.not_before, request.c.number)
    .limit(sa.bindparam("room"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
CLAIM: Final = (
    request.update()
    .where(IS_PENDING, request.c.id.in_(sa.select(_DUE.c.id)))
    .values(
        state=SENDING,
        owner=sa.bindparam("the_owner"),
        attempt=request.c.attempt + 1,
        claimed_at=sa.bindparam("now"),
    )
    .returning(request.c.id, request.c.number, request.c.attempt, request.c.contacts)
)
"""Claims up to ``room`` due requests of ``the_campaign``, numbered ``up_to``, for ``the_owner``."""

RETURN_UNPOSTED: Final = (
    request.update()
    .where(
        IS_SENDING,
        request.c.owner == sa.bindparam("the_owner"),
        request.c.id == sa.bindparam("the_id"),
        request.c.attempt == sa.bindparam("the_attempt"),
    )
    .values(state=PENDING, owner=None)
    .returning(request.c.campaign_id)
)
"""Hands back a claim of ``the_owner`` that was never posted."""

_IS_ATTEMPT: Final = sa.and_(request.c.id == sa.bindparam("the_id"), request.c.attempt == sa.bindparam("the_attempt"))
TRY_AGAIN: Final = (
    request.update()
    .where(_IS_ATTEMPT, request.c.state == SENDING)
    .values(
        state=PENDING,
        owner=None,
        not_before=sa.bindparam("due"),
        status=sa.bindparam("the_status"),
        detail=sa.bindparam("the_detail"),
        params=sa.bindparam("the_params"),
    )
)
"""Hands back an attempt of which the provider certainly took nothing; it is due again at ``due``."""

SETTLE_LATE: Final = (
    request.update()
    .where(
        request.c.id == sa.bindparam("the_id"),
        # Never while it is in flight: then the answer waits for the end of the present attempt.
        sa.or_(
            request.c.state.in_((PENDING, UNKNOWN, REFUSED)), sa.and_(IS_KEPT, sa.bindparam("the_state") == ACCEPTED)
        ),
    )
    .values(
        state=sa.bindparam("the_state"),
        finished_at=sa.bindparam("now"),
        status=sa.bindparam("the_status"),
        batch_id=sa.bindparam("the_batch_id"),
        detail=sa.bindparam("the_detail"),
        params=sa.bindparam("the_params"),
        paired=sa.bindparam("the_paired"),
    )
)
"""Applies the answer to an earlier attempt."""

REREAD: Final = (
    request.update()
    .where(
        request.c.id == sa.bindparam("the_id"),
        request.c.attempt == sa.bindparam("the_attempt"),
        request.c.state == ACCEPTED,
        sa.or_(request.c.detail.is_(None), sa.and_(*(request.c.detail != kept for kept in KEPT))),
    )
    .values(batch_id=sa.bindparam("the_batch_id"), detail=sa.bindparam("the_detail"), params=sa.bindparam("the_params"))
)
"""Replaces what was read from the answer to an accepted request, which stays accepted."""

_TYPES: Final[Mapping[str, sa.types.TypeEngine[Any]]] = {
    "the_id": sa.BigInteger(),
    "the_attempt": sa.Integer(),
    "the_state": sa.SmallInteger(),
    "now": sa.Double(),
    "the_status": sa.Integer(),
    "the_batch_id": sa.Text(),
    "the_detail": sa.Text(),
    "the_params": sa.Text(),
    "the_paired": sa.Integer(),
}
_ONE: Final[Mapping[str, sa.ColumnElement[Any]]] = {name: sa.bindparam(name, type_=of) for name, of in _TYPES.items()}
_MANY: Final = (
    sa.func.unnest(*(sa.bindparam(name, type_=ARRAY(of)) for name, of in _TYPES.items()))
    .table_valued(*(sa.column(name, of) for name, of in _TYPES.items()))
    .render_derived(name="given")
)


def _ending(given: Mapping[str, sa.ColumnElement[Any]]) -> sa.Update:
    is_proven = given["the_state"] == ACCEPTED
    return (
        request.update()
        .where(
            request.c.id == given["the_id"],
            request.c.attempt == given["the_attempt"],
            sa.or_(
                request.c.state == SENDING,
                request.c.state == UNKNOWN,
                # Kept by an operator's decision: proof adds the ids.
                sa.and_(IS_KEPT, is_proven),
                # To be sent again, but before its turn an answer proves that some or all contacts have ids.
                sa.and_(
                    request.c.state == PENDING, request.c.detail.is_(None), sa.or_(is_proven, given["the_paired"] > 0)
                ),
            ),
        )
        .values(
            state=given["the_state"],
            finished_at=given["now"],
            status=given["the_status"],
            batch_id=given["the_batch_id"],
            detail=given["the_detail"],
            params=given["the_params"],
            paired=given["the_paired"],
        )
    )


_END_ONE: Final = _ending(_ONE)
_END_MANY: Final = _ending({column.name: column for column in _MANY.c})


def end(connection: sa.Connection, endings: Sequence[Mapping[str, Any]]) -> int:
    """End attempts at requests of locked campaigns, in the order given; return how many of them counted.

    Each ending has the parameters of ``_TYPES``; ``the_state`` is accepted, refused or unknown.
    """
    if connection.dialect.name != "postgresql":
        counted = connection.execute(_END_ONE, endings, execution_options={"preserve_rowcount": True})
        return counted.rowcount
    # One statement, because a trigger counts each statement; but of two endings of one request it would apply either.
    if len({each["the_id"] for each in endings}) < len(endings):
        return sum(end(connection, [each]) for each in endings)
    given = {name: [each[name] for each in endings] for name in _TYPES}
    return connection.execute(_END_MANY, given).rowcount


def lose_orphans(owner: str, now: float) -> sa.Update:
    """Turn requests in flight whose worker is not registered, except ``owner``'s, into unknown."""
    return (
        request.update()
        .where(IS_SENDING, request.c.owner != owner, request.c.owner.not_in(sa.select(worker.c.id)))
        .values(state=UNKNOWN, finished_at=now, detail=LOST, params=None, status=None)
        .returning(request.c.campaign_id)
    )


def mark_restored(request_id: int, attempt: int, now: float) -> sa.Update:
    """Turn a request into unknown that was posted in a later attempt than the database knows of."""
    return (
        request.update()
        .where(
            request.c.id == request_id,
            sa.or_(
                sa.and_(request.c.attempt < attempt, request.c.state.in_((PENDING, SENDING, UNKNOWN))),
                sa.and_(request.c.attempt == attempt, request.c.state == SENDING),
            ),
        )
        .values(state=UNKNOWN, attempt=attempt, finished_at=now, detail=RESTORED, params=None)
        .returning(request.c.campaign_id)
    )


def cancel_resent(campaign_id: int, now: float) -> sa.Update:
    """Turn pending requests that were to be sent again into unknown; comes before ``cancel_pending``."""
    resent = sa.select(decision.c.request_id).where(
        decision.c.campaign_id == campaign_id, IS_RESENT, decision.c.request_id.is_not(None)
    )
    is_pending = sa.and_(IS_PENDING, request.c.campaign_id == campaign_id)
    values = {"state": UNKNOWN, "finished_at": now, "detail": CANCELLED_NOT_RESENT, "params": None}
    return request.update().where(is_pending, request.c.id.in_(resent)).values(values)


def cancel_pending(campaign_id: int, now: float) -> sa.Update:
    """Cancel the pending requests of a campaign; the statement returns the contacts of each."""
    is_pending = sa.and_(IS_PENDING, request.c.campaign_id == campaign_id)
    return request.update().where(is_pending).values(state=CANCELLED, finished_at=now).returning(request.c.contacts)


def withhold(request_id: int, attempt: int, now: float, *, is_resent: bool) -> sa.Update:
    """Take back a claim whose contacts are all on the do-not-contact list; ``attempt`` is never made."""
    # Its number becomes free: an answer can only come to the last attempt that was made.
    return (
        request.update()
        .where(request.c.id == request_id)
        .values(owner=None, finished_at=now, params=None, attempt=attempt - 1, **_withheld(is_resent))
    )


def insert_withheld(
    *, request_id: int, campaign_id: int, number: int, contacts: int, now: float, is_resent: bool
) -> sa.Insert:
    """Add a request that is never posted, for contacts removed from another one."""
    return request.insert().values(
        id=request_id,
        campaign_id=campaign_id,
        number=number,
        contacts=contacts,
        finished_at=now,
        **_withheld(is_resent),
    )


def _withheld(is_resent: bool) -> dict[str, object]:
    return {"state": UNKNOWN, "detail": WITHHELD_NOT_RESENT} if is_resent else {"state": CANCELLED, "detail": WITHHELD}


def keep_as_sent(unknown: sa.ColumnElement[bool], who: str) -> sa.Update:
    """Take ``unknown`` requests as accepted, as ``who`` decided."""
    return request.update().where(unknown).values(state=ACCEPTED, detail=KEPT[0], params=to_text({"who": who}))


def resend(unknown: sa.ColumnElement[bool]) -> sa.Update:
    """Make ``unknown`` requests pending again."""
    return (
        request.update()
        .where(unknown)
        .values(state=PENDING, owner=None, not_before=0.0, finished_at=None, detail=None, params=None)
    )
