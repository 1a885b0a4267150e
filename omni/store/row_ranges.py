"""A campaign's contacts some thousand at a time, by rows of the sheet from and to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from omni.store.database import Database
from omni.store.schema import recipient

ROWS: Final = 10_000
_LAST: Final = sa.select(sa.func.max(recipient.c.row)).where(recipient.c.campaign_id == sa.bindparam("the_campaign"))
IN_RANGE: Final = (
    recipient.c.campaign_id == sa.bindparam("the_campaign"),
    recipient.c.row.between(sa.bindparam("first"), sa.bindparam("last")),
)
"""Contacts of one range."""


def row_ranges(database: Database, campaign_id: int) -> Iterator[dict[str, int]]:
    """What ``IN_RANGE`` is to be given, range by range in the sheet's order; in some of them there may be nobody.

    Not so many contacts after a certain one: PostgreSQL, which has not counted a new campaign yet, takes what follows
    for few, and sorts all that is left of a million each time.
    """
    with database.read() as connection:
        end = connection.scalar(_LAST, {"the_campaign": campaign_id})
    for first in range(0, 0 if end is None else end + 1, ROWS):
        yield {"the_campaign": campaign_id, "first": first, "last": first + ROWS - 1}
