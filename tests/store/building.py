"""Campaigns to put into a database, and what may come back for their requests."""

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
    """A practice campaign that runs at once."""
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
    """A campaign of the account that ``SENDS`` can send."""
    given = {"practice": False, "account": SENDS.account, "endpoint": SENDS.endpoint}
    return new_campaign(key, **(given | changes))


def prepared(contacts: int, batch: int = 1, first_row: int = 2) -> list[PreparedRequest]:
    """Requests in the sheet's order; the body of each is what the provider takes."""
    rows = range(first_row, first_row + contacts)
    return [
        request(number, rows[start : start + batch]) for number, start in enumerate(range(0, contacts, batch), start=1)
    ]


def request(number: int, rows: Sequence[int]) -> PreparedRequest:
    """One request to the contacts of these rows; the phone of row 7 ends in 7."""
    phones = [phone(row) for row in rows]
    body = {"contacts": [{"contactInfo": {"phone1": each}} for each in phones], "template": sms_template()}
    return PreparedRequest(number, json.dumps(body).encode(), rows, phones, [0] * len(rows))


def make(database: Database, contacts: int = 3, batch: int = 1, **changes: Any) -> int:
    """A new campaign's id."""
    new = new_campaign(**({"key": f"key-{time.monotonic_ns()}"} | changes))
    return Campaigns(database).create(new, prepared(contacts, batch), []).id


def claim(database: Database, room: int = 100, owner: str = ME, sends: Sends = SENDS) -> Sequence[Claimed]:
    """What a worker that may send everything gets."""
    return Ledger(database, sends).turn(owner, [], room)[0]


def record(database: Database, *finished: Finished, owner: str = ME) -> None:
    """Record and claim nothing."""
    Ledger(database, SENDS).turn(owner, finished, 0)


def answered(status: int | None = 200, raw: bytes = b"{}", failure: str | None = None) -> Answer:
    """An answer, read to its end unless there was a failure."""
    return Answer(status, raw, failure, None, time.time())


def accepted(claimed: Claimed, batch_id: str = "batch-1") -> Finished:
    """Everything went well."""
    receipts = tuple(Receipt(at, f"id-{claimed.number}-{at}", None) for at in range(claimed.contacts))
    return claimed, answered(), Outcome("accepted", "accepted", batch_id, receipts, status=200)


def refused(claimed: Claimed) -> Finished:
    """A definite no."""
    return claimed, answered(400), Outcome("refused", "refused", status=400)


def unknown(claimed: Claimed, *paired: int) -> Finished:
    """A broken answer; the contacts in the places ``paired`` have their ids all the same."""
    receipts = tuple(Receipt(at, f"id-{claimed.number}-{at}", None) for at in paired)
    return claimed, answered(failure="cut"), Outcome("unknown", "cut", receipts=receipts, status=200)


def slowed(claimed: Claimed, retry_after: float = 60.0) -> Finished:
    """The provider asks for patience and took nothing."""
    return claimed, answered(429), Outcome("pending", "rate_limited", status=429, retry_after=retry_after)


def not_loaded(claimed: Claimed) -> Finished:
    """It never left this machine, for a reason that concerns this request alone."""
    answer = Answer(None, b"", "not_started", None, time.time())
    return claimed, answer, Outcome("pending", "request.not_started")


def all_recipients(campaigns: Campaigns, campaign_id: int) -> Sequence[Recipient]:
    """Every contact in the sheet's order."""
    return campaigns.recipients(campaign_id, limit=1_000_000).recipients


def none_posted(known: Mapping[int, int]) -> Mapping[int, int]:
    """A journal with nothing in it."""
    return {}


def states(database: Database, campaign_id: int) -> str:
    """The state of each contact in the sheet's order, by its first letter: ``ppsau``."""
    return "".join(each.state[0] for each in all_recipients(Campaigns(database), campaign_id))
