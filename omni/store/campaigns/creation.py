"""Creation of a campaign: stored whole or not at all, and one campaign per key however often it is asked for."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa

from omni.core.suppression import Suppress
from omni.errors import CampaignError
from omni.store.campaigns.launch_guard import RecentSendsSeen, require_recent_sends_seen, wait_for_turn
from omni.store.database import Database, clock, insert_if_new, insert_many
from omni.store.json_text import storable
from omni.store.people.do_not_contact import read_revision
from omni.store.restored.notice import require_acknowledgement
from omni.store.schema import (
    NUMBER_BITS,
    campaign,
    destination_keys,
    draft,
    recipient,
    request,
    request_body,
    sheet_part,
)

_REQUESTS_A_FLUSH: Final = 2_000
_CONTACTS_A_FLUSH: Final = 20_000
_RECIPIENT: Final = ("campaign_id", "row", "request_number", "position", "destination", "plan")


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign about to be created.

    ``template_json`` and ``details`` are JSON that is kept as it is. The same ``key`` never creates a second campaign.
    ``draft_id`` is the draft that becomes this campaign. With ``start_at`` (UTC epoch seconds) it is paused until then;
    ``start_zone`` is the time zone the operator chose it in. ``canary`` is the number of first requests that are sent
    before it is held, so that the operator can check. ``list_revision`` is the revision of the do-not-contact list that
    none of its contacts is on; None for the list as it is. ``suppress`` is what an entry that comes onto the list later
    keeps from being sent to.

    ``seen`` are the earlier campaigns that were checked for recent sends; with None it is created no matter what was
    sent before. ``acknowledged`` is when a restored database was noticed (UTC epoch seconds), if an operator was shown
    this; ``ask_days`` is for how many days an acknowledgement is required (``omni.store.restored.notice``).
    """

    key: str
    name: str
    practice: bool
    account: str
    endpoint: str
    template_json: str
    details: str
    created_by: str
    state: Literal["running", "paused"] = "running"
    draft_id: str | None = None
    start_at: float | None = None
    start_zone: str | None = None
    canary: int | None = None
    list_revision: int | None = None
    suppress: Suppress = "contact"
    seen: RecentSendsSeen | None = None
    acknowledged: int | None = None
    ask_days: int = 0


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """One POST, ready to be sent: its bytes, and row, destination and step plan of each of its contacts."""

    number: int
    body: bytes
    rows: Sequence[int]
    destinations: Sequence[str]
    plans: Sequence[int]


@dataclass(frozen=True, slots=True)
class Created:
    """The campaign of a key; ``is_new`` is false when the key had created it before."""

    id: int
    is_new: bool


def create_campaign(
    database: Database,
    new: NewCampaign,
    requests: Iterable[PreparedRequest],
    sheet_parts: Iterable[bytes],
    key_parts: Iterable[bytes] = (),
) -> Created:
    """Store the campaign with all its requests in one transaction, or find the one that its key created before.

    Raises ``CampaignError``: ``campaign.empty`` without a contact; ``campaign.repeats_changed`` when a campaign was
    created since that is not among those ``seen``; ``campaign.put_back`` when a real campaign may have been sent before
    the database was restored, and this was not ``acknowledged``.
    """
    with database.write() as connection:
        if new.seen is not None:
            wait_for_turn(connection, new.practice)
        now = clock(connection)
        made = connection.scalar(
            insert_if_new(connection, campaign)
            .values(
                key=new.key,
                name=storable(new.name),
                practice=new.practice,
                state=new.state if new.start_at is None else "paused",
                start_at=new.start_at,
                start_zone=new.start_zone,
                canary=new.canary,
                account=new.account,
                endpoint=new.endpoint,
                template=new.template_json,
                list_revision=read_revision(connection) if new.list_revision is None else new.list_revision,
                suppress=new.suppress,
                details=new.details,
                contacts=0,
                requests=0,
                created_by=new.created_by,
                created_at=now,
            )
            .returning(campaign.c.id)
        )
        if made is None:
            return Created(_made_before(connection, new.key), is_new=False)
        if not new.practice:
            require_acknowledgement(connection, now, new.draft_id, new.ask_days, new.acknowledged)
        if new.seen is not None:
            require_recent_sends_seen(connection, made, new.practice, new.seen, new.created_by, now)
        totals = _insert_requests(connection, made, requests)
        for table, parts in ((sheet_part, sheet_parts), (destination_keys, key_parts)):
            for part, blob in enumerate(parts, start=1):
                connection.execute(table.insert().values(campaign_id=made, part=part, blob=blob))
        counted = campaign.update().values(contacts=totals["contacts"], requests=totals["requests"])
        connection.execute(counted.where(campaign.c.id == made))
        if new.draft_id is not None:
            connection.execute(
                draft.update().where(draft.c.id == new.draft_id).values(state="sent", campaign_id=made, updated_at=now)
            )
        return Created(made, is_new=True)


def _made_before(connection: sa.Connection, key: str) -> int:
    return int(connection.execute(sa.select(campaign.c.id).where(campaign.c.key == key)).scalar_one())


def _insert_requests(
    connection: sa.Connection, campaign_id: int, requests: Iterable[PreparedRequest]
) -> dict[str, int]:
    # Request ids begin at a random number, so that no id is ever used twice, not even by a database that was restored
    # and then developed differently: the claim journal beside it names requests by their ids.
    first = secrets.randbits(62 - NUMBER_BITS) << NUMBER_BITS
    totals = {"contacts": 0, "requests": 0}
    for group in _grouped(requests):
        numbered = [(first + each.number, each) for each in group]
        insert_many(
            connection,
            request,
            ("id", "campaign_id", "number", "contacts"),
            ((made, campaign_id, each.number, len(each.rows)) for made, each in numbered),
        )
        insert_many(
            connection,
            request_body,
            ("request_id", "body"),
            ((made, zlib.compress(each.body, 1)) for made, each in numbered),
        )
        insert_many(connection, recipient, _RECIPIENT, _recipients(campaign_id, group))
        totals["contacts"] += sum(len(each.rows) for each in group)
        totals["requests"] += len(group)
    if not totals["contacts"]:
        raise CampaignError("campaign.empty")
    return totals


def _grouped(requests: Iterable[PreparedRequest]) -> Iterator[list[PreparedRequest]]:
    group: list[PreparedRequest] = []
    contacts = 0
    for each in requests:
        group.append(each)
        contacts += len(each.rows)
        if len(group) >= _REQUESTS_A_FLUSH or contacts >= _CONTACTS_A_FLUSH:
            yield group
            group, contacts = [], 0
    if group:
        yield group


def _recipients(campaign_id: int, group: Iterable[PreparedRequest]) -> Iterator[tuple[object, ...]]:
    for each in group:
        contacts = zip(each.rows, each.destinations, each.plans, strict=True)
        for position, (row, destination, plan) in enumerate(contacts):
            yield campaign_id, row, each.number, position, storable(destination), plan
