"""Index the decisions that removed contacts from a request, so that no other decision is read to find them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_IS_WITHHELD = sa.text("what = 'withheld.do_not_contact'")


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "decision_withheld", "decision", ["campaign_id"], sqlite_where=_IS_WITHHELD, postgresql_where=_IS_WITHHELD
    )
