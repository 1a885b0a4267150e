"""Campaigns as the console and the commands use them: created whole or not at all, steered and read.

A campaign changes its state only as ``omni.store.campaign_states`` allows. Contacts are read page by page, or all of
them in order.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from omni.core.campaign import Campaign, CampaignSummary, ContactState, IdsApart, Progress, Reason, Recipient
from omni.errors import CampaignError
from omni.store import campaign_states
from omni.store.campaigns.pause_reason import reason_from_text
from omni.store.campaigns.progress import read_history, read_progress
from omni.store.database import Database
from omni.store.people.taught_answers import TaughtAnswers
from omni.store.schema import campaign, ids_apart, request, request_body, sheet_part

if TYPE_CHECKING:
    from omni.store.campaigns.campaign_rows import ContactChunk
    from omni.store.campaigns.creation import Created, NewCampaign, PreparedRequest
    from omni.store.campaigns.recipients import AnsweredRequest, RecipientPage
    from omni.store.ledger.rereading import KeptAnswer

_NOT_SHOWN: Final = ("failed_in_a_row", "failed", "judged", "list_revision", "suppress")


class Campaigns:
    """All campaigns of one database. An id that does not exist raises ``CampaignError("campaign.not_found")``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        new: NewCampaign,
        requests: Iterable[PreparedRequest],
        sheet_parts: Iterable[bytes],
        key_parts: Iterable[bytes] = (),
    ) -> Created:
        """Create the campaign in one transaction, or find the one that its key created before."""
        from omni.store.campaigns.creation import create_campaign

        return create_campaign(self._database, new, requests, sheet_parts, key_parts)

    def has_made(self, key: str) -> bool:
        """Tell whether a campaign was created under this key."""
        with self._database.read() as connection:
            return bool(connection.scalar(sa.select(sa.exists().where(campaign.c.key == key))))

    def get(self, campaign_id: int) -> Campaign:
        """Return the campaign as it was frozen, with its present state."""
        query = sa.select(campaign).where(campaign.c.id == campaign_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise CampaignError("campaign.not_found", id=campaign_id)
        values = {name: value for name, value in row._mapping.items() if name not in _NOT_SHOWN}
        return Campaign(template_json=values.pop("template"), reason=reason_from_text(values.pop("reason")), **values)

    def list(self) -> tuple[CampaignSummary, ...]:
        """Return all campaigns, newest first."""
        with self._database.read() as connection:
            return read_history(connection)

    def progress(self, campaign_id: int) -> Progress:
        """Return the progress of the campaign."""
        with self._database.read() as connection:
            return read_progress(connection, campaign_id)

    def pause(self, campaign_id: int, reason: Reason | None = None) -> None:
        """Pause a running campaign. Raises ``CampaignError("campaign.state")`` in any other state."""
        with self._database.write() as connection:
            campaign_states.pause(connection, campaign_id, reason)

    def resume(self, campaign_id: int) -> None:
        """Let a paused campaign run. Raises ``CampaignError("campaign.state")`` in any other state."""
        with self._database.write() as connection:
            campaign_states.resume(connection, campaign_id)

    def reschedule(self, campaign_id: int, start_at: float | None, zone: str | None) -> None:
        """Let a paused campaign start by itself at ``start_at``, or, for None, only when an operator resumes it.

        Raises ``CampaignError("campaign.state")`` in any other state.
        """
        with self._database.write() as connection:
            campaign_states.reschedule(connection, campaign_id, start_at, zone)

    def cancel(self, campaign_id: int) -> int:
        """End the campaign without sending its pending requests; return how many contacts these have.

        Requests in flight run to their end. Raises ``CampaignError("campaign.state")``.
        """
        with self._database.write() as connection:
            return campaign_states.cancel(connection, campaign_id)

    def body(self, campaign_id: int, number: int) -> bytes:
        """Return the bytes of one request as they are posted."""
        query = sa.select(request_body.c.body).join(request, request.c.id == request_body.c.request_id)
        with self._database.read() as connection:
            packed = connection.scalar(query.where(request.c.campaign_id == campaign_id, request.c.number == number))
        if packed is None:
            raise CampaignError("campaign.not_found", id=campaign_id)
        return zlib.decompress(packed)

    def recipients(
        self,
        campaign_id: int,
        *,
        state: ContactState | None = None,
        search: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> RecipientPage:
        """Return a page of contacts in the sheet's order; ``search`` is a row number or part of a destination."""
        from omni.store.campaigns import recipients

        with self._database.read() as connection:
            return recipients.read_page(connection, campaign_id, state=state, search=search, limit=limit, offset=offset)

    def recipients_of_request(self, campaign_id: int, number: int, limit: int) -> Sequence[Recipient]:
        """Return the first contacts of a request, by their positions in it."""
        from omni.store.campaigns import recipients

        with self._database.read() as connection:
            return recipients.read_of_request(connection, campaign_id, number, limit)

    def kept_answer(self, campaign_id: int, number: int) -> KeptAnswer | None:
        """Return the answer to the last attempt at a request, or None if there is none of success."""
        from omni.store.ledger.rereading import kept_answer

        return kept_answer(self._database, campaign_id, number)

    def contact_chunks(self, campaign_id: int) -> Iterator[ContactChunk]:
        """Yield every contact in the sheet's order, some thousands at a time as columns."""
        from omni.store.campaigns.campaign_rows import read_all

        return read_all(self._database, campaign_id)

    def answers(self, campaign_id: int, numbers: Collection[int] | None = None) -> Iterator[AnsweredRequest]:
        """Yield the answers to all requests, or to those of ``numbers``, by number and attempt."""
        from omni.store.campaigns import recipients

        return recipients.read_answers(self._database, campaign_id, numbers)

    def ids_apart(self, campaign_id: int) -> IdsApart:
        """Return how many ids belong to no contact with certainty, and the first request with any."""
        query = (
            sa.select(sa.func.count(), sa.func.sum(ids_apart.c.ids), sa.func.min(request.c.number))
            .join(request, request.c.id == ids_apart.c.request_id)
            .where(ids_apart.c.campaign_id == campaign_id)
        )
        with self._database.read() as connection:
            requests, ids, first = connection.execute(query).one()
        return IdsApart(int(requests), int(ids or 0), int(first or 0))

    def with_ids_apart(self) -> Collection[int]:
        """Return the campaigns with ids that belong to no contact with certainty."""
        with self._database.read() as connection:
            return set(connection.scalars(sa.select(ids_apart.c.campaign_id).distinct()))

    def taught_answer(self) -> str:
        """Return where the ids are in answers, as it was taught last, as JSON; ``""`` if nothing counts."""
        latest = TaughtAnswers(self._database).latest()
        return latest.body if latest else ""

    def sheet_parts(self, campaign_id: int) -> Iterator[bytes]:
        """Yield the parts of the original sheet, in order, as they were given."""
        from omni.store.campaigns.campaign_rows import read_parts

        return read_parts(self._database, sheet_part, campaign_id)
