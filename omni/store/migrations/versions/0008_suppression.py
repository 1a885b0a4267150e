"""Keep each campaign's rule about the do-not-contact list, and the additions to the list so that they can be undone.

Keys of Argentine mobiles lose their 9 and those of Mexican mobiles their former 1: with and without they are the same
line. Entries of earlier versions become additions by what was added together.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the column and the tables, and fill them."""
    op.add_column("campaign", sa.Column("suppress", sa.Text, nullable=False, server_default="destination"))
    for prefix, kept in (("549", "54"), ("521", "52")):
        _shorten_keys(prefix, kept)
    op.create_table(
        "addition",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
    )
    op.create_table(
        "addition_entry",
        sa.Column("addition_id", _ID, sa.ForeignKey("addition.id"), primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, sa.ForeignKey("do_not_contact.key"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("addition_entry_key", "addition_entry", ["key"])
    op.execute("""
        INSERT INTO addition (source, added_by, added_at)
        SELECT source, added_by, added_at FROM do_not_contact GROUP BY source, added_by, added_at ORDER BY added_at""")
    op.execute("""
        INSERT INTO addition_entry (addition_id, key)
        SELECT addition.id, do_not_contact.key FROM do_not_contact JOIN addition
        ON addition.source = do_not_contact.source AND addition.added_by = do_not_contact.added_by
        AND addition.added_at = do_not_contact.added_at""")


def _shorten_keys(prefix: str, kept: str) -> None:
    """Remove the last digit of ``prefix`` from keys of 13 digits; of two equal keys the shorter one stays."""
    is_long = f"key LIKE '{prefix}%' AND length(key) = 13 AND key NOT LIKE '%@%'"
    short = f"'{kept}' || substr(key, {len(prefix) + 1})"
    op.execute(f"""
        DELETE FROM do_not_contact WHERE {is_long}
        AND {short} IN (SELECT other.key FROM do_not_contact AS other)""")  # noqa: S608  # own words only
    op.execute(f"UPDATE do_not_contact SET key = {short} WHERE {is_long}")  # noqa: S608  # own words only
    # The keys of the list are kept on disk by its revision.
    number = secrets.randbelow(2**31 - 1) + 1
    op.execute(f"UPDATE revision SET number = {number} WHERE name = 'do_not_contact' AND number <> 0")  # noqa: S608
