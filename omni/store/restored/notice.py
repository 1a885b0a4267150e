"""Notice of a restored database: every campaign pauses, and a launch requires an operator's acknowledgement.

Campaigns created after the backup was made are missing, and their drafts are open again. Only an operator knows whether
one of them is what is about to be sent, so every real campaign asks: for as long as recent sends are asked about
anyway, and without end for a draft from before the notice.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from omni.core.campaign import Reason
from omni.errors import CampaignError
from omni.store.campaign_states import pause_all
from omni.store.schema import draft, revision

NOTICED: Final = "put_back"
"""Name of the revision that keeps the last notice, in whole minutes: a number there has 32 bits."""
_LAST_NOTICE: Final = sa.select(revision.c.number).where(revision.c.name == NOTICED)
_NEWEST: Final = sa.select(sa.func.max(draft.c.updated_at))
_MINUTE: Final = 60
_DAY: Final = 86_400.0
NOTICE_SQL: Final = """
    INSERT INTO revision (name, number)
    SELECT %s, greatest(floor(extract(epoch FROM clock_timestamp()) / 60), floor(max(updated_at) / 60)) FROM draft
    ON CONFLICT (name) DO UPDATE SET number = greatest(excluded.number, revision.number + 1)"""
"""The notice of ``pause_everything`` for psycopg, on a new connection. A test compares the two."""


def pause_everything(connection: sa.Connection, now: float, reason: Reason) -> None:
    """Pause every campaign that runs or would start by itself, and record that the restore was noticed.

    A ``reason`` that is more specific than ``REPLACED`` takes its place.
    """
    connection.execute(pause_all(reason))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # Later than every draft it concerns, even if the clock was set back, and different from the last notice: an
    # acknowledgement of that one does not count for this one.
    newest, before = connection.scalar(_NEWEST) or 0.0, connection.scalar(_LAST_NOTICE) or 0
    noted = insert(revision).values(name=NOTICED, number=max(int(max(now, newest) // _MINUTE), before + 1))
    connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"number": noted.excluded.number}))


def needs_acknowledgement(connection: sa.Connection, now: float, draft_id: str | None, days: int) -> int | None:
    """Return when the restore was noticed (UTC epoch seconds), if it has to be acknowledged before this is sent.

    ``draft_id`` is the draft, or None for a spreadsheet without one; ``days`` is how long recent sends are asked about.
    """
    minute = connection.scalar(_LAST_NOTICE)
    if minute is None:
        return None
    noticed = int(minute) * _MINUTE
    made = connection.scalar(sa.select(draft.c.created_at).where(draft.c.id == draft_id)) if draft_id else None
    is_older = made is not None and made < noticed + _MINUTE
    return noticed if is_older or now < noticed + days * _DAY else None


def require_acknowledgement(
    connection: sa.Connection, now: float, draft_id: str | None, days: int, acknowledged: int | None
) -> None:
    """Raise ``CampaignError("campaign.put_back")`` unless what has to be acknowledged is.

    ``acknowledged`` is the moment of the notice that the operator has seen.
    """
    if needs_acknowledgement(connection, now, draft_id, days) not in (None, acknowledged):
        raise CampaignError("campaign.put_back")
