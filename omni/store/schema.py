"""Tables of the database: preparation, campaigns, requests, decisions, counts, do-not-contact list and workers.

Every time is in UTC epoch seconds, and every JSON column is text.

``request`` is the only table that is written all the time, so it is kept narrow, and its rows are counted as they
change. Bodies, answers, recipients and sheet parts are written once, in tables of their own, and changed only when a
contact is removed from a request (``omni.store.ledger.withholding``).

A change of the schema is a new file in ``migrations/versions``; a test compares the result with these tables.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from omni.core.campaign import ContactState

metadata = sa.MetaData()
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

PENDING, SENDING, ACCEPTED, REFUSED, UNKNOWN, CANCELLED = range(6)
STATE_NAMES: Final[tuple[ContactState, ...]] = (
    "pending", "sending", "accepted", "refused", "unknown", "cancelled",
)  # fmt: skip

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id")),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.CheckConstraint("state IN ('open', 'sent')", name="draft_state"),
)

saved_template = sa.Table(
    "saved_template",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
)

saved_mapping = sa.Table(
    "saved_mapping",
    metadata,
    sa.Column("shape", sa.Text, primary_key=True),
    sa.Column("mapping", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
)
"""Columns of a spreadsheet as they were last matched, by the shape of the spreadsheet."""

contact_list = sa.Table(
    "contact_list",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)
"""Contact lists kept under a name; ``body`` describes the list, whose rows are in a file."""

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("practice", sa.Boolean, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    sa.Column("list_revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("start_at", sa.Double),
    sa.Column("start_zone", sa.Text),
    sa.Column("canary", sa.Integer),
    sa.Column("failed_in_a_row", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("judged", sa.Integer, nullable=False, server_default="0"),
    sa.Column("suppress", sa.Text, nullable=False, server_default="destination"),
    sa.CheckConstraint("state IN ('running', 'paused', 'cancelled', 'done')", name="campaign_state"),
)
"""``start_at`` is when a paused campaign starts by itself; ``canary`` is the number of its first requests that are sent
before it is held. ``failed_in_a_row``, ``failed`` and ``judged`` count requests since it was last started, for the halt
rule. ``list_revision`` is the revision of the do-not-contact list it was checked against, ``suppress`` what an entry
of that list keeps from being sent to: ``contact`` or ``destination``. The default is the rule of the campaigns that
were created before there was a choice."""

_IS_RUNNING = campaign.c.state == sa.literal_column("'running'")
sa.Index("campaign_running", campaign.c.id, sqlite_where=_IS_RUNNING, postgresql_where=_IS_RUNNING)
_IS_SCHEDULED = campaign.c.start_at.is_not(None)
sa.Index("campaign_scheduled", campaign.c.start_at, sqlite_where=_IS_SCHEDULED, postgresql_where=_IS_SCHEDULED)

recipient = sa.Table(
    "recipient",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("request_number", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("plan", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Contacts of a campaign: the row in the sheet, the position in a request, the first destination, and the steps that
reach it (``plan``, a bit per step)."""

sheet_part = sa.Table(
    "sheet_part",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("blob", sa.LargeBinary, nullable=False),
)
"""The original sheet, in numbered parts."""

destination_keys = sa.Table(
    "destination_keys",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("blob", sa.LargeBinary, nullable=False),
)
"""All destinations of a campaign as numbers, by which later campaigns recognise its contacts."""

NUMBER_BITS: Final = 24
"""Bits of a request id that hold the request's number; the ids of a campaign share the bits above."""

