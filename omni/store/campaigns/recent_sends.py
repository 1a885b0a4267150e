"""Recent sends: the campaigns of the last days, and the destinations by which their contacts are recognised."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from omni.core.campaign import CampaignState
from omni.store.campaigns.campaign_rows import IN_RANGE, read_parts, row_ranges
from omni.store.campaigns.launch_guard import DAY, DECIDED, in_window
from omni.store.database import Database, clock
from omni.store.json_text import from_text, to_text
from omni.store.restored.notice import needs_acknowledgement
from omni.store.schema import CANCELLED, REFUSED, campaign, decision, destination_keys, recipient, request

_NOT_SENT: Final = request.c.state.in_((REFUSED, CANCELLED))

# All request numbers are one parameter, however many they are. A PostgreSQL that has no statistics of the new rows yet
# would run a query in their place once per contact: minutes for a million contacts.
_ROWS: Final = sa.select(recipient.c.row).where(recipient.c.campaign_id == sa.bindparam("the_campaign"))
_ROWS_SQLITE: Final = _ROWS.where(
    recipient.c.request_number.in_(sa.select(sa.func.json_each(sa.bindparam("numbers")).table_valued("value").c.value))
)
_ROWS_POSTGRESQL: Final = _ROWS.where(
    recipient.c.request_number == sa.any_(sa.bindparam("numbers", type_=postgresql.ARRAY(sa.Integer)))
)


@dataclass(frozen=True, slots=True)
class RecentCampaign:
    """A campaign of the window.

    ``not_counted`` of its contacts were refused or cancelled, or sent to before the window; ``mark`` changes whenever
    these may be different ones.
    """

    id: int
    name: str
    state: CampaignState
    created_by: str
    created_at: float
    contacts: int
    template_json: str
    start_at: float | None
    not_counted: int
    mark: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The campaigns that may have sent after ``since`` (UTC epoch seconds), newest first."""

    since: float
    campaigns: tuple[RecentCampaign, ...]


@dataclass(frozen=True, slots=True)
class RecentSendsDecision:
    """The decision about recent sends, ``others`` or ``all``, for ``contacts`` of the last ``days`` days."""

    choice: str
    who: str
    contacts: int
    days: int


class RecentSends:
    """The earlier campaigns of one database, as the launch of the next one has to know them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def window(self, *, practice: bool, days: int) -> Window:
        """Return the campaigns of the last ``days`` days; one that is still open is included however old it is."""
        with self._database.read() as connection:
            since = clock(connection) - days * DAY
            rows = connection.execute(
                sa.select(
                    campaign.c.id,
                    campaign.c.name,
                    campaign.c.state,
                    campaign.c.created_by,
                    campaign.c.created_at,
                    campaign.c.contacts,
                    campaign.c.template,
                    campaign.c.start_at,
                )
                .where(*in_window(practice, since))
                .order_by(campaign.c.id.desc())
            ).all()
            counts = _not_counted(connection, {row.id: row.created_at for row in rows}, since)
        return Window(
            since,
            tuple(
                RecentCampaign(*row, not_counted=counts.get(row.id, (0, 0, 0))[0], mark=counts.get(row.id, (0, 0, 0)))
                for row in rows
            ),
        )

    def restored_at(self, draft_id: str | None, days: int) -> int | None:
        """Return when a restored database was noticed, if sending this draft has to acknowledge it; else None.

        Campaigns may be missing in such a database. ``draft_id`` is None for a spreadsheet without a draft. The moment
        is in UTC epoch seconds.
        """
        with self._database.read() as connection:
            return needs_acknowledgement(connection, clock(connection), draft_id, days)

    def key_parts(self, campaign_id: int) -> Iterator[bytes]:
        """Yield the keys of the campaign's destinations, in parts as they were given; older versions stored none."""
        return read_parts(self._database, destination_keys, campaign_id)

    def destinations(self, campaign_id: int) -> Iterator[Sequence[tuple[int, str]]]:
        """Yield row and first destination of every contact of the campaign, in the sheet's order, in chunks."""
        query = sa.select(recipient.c.row, recipient.c.destination).where(*IN_RANGE).order_by(recipient.c.row)
        for given in row_ranges(self._database, campaign_id):
            with self._database.read() as connection:
                rows = [(row.row, row.destination) for row in connection.execute(query, given)]
            if rows:
                yield rows

    def rows_not_counted(self, campaign_id: int, since: float) -> Sequence[int]:
        """Return the rows of contacts that were refused, cancelled, or sent to before ``since``."""
        of_it = request.c.campaign_id == campaign_id
        requests = sa.select(request.c.number).where(of_it, sa.or_(_NOT_SENT, request.c.finished_at <= since))
        with self._database.read() as connection:
            numbers = connection.scalars(requests).all()
            if self._database.is_postgresql:
                return connection.scalars(_ROWS_POSTGRESQL, {"the_campaign": campaign_id, "numbers": numbers}).all()
            return connection.scalars(_ROWS_SQLITE, {"the_campaign": campaign_id, "numbers": to_text(numbers)}).all()

    def decision(self, campaign_id: int) -> RecentSendsDecision | None:
        """Return the decision made when the campaign was created; None if there was nothing to decide."""
        query = sa.select(decision).where(
            decision.c.campaign_id == campaign_id, decision.c.what.startswith(DECIDED, autoescape=True)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        params: Mapping[str, Any] = from_text(row.params)
        return RecentSendsDecision(row.what.removeprefix(DECIDED), row.who, params["contacts"], params["days"])


def _not_counted(
    connection: sa.Connection, made_at: Mapping[int, float], since: float
) -> Mapping[int, tuple[int, int, int]]:
    """Return the contacts that do not count, by campaign, with two sums that identify their requests."""
    # A campaign created within the window sent nothing before it, so the times of its requests need not be read.
    old = [at for at, made in made_at.items() if made <= since]
    counts = _counts(connection, made_at.keys() - set(old), _NOT_SENT)
    return counts | _counts(connection, old, sa.or_(_NOT_SENT, request.c.finished_at <= since))


def _counts(
    connection: sa.Connection, campaign_ids: Collection[int], condition: sa.ColumnElement[bool]
) -> dict[int, tuple[int, int, int]]:
    """Return the same three numbers for the requests that meet ``condition``."""
    if not campaign_ids:
        return {}
    query = (
        sa.select(
            request.c.campaign_id, sa.func.sum(request.c.contacts), sa.func.count(), sa.func.sum(request.c.number)
        )
        .where(request.c.campaign_id.in_(campaign_ids), condition)
        .group_by(request.c.campaign_id)
    )
    return {at: (int(contacts), count, int(numbers)) for at, contacts, count, numbers in connection.execute(query)}
