"""Requests: where each stands, what is posted, and what came back."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from omni.core.campaign import ContactState
from omni.store.schema.shared import Id, metadata

PENDING, SENDING, ACCEPTED, REFUSED, UNKNOWN, CANCELLED = range(6)
STATE_NAMES: Final[tuple[ContactState, ...]] = (
    "pending", "sending", "accepted", "refused", "unknown", "cancelled",
)  # fmt: skip

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

IS_PENDING = request.c.state == sa.literal_column(str(PENDING))
IS_SENDING = request.c.state == sa.literal_column(str(SENDING))
IS_UNKNOWN = request.c.state == sa.literal_column(str(UNKNOWN))
"""As literals: with a parameter in its place neither database would see that the partial index fits."""

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

paired_contact = sa.Table(
    "paired_contact",
    metadata,
    sa.Column("request_id", Id, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
