"""Keep which answers have ids that belong to no contact with certainty, and where an operator said that ids are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "ids_apart",
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
        sa.Column("request_id", _ID, sa.ForeignKey("request.id"), primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ids", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "taught_answer",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("taught_by", sa.Text, nullable=False),
        sa.Column("taught_at", sa.Double, nullable=False),
    )
