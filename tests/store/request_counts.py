"""Request counts kept by the database, and the same counts computed from the requests."""

from __future__ import annotations

import sqlalchemy as sa

from omni.store.database import Database
from omni.store.schema import request, request_count, request_pace

Sums = dict[tuple[str, int, int], tuple[int, ...]]


def counted(database: Database) -> Sums:
    """Return the kept counts over all slots, by campaign and state and by campaign and second."""
    with database.read() as connection:
        rows = [
            *(
                ("state", row.campaign_id, row.state, row.requests, row.contacts, row.paired)
                for row in connection.execute(sa.select(request_count))
            ),
            *(
                ("second", row.campaign_id, row.second, row.contacts)
                for row in connection.execute(sa.select(request_pace))
            ),
        ]
    return _summed(rows)


def recounted(database: Database) -> Sums:
    """Compute the same counts from the requests."""
    with database.read() as connection:
        requests = connection.execute(sa.select(request)).all()
    return _summed(
        [
            *(("state", row.campaign_id, row.state, 1, row.contacts, row.paired) for row in requests),
            *(
                ("second", row.campaign_id, int(row.finished_at), row.contacts)
                for row in requests
                if row.finished_at is not None
            ),
        ]
    )


def _summed(rows: list[tuple[str, int, int, *tuple[int, ...]]]) -> Sums:
    sums: Sums = {}
    for kind, campaign_id, key, *values in rows:
        before = sums.get((kind, campaign_id, key), (0,) * len(values))
        sums[kind, campaign_id, key] = tuple(a + b for a, b in zip(before, values, strict=True))
    return {key: values for key, values in sums.items() if any(values)}
