"""Campaigns, the spreadsheet and the contacts each was made of, and what people decided about it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from omni.store.schema.shared import Id, metadata

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", Id, primary_key=True),
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
    sa.Column("list_revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("start_at", sa.Double),
    sa.Column("start_zone", sa.Text),
    sa.Column("canary", sa.Integer),
    sa.Column("failed_in_a_row", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("judged", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("state IN ('running', 'paused', 'cancelled', 'done')", name="campaign_state"),
)
"""``start_at`` is when a paused campaign starts by itself; ``canary`` how many of its requests, the first ones, go out
before it holds. What failed and was judged counts requests since it was last started, for the halt rule.
``list_revision`` is that of the do-not-contact list it was checked against."""

_IS_RUNNING = campaign.c.state == sa.literal_column("'running'")
sa.Index("campaign_running", campaign.c.id, sqlite_where=_IS_RUNNING, postgresql_where=_IS_RUNNING)
_IS_SCHEDULED = campaign.c.start_at.is_not(None)
sa.Index("campaign_scheduled", campaign.c.start_at, sqlite_where=_IS_SCHEDULED, postgresql_where=_IS_SCHEDULED)

recipient = sa.Table(
    "recipient",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("request_number", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("plan", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

sheet_part = sa.Table(
    "sheet_part",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("blob", sa.LargeBinary, nullable=False),
)

destination_keys = sa.Table(
    "destination_keys",
    metadata,
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("blob", sa.LargeBinary, nullable=False),
)
"""By what the contacts of a campaign are recognised in the next ones: all their destinations, as numbers."""

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", Id, sa.ForeignKey("campaign.id"), nullable=False, index=True),
    sa.Column("request_id", Id, sa.ForeignKey("request.id")),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("params", sa.Text),
)
"""One row a request, and without a request one for the act of a person as a whole."""

_IS_ACT = decision.c.request_id.is_(None)
sa.Index("decision_act", decision.c.campaign_id, sqlite_where=_IS_ACT, postgresql_where=_IS_ACT)
IS_WITHHELD: Final = decision.c.what == sa.literal_column("'withheld.do_not_contact'")
"""Written out, as the next two: SQLite takes an index of a part only for a condition without parameters."""
IS_PROOF: Final = decision.c.what == sa.literal_column("'proof.earlier_attempt'")
IS_RESENT: Final = decision.c.what == sa.literal_column("'unknown.resend'")
sa.Index("decision_withheld", decision.c.campaign_id, sqlite_where=IS_WITHHELD, postgresql_where=IS_WITHHELD)
sa.Index("decision_proof", decision.c.campaign_id, sqlite_where=IS_PROOF, postgresql_where=IS_PROOF)
sa.Index("decision_resent", decision.c.request_id, sqlite_where=IS_RESENT, postgresql_where=IS_RESENT)
