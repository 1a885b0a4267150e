"""Create the first tables: drafts, templates, campaigns and the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create every table."""
    _create_campaigns()
    _create_drafts()
    _create_requests()
    _create_workers()


def _create_campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", _ID, primary_key=True),
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
        sa.CheckConstraint("state IN ('running', 'paused', 'cancelled', 'done')", name="campaign_state"),
    )
    _partial_index("campaign_running", "campaign", ["id"], "state = 'running'")
    op.create_table(
        "sheet_part",
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "recipient",
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("request_number", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("plan", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id")),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.CheckConstraint("state IN ('open', 'sent')", name="draft_state"),
    )
    op.create_table(
        "saved_template",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
    )


def _create_requests() -> None:
    op.create_table(
        "request",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id"), nullable=False),
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
    _partial_index("request_pending", "request", ["campaign_id", "not_before", "number"], "state = 0")
    _partial_index("request_sending", "request", ["owner", "campaign_id"], "state = 1")
    _partial_index("request_finished", "request", ["campaign_id", "finished_at", "contacts"], "finished_at IS NOT NULL")
    op.create_index("request_progress", "request", ["campaign_id", "state", "number", "contacts", "paired"])
    op.create_table(
        "request_body",
        sa.Column("request_id", _ID, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "answer",
        sa.Column("request_id", _ID, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("status", sa.Integer),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("received_at", sa.Double, nullable=False),
    )
    op.create_table(
        "paired_contact",
        sa.Column("request_id", _ID, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decision",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id"), nullable=False),
        sa.Column("request_id", _ID, sa.ForeignKey("request.id")),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("params", sa.Text),
    )
    op.create_index("ix_decision_campaign_id", "decision", ["campaign_id"])


def _create_workers() -> None:
    op.create_table(
        "limiter",
        sa.Column("lane", sa.Text, primary_key=True),
        sa.Column("rate", sa.Double, nullable=False),
        sa.Column("spent_until", sa.Double, nullable=False),
        sa.Column("held_until", sa.Double, nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("beat", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("info", sa.Text, nullable=False),
    )


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
