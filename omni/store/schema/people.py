"""Who asked not to be contacted."""

from __future__ import annotations

import sqlalchemy as sa

from omni.store.schema.shared import metadata

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
