"""Let campaigns start at a time, hold after the first requests, or halt by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns that control the campaign."""
    op.add_column("campaign", sa.Column("start_at", sa.Double))
    op.add_column("campaign", sa.Column("start_zone", sa.Text))
    op.add_column("campaign", sa.Column("canary", sa.Integer))
    for name in ("failed_in_a_row", "failed", "judged"):
        op.add_column("campaign", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    where = sa.text("start_at IS NOT NULL")
    op.create_index("campaign_scheduled", "campaign", ["start_at"], sqlite_where=where, postgresql_where=where)