request = sa.Table(
    "request",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("state", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("claimed_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    sa.Column("not_before", sa.Double, nullable=False, server_default="0"),
    sa.Column("status", sa.Integer),
    sa.Column("batch_id", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("params", sa.Text),
    sa.Column("paired", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("campaign_id", "number", name="request_number"),
    sa.CheckConstraint("state BETWEEN 0 AND 5", name="request_state"),
)
"""One POST each. ``paired`` is the number of its contacts that have an id although the request is unknown."""

IS_PENDING = request.c.state == sa.literal_column(str(PENDING))
IS_SENDING = request.c.state == sa.literal_column(str(SENDING))
IS_UNKNOWN = request.c.state == sa.literal_column(str(UNKNOWN))
"""These three conditions contain literals: with a parameter neither database would recognise that the partial index
applies."""

sa.Index(
    "request_pending",
    request.c.campaign_id,
    request.c.not_before,
    request.c.number,
    sqlite_where=IS_PENDING,
    postgresql_where=IS_PENDING,
)
sa.Index(
    "request_sending",
    request.c.owner,
    request.c.campaign_id,
    sqlite_where=IS_SENDING,
    postgresql_where=IS_SENDING,
)
sa.Index(
    "request_unknown",
    request.c.campaign_id,
    request.c.detail,
    request.c.number,
    request.c.contacts,
    request.c.paired,
    request.c.attempt,
    request.c.finished_at,
    sqlite_where=IS_UNKNOWN,
    postgresql_where=IS_UNKNOWN,
)
sa.Index(
    "request_progress",
    request.c.campaign_id,
    request.c.state,
    request.c.number,
    request.c.contacts,
    request.c.paired,
)

request_body = sa.Table(
    "request_body",
    metadata,
    sa.Column("request_id", Id, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""The bytes that are posted, compressed."""

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("request_id", Id, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("status", sa.Integer),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("failure", sa.Text),
    sa.Column("received_at", sa.Double, nullable=False),
)
"""The raw answer to each attempt; ``raw`` is compressed."""

paired_contact = sa.Table(
    "paired_contact",
    metadata,
    sa.Column("request_id", Id, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Contacts that have an id although their request is unknown."""

ids_apart = sa.Table(
    "ids_apart",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("request_id", Id, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ids", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Answers with ids that belong to no contact with certainty, and how many such ids each has."""

taught_answer = sa.Table(
    "taught_answer",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("taught_by", sa.Text, nullable=False),
    sa.Column("taught_at", sa.Double, nullable=False),
)
"""Where the ids are in the provider's answers, as operators taught it; the last row counts, ``""`` is nothing."""

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), nullable=False, index=True),
    sa.Column("request_id", Id, sa.ForeignKey("request.id")),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("params", sa.Text),
)
"""One row per request, and one without a request for an operator's act as a whole."""

_IS_ACT = decision.c.request_id.is_(None)
sa.Index("decision_act", decision.c.campaign_id, sqlite_where=_IS_ACT, postgresql_where=_IS_ACT)
IS_WITHHELD: Final = decision.c.what == sa.literal_column("'withheld.do_not_contact'")
"""A literal, as in the next two: SQLite uses a partial index only for a condition without parameters."""
IS_PROOF: Final = decision.c.what == sa.literal_column("'proof.earlier_attempt'")
IS_RESENT: Final = decision.c.what == sa.literal_column("'unknown.resend'")
sa.Index("decision_withheld", decision.c.campaign_id, sqlite_where=IS_WITHHELD, postgresql_where=IS_WITHHELD)
sa.Index("decision_proof", decision.c.campaign_id, sqlite_where=IS_PROOF, postgresql_where=IS_PROOF)
sa.Index("decision_resent", decision.c.request_id, sqlite_where=IS_RESENT, postgresql_where=IS_RESENT)

# No foreign key to the campaign: to check it, PostgreSQL would lock the campaign's row, which a claim does not lock.
request_count = sa.Table(
    "request_count",
    metadata,
    sa.Column("campaign_id", Id, primary_key=True, autoincrement=False),
    sa.Column("state", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("paired", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 50},
)
"""Requests and contacts of a campaign by state. Triggers keep these rows (``migrations/versions/0007_counts.py``), so
that no statement can forget them. A count is the sum over the slots. On PostgreSQL each session has a slot of its own,
so that no transaction ever waits for the count of another one; a single slot may be below zero. On SQLite, with one
writer at a time, there is only slot 0."""

request_pace = sa.Table(
    "request_pace",
    metadata,
    sa.Column("campaign_id", Id, primary_key=True, autoincrement=False),
    sa.Column("second", Id, primary_key=True, autoincrement=False),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 50},
)
"""Contacts of the requests whose ``finished_at`` lies in that second, kept by triggers and in slots as well."""

COUNTED = (request_count, request_pace)
"""Tables whose rows are kept by triggers."""

do_not_contact = sa.Table(
    "do_not_contact",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("added_at", sa.Double, nullable=False),
    sa.Index("do_not_contact_added", "added_at"),
)
"""Destinations that nothing is sent to, by match key."""

addition = sa.Table(
    "addition",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("added_at", sa.Double, nullable=False),
)
"""Additions to the do-not-contact list, each of which can be undone as a whole."""

addition_entry = sa.Table(
    "addition_entry",
    metadata,
    sa.Column("addition_id", Id, sa.ForeignKey("addition.id"), primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, sa.ForeignKey("do_not_contact.key"), primary_key=True),
    sa.Index("addition_entry_key", "key"),
    sqlite_with_rowid=False,
)
"""The entries that an addition asked for, also those that were on the list already."""

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
"""Numbers by name that processes share: turns, the revision of the do-not-contact list, marks of acts."""

limiter = sa.Table(
    "limiter",
    metadata,
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("rate", sa.Double, nullable=False),
    sa.Column("spent_until", sa.Double, nullable=False),
    sa.Column("held_until", sa.Double, nullable=False),
)
"""The rate limit that all workers share, one row per lane."""

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("beat", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("info", sa.Text, nullable=False),
)
"""Registered workers and their heartbeats."""
