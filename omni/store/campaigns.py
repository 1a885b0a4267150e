"""Campaigns: made whole or not at all, steered by legal moves alone, read page by page or from end to end."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import Campaign, CampaignSummary, ContactState, Progress, Reason
from omni.errors import CampaignError
from omni.store import campaign_states, recipients
from omni.store.campaign_rows import ContactChunk, read_all, read_parts
from omni.store.creation import Created, NewCampaign, PreparedRequest, create_campaign
from omni.store.database import Database
from omni.store.pause_reason import reason_from_text
from omni.store.progress import read_history, read_progress
from omni.store.recipients import AnsweredRequest, RecipientPage
from omni.store.schema import campaign, request, request_body, sheet_part

_NOT_SHOWN: Final = ("failed_in_a_row", "failed", "judged", "list_revision")


class Campaigns:
    """All campaigns of one database. One that is not there raises ``CampaignError("campaign.not_found")``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        new: NewCampaign,
        requests: Iterable[PreparedRequest],
        sheet_parts: Iterable[bytes],
        key_parts: Iterable[bytes] = (),
    ) -> Created:
        """Make the campaign in one transaction, or find the one its key made before."""
        return create_campaign(self._database, new, requests, sheet_parts, key_parts)

    def has_made(self, key: str) -> bool:
        """Whether a campaign was made under this key."""
        with self._database.read() as connection:
            return bool(connection.scalar(sa.select(sa.exists().where(campaign.c.key == key))))

    def get(self, campaign_id: int) -> Campaign:
        """The campaign as it was frozen, and its state."""
        query = sa.select(campaign).where(campaign.c.id == campaign_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise CampaignError("campaign.not_found", id=campaign_id)
        values = {name: value for name, value in row._mapping.items() if name not in _NOT_SHOWN}
        return Campaign(template_json=values.pop("template"), reason=reason_from_text(values.pop("reason")), **values)

    def list(self) -> tuple[CampaignSummary, ...]:
        """All campaigns, newest first."""
        with self._database.read() as connection:
            return read_history(connection)

    def progress(self, campaign_id: int) -> Progress:
        """How far the campaign is."""
        with self._database.read() as connection:
            return read_progress(connection, campaign_id)

    def pause(self, campaign_id: int, reason: Reason | None = None) -> None:
        """running -> paused. Raises ``CampaignError("campaign.state")`` from any other state."""
        with self._database.write() as connection:
            campaign_states.pause(connection, campaign_id, reason)

    def resume(self, campaign_id: int) -> None:
        """paused -> running. Raises ``CampaignError("campaign.state")`` from any other state."""
        with self._database.write() as connection:
            campaign_states.resume(connection, campaign_id)

    def reschedule(self, campaign_id: int, start_at: float | None, zone: str | None) -> None:
        """Let a paused campaign start by itself at ``start_at``, or, for None, wait for a person.

        Raises ``CampaignError("campaign.state")`` from any other state.
        """
        with self._database.write() as connection:
            campaign_states.reschedule(connection, campaign_id, start_at, zone)

    def cancel(self, campaign_id: int) -> int:
        """End the campaign: what is pending is never sent; returns how many contacts that are.

        Requests on their way run to their end. Raises ``CampaignError("campaign.state")``.
        """
        with self._database.write() as connection:
            return campaign_states.cancel(connection, campaign_id)

    def body(self, campaign_id: int, number: int) -> bytes:
        """The bytes of one request, as they are posted."""
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
        """A page of contacts in the sheet's order; ``search`` is a row number or part of a destination."""
        with self._database.read() as connection:
            return recipients.read_page(connection, campaign_id, state=state, search=search, limit=limit, offset=offset)

    def contact_chunks(self, campaign_id: int) -> Iterator[ContactChunk]:
        """Every contact in the sheet's order, some thousand at a time as columns."""
        return read_all(self._database, campaign_id)

    def answers(self, campaign_id: int, numbers: Collection[int] | None = None) -> Iterator[AnsweredRequest]:
        """What came back for all requests, or for those of ``numbers``, by number and attempt."""
        return recipients.read_answers(self._database, campaign_id, numbers)

    def sheet_parts(self, campaign_id: int) -> Iterator[bytes]:
        """The parts of the original sheet, in order, as they were given."""
        return read_parts(self._database, sheet_part, campaign_id)
