"""By what those who work on the database keep in step: turns, revisions and marks by name, the limit, who is there."""

from __future__ import annotations

import sqlalchemy as sa

from omni.store.schema.shared import metadata

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)

limiter = sa.Table(
    "limiter",
    metadata,
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("rate", sa.Double, nullable=False),
    sa.Column("spent_until", sa.Double, nullable=False),
    sa.Column("held_until", sa.Double, nullable=False),
)

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("beat", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("info", sa.Text, nullable=False),
)
