"""Requests with an unknown outcome: counted by reason, listed, and decided about by operators.

One request is one POST with one answer, so its contacts share what is unknown and what is decided about it. A decision
is made and recorded in one transaction; nothing else sends such a request again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from omni.core.unknown import EVERYTHING, Choice, Decision, Extent, Resolution, UnknownRequest
from omni.errors import CampaignError
from omni.store.campaign_states import locked_state, reopen
from omni.store.campaigns.recipients import matches
from omni.store.database import AnyRow, Database, clock
from omni.store.json_text import from_text, to_text
from omni.store.request_states import keep_as_sent, resend
from omni.store.schema import IS_UNKNOWN, decision, paired_contact, recipient, request

_UNSETTLED: Final = request.c.contacts - request.c.paired
_MEASURES: Final = (
    sa.func.count(),
    sa.func.sum(_UNSETTLED),
    sa.func.sum(request.c.number),
    sa.func.sum(request.c.attempt),
    sa.func.max(request.c.finished_at),
)
_STATE_BEFORE: Final = (
    sa.literal('{"detail":"')
    + sa.func.coalesce(request.c.detail, "")
    + '","attempt":'
    + sa.cast(request.c.attempt, sa.Text)
    + ',"contacts":'
    + sa.cast(request.c.contacts - request.c.paired, sa.Text)
    + ',"status":'
    + sa.func.coalesce(sa.cast(request.c.status, sa.Text), "null")
    + "}"
)
"""JSON with the state of a request before a decision, for the decision's ``params``."""
_RESOLUTIONS: Final[Mapping[str, Resolution]] = {"unknown.keep": "keep", "unknown.resend": "resend"}


@dataclass(frozen=True, slots=True)
class UnknownContact:
    """A contact of an unknown request; one that has an id is accepted all the same."""

    row: int
    destination: str
    has_id: bool


