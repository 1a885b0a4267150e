"""Requests counted as they change: by state, and by the second in which they ended.

Triggers of the database keep these rows (``migrations/versions/0007_counts.py``), so no statement can forget them.
"""

from __future__ import annotations

import sqlalchemy as sa

from omni.store.schema.shared import Id, metadata

# No reference to the campaign: to check it, PostgreSQL would lock the campaign's row, which a claim leaves alone.
request_count = sa.Table(
    "request_count",
    metadata,
    sa.Column("campaign_id", Id, primary_key=True, autoincrement=False),
    sa.Column("state", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("paired", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 50},
)
"""The sum over the slots is the count. On PostgreSQL each session has a slot of its own, so that no transaction ever
waits for another one's count: one alone may be below zero. On SQLite, where one writes at a time, there is slot 0."""

request_pace = sa.Table(
    "request_pace",
    metadata,
    sa.Column("campaign_id", Id, primary_key=True, autoincrement=False),
    sa.Column("second", Id, primary_key=True, autoincrement=False),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 50},
)
"""Contacts of the requests whose ``finished_at`` lies in that second."""

COUNTED = (request_count, request_pace)
