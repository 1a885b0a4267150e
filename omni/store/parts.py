"""What is too large to be read at once: kept in numbered parts, and read one after another."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from omni.store.database import Database
from omni.store.engines import BLOBS


def read_parts(database: Database, table: sa.Table, campaign_id: int) -> Iterator[bytes]:
    """The campaign's parts in ``table``, in order, as they were given; each in a transaction of its own."""
    query = sa.select(table.c.part, table.c.blob).where(table.c.campaign_id == campaign_id)
    query = query.execution_options(**{BLOBS: True})
    part = 0
    while True:
        # Ended before the part is handed on: its taker may be slow, and a transaction that idles is given up.
        with database.read() as connection:
            row = connection.execute(query.where(table.c.part > part).order_by(table.c.part).limit(1)).one_or_none()
        if row is None:
            return
        part = row.part
        yield row.blob
