"""Requests end: all that came back in a turn, in as few statements as their database is quick with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from omni.store.late_answers import IS_KEPT
from omni.store.schema import ACCEPTED, PENDING, SENDING, UNKNOWN, request

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
                # Kept by an operator's decision, and here comes the proof, with the ids.
                sa.and_(IS_KEPT, is_proven),
                # To be sent again, and before its turn comes the proof that this is needless, or that some have ids.
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
    """End attempts at requests of locked campaigns, in the order given; returns how many of them counted."""
    if connection.dialect.name != "postgresql":
        counted = connection.execute(_END_ONE, endings, execution_options={"preserve_rowcount": True})
        return counted.rowcount
    # In one statement, since each is counted by a trigger; but of two endings of one request it would take either.
    if len({each["the_id"] for each in endings}) < len(endings):
        return sum(end(connection, [each]) for each in endings)
    given = {name: [each[name] for each in endings] for name in _TYPES}
    return connection.execute(_END_MANY, given).rowcount
