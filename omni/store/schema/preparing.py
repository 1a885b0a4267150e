"""What is kept for the making of campaigns: drafts, templates, column mappings, contact lists."""

from __future__ import annotations

import sqlalchemy as sa

from omni.store.schema.shared import Id, metadata

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

contact_list = sa.Table(
    "contact_list",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)
