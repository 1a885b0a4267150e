"""Campaigns to create in a database, and possible answers to their requests."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from omni.core.campaign import Outcome, Receipt, Recipient
from omni.ports import Answer, Claimed, Finished
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.creation import NewCampaign, PreparedRequest
from omni.store.database import Database
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from tests.builders import phone, sms_template

ME = "seat.1"
SENDS = Sends(practice=True, account="operator", endpoint="https://example.com/", rate=10_000.0)


def new_campaign(key: str = "key", **changes: Any) -> NewCampaign:
    """Build a practice campaign that runs at once."""
    given: dict[str, Any] = {
        "name": "November",
        "practice": True,
        "account": "practice",
        "endpoint": "practice",
        "template_json": json.dumps(sms_template()),
        "details": '{"file": "contacts.xlsx"}',
        "created_by": "ana",
    }
    return NewCampaign(key=key, **(given | changes))


def live_campaign(key: str = "key", **changes: Any) -> NewCampaign:
    """Build a campaign of the account that ``SENDS`` can send."""
    given = {"practice": False, "account": SENDS.account, "endpoint": SENDS.endpoint}
    return new_campaign(key, **(given | changes))


def prepared(contacts: int, batch: int = 1, first_row: int = 2) -> list[PreparedRequest]:
    """Build requests in sheet order with bodies as the provider accepts them."""
    rows = range(first_row, first_row + contacts)
    return [
        request(number, rows[start : start + batch]) for number, start in enumerate(range(0, contacts, batch), start=1)
    ]


def request(number: int, rows: Sequence[int]) -> PreparedRequest:
    """Build one request to the contacts in these rows; the phone of row 7 ends in 7."""
    phones = [phone(row) for row in rows]
    body = {"contacts": [{"contactInfo": {"phone1": each}} for each in phones], "template": sms_template()}
    return PreparedRequest(number, json.dumps(body).encode(), rows, phones, [0] * len(rows))


def make(database: Database, contacts: int = 3, batch: int = 1, **changes: Any) -> int:
    """Create a campaign and return its id."""
    new = new_campaign(**({"key": f"key-{time.monotonic_ns()}"} | changes))
    return Campaigns(database).create(new, prepared(contacts, batch), []).id


def claim(database: Database, room: int = 100, owner: str = ME, sends: Sends = SENDS) -> Sequence[Claimed]:
    """Claim requests as a worker that may send everything."""
    return Ledger(database, sends).turn(owner, [], room)[0]


def record(database: Database, *finished: Finished, owner: str = ME) -> None:
    """Record results without claiming more."""
    Ledger(database, SENDS).turn(owner, finished, 0)


def answered(status: int | None = 200, raw: bytes = b"{}", failure: str | None = None) -> Answer:
    """Build an answer, complete unless there was a failure."""
    return Answer(status, raw, failure, None, time.time())


def accepted(claimed: Claimed, batch_id: str = "batch-1") -> Finished:
    """Build the result of a request whose contacts were all accepted."""
    receipts = tuple(Receipt(at, f"id-{claimed.number}-{at}", None) for at in range(claimed.contacts))
    return claimed, answered(), Outcome("accepted", "accepted", batch_id, receipts, status=200)


def refused(claimed: Claimed) -> Finished:
    """Build the result of a definite refusal."""
    return claimed, answered(400), Outcome("refused", "refused", status=400)


def unknown(claimed: Claimed, *paired: int) -> Finished:
    """Build the result of a cut answer, with ids for the contacts in the places ``paired``."""
    receipts = tuple(Receipt(at, f"id-{claimed.number}-{at}", None) for at in paired)
    return claimed, answered(failure="cut"), Outcome("unknown", "cut", receipts=receipts, status=200)


def slowed(claimed: Claimed, retry_after: float = 60.0) -> Finished:
    """Build the result of a rate-limited request, of which the provider took nothing."""
    return claimed, answered(429), Outcome("pending", "rate_limited", status=429, retry_after=retry_after)


def not_loaded(claimed: Claimed) -> Finished:
    """Build the result of a request that never left this machine, for a reason that concerns only this request."""
    answer = Answer(None, b"", "not_started", None, time.time())
    return claimed, answer, Outcome("pending", "request.not_started")


def all_recipients(campaigns: Campaigns, campaign_id: int) -> Sequence[Recipient]:
    """Return every contact in sheet order."""
    return campaigns.recipients(campaign_id, limit=1_000_000).recipients


def none_posted(known: Mapping[int, int]) -> Mapping[int, int]:
    """Act as an empty claim journal."""
    return {}


def states(database: Database, campaign_id: int) -> str:
    """Return the first letter of each contact's state in sheet order: ``ppsau``."""
    return "".join(each.state[0] for each in all_recipients(Campaigns(database), campaign_id))
