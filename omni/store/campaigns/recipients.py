"""Contacts of a campaign with their outcomes, a page at a time, and the answers of the provider."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from omni.core.campaign import ContactState, Recipient
from omni.core.match_key import without_marks
from omni.ports import Answer
from omni.store.campaigns.progress import count_contacts
from omni.store.database import BLOBS, AnyRow, Database
from omni.store.json_text import from_text
from omni.store.ledger.former_positions import places_at, withheld_since
from omni.store.schema import (
    ACCEPTED,
    STATE_NAMES,
    UNKNOWN,
    answer,
    campaign,
    paired_contact,
    recipient,
    request,
)

_ANSWERS: Final = 100
_ITS_REQUEST: Final = sa.and_(
    request.c.campaign_id == recipient.c.campaign_id, request.c.number == recipient.c.request_number
)


@dataclass(frozen=True, slots=True)
class RecipientPage:
    """Some of the contacts that match, and the number of all that match."""

    total: int
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """The answer to one attempt at a request.

    ``places`` has one item for each contact the attempt was made for: its present position in that request, or
    ``REMOVED`` if it was removed since.
    """

    number: int
    places: Sequence[int]
    attempt: int
    answer: Answer


def read_page(
    connection: sa.Connection,
    campaign_id: int,
    *,
    state: ContactState | None,
    search: str,
    limit: int,
    offset: int,
) -> RecipientPage:
    """Return a page of contacts in the sheet's order; ``search`` is a row number or part of a destination."""
    wanted = sa.select(recipient).where(recipient.c.campaign_id == campaign_id)
    if state is not None:
        wanted = wanted.join(request, _ITS_REQUEST).where(_is_in_state(state))
    if search.strip():
        wanted = wanted.where(matches(search.strip()))
        total = int(connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0)
    else:
        total = _count(connection, campaign_id, state)
    limit = min(limit, total - offset)
    if limit <= 0:
        return RecipientPage(total, ())
    # The far half is read from its end, because rows that are skipped have to be read as well.
    backwards = offset > total // 2
    if backwards:
        wanted = wanted.order_by(recipient.c.row.desc()).offset(total - offset - limit)
    else:
        wanted = wanted.order_by(recipient.c.row).offset(offset)
    return RecipientPage(total, _with_states(connection, wanted.limit(limit)))


def read_of_request(connection: sa.Connection, campaign_id: int, number: int, limit: int) -> tuple[Recipient, ...]:
    """Return the first contacts of a request, by their positions in it."""
    wanted = sa.select(recipient).where(
        recipient.c.campaign_id == campaign_id, recipient.c.request_number == number, recipient.c.position < limit
    )
    return tuple(sorted(_with_states(connection, wanted), key=lambda one: one.position))


def read_answers(database: Database, campaign_id: int, numbers: Collection[int] | None) -> Iterator[AnsweredRequest]:
    """Yield the answers by request number and attempt, to all requests or to those of ``numbers``."""
    place = sa.tuple_(request.c.number, answer.c.attempt)
    wanted = (
        sa.select(request.c.number, request.c.contacts, request.c.id, answer)
        .join(answer, answer.c.request_id == request.c.id)
        .where(request.c.campaign_id == campaign_id)
        .order_by(request.c.number, answer.c.attempt)
        .limit(_ANSWERS)
        .execution_options(**{BLOBS: True})
    )
    if numbers is not None:
        wanted = wanted.where(request.c.number.in_(numbers))
    last = (0, 0)
    while True:
        with database.read() as connection:
            withheld = withheld_since(connection, campaign_id)
            rows = connection.execute(wanted.where(place > sa.tuple_(*last))).all()
        for row in rows:
            answered = Answer(row.status, zlib.decompress(row.raw), row.failure, None, row.received_at)
            places = places_at(row.attempt, row.contacts, withheld.get(row.id, ()))
            yield AnsweredRequest(row.number, places, row.attempt, answered)
        if len(rows) < _ANSWERS:
            return
        last = (rows[-1].number, rows[-1].attempt)


def matches(search: str) -> sa.ColumnElement[bool]:
    """Return the condition for contacts whose row number is ``search``, or whose destination contains it."""
    bare = without_marks(search)
    if not bare.isdecimal():
        return recipient.c.destination.icontains(bare, autoescape=True)
    found = recipient.c.destination.contains(bare, autoescape=True)
    return sa.or_(found, recipient.c.row == int(bare)) if len(bare) < 10 else found


def _is_in_state(state: ContactState) -> sa.ColumnElement[bool]:
    """Return the condition for contacts in ``state``; one with an id is accepted though its request is unknown."""
    has_id = sa.exists().where(
        paired_contact.c.request_id == request.c.id, paired_contact.c.position == recipient.c.position
    )
    if state == "accepted":
        return sa.or_(request.c.state == ACCEPTED, sa.and_(request.c.state == UNKNOWN, has_id))
    if state == "unknown":
        return sa.and_(request.c.state == UNKNOWN, ~has_id)
    return request.c.state == STATE_NAMES.index(state)


def _count(connection: sa.Connection, campaign_id: int, state: ContactState | None) -> int:
    if state is None:
        return int(connection.scalar(sa.select(campaign.c.contacts).where(campaign.c.id == campaign_id)) or 0)
    return count_contacts(connection, campaign_id)[0][state]


def _with_states(connection: sa.Connection, wanted: sa.Select[Any]) -> tuple[Recipient, ...]:
    page = wanted.subquery("page")
    rows = connection.execute(
        sa.select(
            page.c.row,
            page.c.destination,
            page.c.plan,
            page.c.request_number,
            page.c.position,
            request.c.state,
            request.c.batch_id,
            request.c.detail,
            request.c.params,
            request.c.finished_at,
            paired_contact.c.position.label("has_id"),
        )
        .join(request, sa.and_(request.c.campaign_id == page.c.campaign_id, request.c.number == page.c.request_number))
        .outerjoin(
            paired_contact,
            sa.and_(paired_contact.c.request_id == request.c.id, paired_contact.c.position == page.c.position),
        )
        .order_by(page.c.row)
    )
    return tuple(_from_row(row) for row in rows)


def _from_row(row: AnyRow) -> Recipient:
    known = row.state == UNKNOWN and row.has_id is not None
    return Recipient(
        row.row,
        row.destination,
        row.plan,
        row.request_number,
        row.position,
        "accepted" if known else STATE_NAMES[row.state],
        row.batch_id,
        row.detail,
        from_text(row.params) if row.params else {},
        row.finished_at,
    )
