"""Who was taken out of a request is found without walking over every other decision."""

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
