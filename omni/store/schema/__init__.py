"""The tables, a module a subject. Every time is in UTC epoch seconds, and every JSON column is text.

``request`` is the only table that is written again and again, so it is kept narrow, and counted as it changes; bodies,
answers, recipients and sheet parts are written once, in tables of their own, and changed only when somebody is taken
out of a request (``omni.store.withholding``). A change of the schema comes as a new file in ``migrations/versions``; a
test holds the two alike.
"""

from __future__ import annotations

from omni.store.schema.campaigns import (
    IS_PROOF,
    IS_RESENT,
    IS_WITHHELD,
    campaign,
    decision,
    destination_keys,
    recipient,
    sheet_part,
)
from omni.store.schema.counting import COUNTED, request_count, request_pace
from omni.store.schema.people import do_not_contact
from omni.store.schema.preparing import contact_list, draft, saved_mapping, saved_template
from omni.store.schema.requests import (
    ACCEPTED,
    CANCELLED,
    IS_PENDING,
    IS_SENDING,
    IS_UNKNOWN,
    PENDING,
    REFUSED,
    SENDING,
    STATE_NAMES,
    UNKNOWN,
    answer,
    paired_contact,
    request,
    request_body,
)
from omni.store.schema.shared import metadata
from omni.store.schema.working import limiter, revision, worker

__all__ = [
    "ACCEPTED",
    "CANCELLED",
    "COUNTED",
    "IS_PENDING",
    "IS_PROOF",
    "IS_RESENT",
    "IS_SENDING",
    "IS_UNKNOWN",
    "IS_WITHHELD",
    "PENDING",
    "REFUSED",
    "SENDING",
    "STATE_NAMES",
    "UNKNOWN",
    "answer",
    "campaign",
    "contact_list",
    "decision",
    "destination_keys",
    "do_not_contact",
    "draft",
    "limiter",
    "metadata",
    "paired_contact",
    "recipient",
    "request",
    "request_body",
    "request_count",
    "request_pace",
    "revision",
    "saved_mapping",
    "saved_template",
    "sheet_part",
    "worker",
]  # fmt: skip
