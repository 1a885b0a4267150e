"""Index unknown requests by reason, and the decisions of operators about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indices that a list of a hundred thousand needs."""
    where = sa.text("state = 4")
    columns = ["campaign_id", "detail", "number", "contacts", "paired", "attempt", "finished_at"]
    op.create_index("request_unknown", "request", columns, sqlite_where=where, postgresql_where=where)
    where = sa.text("request_id IS NULL")
    op.create_index("decision_act", "decision", ["campaign_id"], sqlite_where=where, postgresql_where=where)