class Unknowns:
    """The unknown requests of one database, and the decisions about them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reasons(self, campaign_id: int) -> dict[str, Extent]:
        """Return the extent of the campaign's unknown requests by reason, a code; the one of most contacts first."""
        with self._database.read() as connection:
            return read_reasons(connection, campaign_id)

    def extent(self, campaign_id: int, choice: Choice = EVERYTHING, what: Resolution | None = None) -> Extent:
        """Return the extent of a choice; with ``what``, of the requests it can be applied to."""
        with self._database.read() as connection:
            return read_extent(connection, is_meant(campaign_id, choice, what))

    def requests(
        self, campaign_id: int, choice: Choice = EVERYTHING, *, limit: int = 50, offset: int = 0
    ) -> tuple[UnknownRequest, ...]:
        """Return a page of unknown requests, in the order of their numbers."""
        with self._database.read() as connection:
            return read_requests(connection, campaign_id, choice, limit, offset)

    def contacts(
        self, campaign_id: int, number: int, *, limit: int = 50, offset: int = 0
    ) -> tuple[UnknownContact, ...]:
        """Return a page of the contacts of one request."""
        with self._database.read() as connection:
            return read_contacts(connection, campaign_id, number, limit, offset)

    def decide(
        self,
        campaign_id: int,
        what: Resolution,
        who: str,
        choice: Choice = EVERYTHING,
        expected: Extent | None = None,
    ) -> Extent:
        """Decide as the function ``decide`` does, in a transaction of its own."""
        with self._database.write() as connection:
            return decide(connection, campaign_id, what, who, choice, expected)

    def decisions(self, campaign_id: int, limit: int = 50) -> tuple[Decision, ...]:
        """Return the decisions of operators, the latest act first."""
        query = (
            sa.select(decision)
            .where(
                decision.c.campaign_id == campaign_id,
                decision.c.request_id.is_(None),
                decision.c.what.in_(_RESOLUTIONS),
            )
            .order_by(decision.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(_decision(row) for row in connection.execute(query))


def is_meant(campaign_id: int, choice: Choice, what: Resolution | None = None) -> sa.ColumnElement[bool]:
    """Return the condition for the unknown requests of ``choice``; with ``what``, for those it can be applied to."""
    meant = [request.c.campaign_id == campaign_id, IS_UNKNOWN, request.c.paired < request.c.contacts]
    if what == "resend":
        meant.append(request.c.paired == 0)
    if choice.numbers is not None:
        meant.append(request.c.number.in_(choice.numbers))
    if choice.reason is not None:
        meant.append(request.c.detail == choice.reason if choice.reason else request.c.detail.is_(None))
    if choice.search.strip():
        found = sa.select(recipient.c.request_number).where(
            recipient.c.campaign_id == campaign_id, matches(choice.search.strip())
        )
        meant.append(request.c.number.in_(found))
    return sa.and_(*meant)


def read_extent(connection: sa.Connection, meant: sa.ColumnElement[bool]) -> Extent:
    """Return the extent of ``meant`` at this moment."""
    return _extent(connection.execute(sa.select(*_MEASURES).where(meant)).one())


def read_reasons(connection: sa.Connection, campaign_id: int) -> dict[str, Extent]:
    """Return the extent of the campaign's unknown requests by reason, a code; the one of most contacts first."""
    rows = connection.execute(
        sa.select(*_MEASURES, request.c.detail)
        .where(is_meant(campaign_id, EVERYTHING))
        .group_by(request.c.detail)
        .order_by(sa.func.sum(_UNSETTLED).desc(), request.c.detail)
    )
    return {row.detail or "": _extent(row) for row in rows}


def read_requests(
    connection: sa.Connection, campaign_id: int, choice: Choice, limit: int, offset: int
) -> tuple[UnknownRequest, ...]:
    """Return a page of unknown requests, in the order of their numbers."""
    # The page is found using only the index; rows that are skipped are not read.
    page = sa.select(request.c.id).where(is_meant(campaign_id, choice)).order_by(request.c.number)
    rows = connection.execute(
        sa.select(request)
        .where(request.c.id.in_(page.limit(limit).offset(offset).scalar_subquery()))
        .order_by(request.c.number)
    ).all()
    row_spans = _row_spans(connection, campaign_id, [row.number for row in rows])
    return tuple(_request(row, *row_spans[row.number]) for row in rows)


def read_contacts(
    connection: sa.Connection, campaign_id: int, number: int, limit: int, offset: int
) -> tuple[UnknownContact, ...]:
    """Return a page of the contacts of one request, in its order."""
    rows = connection.execute(
        sa.select(recipient.c.row, recipient.c.destination, paired_contact.c.position.label("id_at"))
        .join(
            request,
            sa.and_(request.c.campaign_id == recipient.c.campaign_id, request.c.number == recipient.c.request_number),
        )
        .outerjoin(
            paired_contact,
            sa.and_(paired_contact.c.request_id == request.c.id, paired_contact.c.position == recipient.c.position),
        )
        .where(recipient.c.campaign_id == campaign_id, recipient.c.request_number == number)
        .order_by(recipient.c.position)
        .limit(limit)
        .offset(offset)
    )
    return tuple(UnknownContact(row.row, row.destination, row.id_at is not None) for row in rows)


def decide(
    connection: sa.Connection,
    campaign_id: int,
    what: Resolution,
    who: str,
    choice: Choice = EVERYTHING,
    expected: Extent | None = None,
) -> Extent:
    """Take the unknown requests of ``choice`` as accepted, or send those again in which no contact has an id.

    The campaign is locked before its requests. Each request's decision is recorded with what was known of it before,
    and the act as a whole beside them. Raises ``CampaignError("campaign.unknown_changed")``, with nothing done, where
    there is not exactly what is ``expected``, and ``CampaignError("campaign.state")`` for sending again in a cancelled
    campaign.
    """
    state = locked_state(connection, campaign_id)
    if what == "resend" and state == "cancelled":
        raise CampaignError("campaign.state", state=state, wanted="running")
    meant = is_meant(campaign_id, choice, what)
    found = read_extent(connection, meant)
    if expected is not None and found != expected:
        raise _changed(found, expected)
    if not found.requests:
        return found
    now = clock(connection)
    recorded = connection.execute(
        decision.insert().from_select(
            ["campaign_id", "request_id", "what", "who", "at", "params"],
            sa.select(
                request.c.campaign_id,
                request.c.id,
                sa.literal(f"unknown.{what}"),
                sa.literal(who),
                sa.literal(now, sa.Double),
                _STATE_BEFORE,
            ).where(meant),
        ),
        execution_options={"preserve_rowcount": True},
    )
    numbers = sorted(choice.numbers or ())
    connection.execute(
        decision.insert().values(
            campaign_id=campaign_id,
            request_id=None,
            what=f"unknown.{what}",
            who=who,
            at=now,
            params=to_text(
                {
                    "requests": found.requests,
                    "contacts": found.contacts,
                    "reason": choice.reason,
                    "search": choice.search.strip(),
                    "numbers": numbers,
                }
            ),
        )
    )
    changed = connection.execute(keep_as_sent(meant, who) if what == "keep" else resend(meant))
    # Requests of a worker that is considered dead become unknown without waiting for the lock on the campaign.
    if not recorded.rowcount == changed.rowcount == found.requests:
        raise _changed(read_extent(connection, meant), found)
    if what == "resend":
        reopen(connection, campaign_id, state)
    return found


def _extent(row: AnyRow) -> Extent:
    requests, contacts, numbers, attempts = (int(each or 0) for each in row[:4])
    return Extent(requests, contacts, numbers, attempts, row[4])


def _row_spans(connection: sa.Connection, campaign_id: int, numbers: Sequence[int]) -> dict[int, tuple[int, int, str]]:
    """Return the first row of each request, its last row, and the destination in the first."""
    ours = recipient.c.campaign_id == campaign_id
    rows = connection.execute(
        sa.select(recipient.c.request_number, sa.func.min(recipient.c.row), sa.func.max(recipient.c.row))
        .where(ours, recipient.c.request_number.in_(numbers))
        .group_by(recipient.c.request_number)
    ).all()
    first = [first_row for _, first_row, _ in rows]
    query = sa.select(recipient.c.row, recipient.c.destination).where(ours, recipient.c.row.in_(first))
    destinations = {one.row: one.destination for one in connection.execute(query)}
    return {number: (low, high, destinations[low]) for number, low, high in rows}


def _request(row: AnyRow, first_row: int, last_row: int, destination: str) -> UnknownRequest:
    params: dict[str, Any] = from_text(row.params) if row.params else {}
    return UnknownRequest(
        row.number,
        row.contacts - row.paired,
        row.paired,
        row.attempt,
        row.claimed_at,
        row.finished_at,
        row.status,
        row.detail or "",
        params,
        first_row,
        last_row,
        destination,
    )


def _changed(found: Extent, expected: Extent) -> CampaignError:
    return CampaignError("campaign.unknown_changed", n=found.contacts, before=expected.contacts)


def _decision(row: AnyRow) -> Decision:
    known = from_text(row.params)
    return Decision(
        row.at,
        row.who,
        _RESOLUTIONS[row.what],
        known["requests"],
        known["contacts"],
        known["reason"],
        known["search"],
        tuple(known["numbers"]),
    )
