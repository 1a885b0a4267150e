"""The database was put back to an earlier copy: everything waits, and whoever sends next is told what it cannot know.

Campaigns made after the copy are not in it, and their drafts are open again. Nobody but a person knows whether one of
them is what is about to be sent, so it is asked of each campaign that goes out for real: as long as people sent to
before are asked about anyway, and of a draft from before for ever.
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
"""The name under which the last time is kept, in whole minutes: a number there has 32 bits."""
_BEFORE: Final = sa.select(revision.c.number).where(revision.c.name == NOTICED)
_NEWEST: Final = sa.select(sa.func.max(draft.c.updated_at))
_MINUTE: Final = 60
_DAY: Final = 86_400.0
NOTICE_SQL: Final = """
    INSERT INTO revision (name, number)
    SELECT %s, greatest(floor(extract(epoch FROM clock_timestamp()) / 60), floor(max(updated_at) / 60)) FROM draft
    ON CONFLICT (name) DO UPDATE SET number = greatest(excluded.number, revision.number + 1)"""
"""The notice of ``pause_everything`` for psycopg, on a new connection. A test compares the two."""


def pause_everything(connection: sa.Connection, now: float, reason: Reason) -> None:
    """Pause what runs or would start by itself, and note that it was noticed. A later ``reason`` than that the
    database was replaced knows more, and takes its place."""
    connection.execute(pause_all(reason))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # Later than all that it is about, by whatever clock, and another time than the one before: a word given for that
    # is not given for this.
    newest, before = connection.scalar(_NEWEST) or 0.0, connection.scalar(_BEFORE) or 0
    noted = insert(revision).values(name=NOTICED, number=max(int(max(now, newest) // _MINUTE), before + 1))
    connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"number": noted.excluded.number}))


def needs_acknowledgement(connection: sa.Connection, now: float, draft_id: str | None, days: int) -> int | None:
    """When it was noticed (UTC epoch seconds), if that has to be told before this draft, or without one a spreadsheet,
    is sent; ``days`` is how long people sent to before are asked about."""
    minute = connection.scalar(_BEFORE)
    if minute is None:
        return None
    noticed = int(minute) * _MINUTE
    made = connection.scalar(sa.select(draft.c.created_at).where(draft.c.id == draft_id)) if draft_id else None
    is_from_before = made is not None and made < noticed + _MINUTE
    return noticed if is_from_before or now < noticed + days * _DAY else None


def require_acknowledgement(
    connection: sa.Connection, now: float, draft_id: str | None, days: int, acknowledged: int | None
) -> None:
    """Raises ``CampaignError("campaign.put_back")`` unless a person was ``told`` what there is to tell."""
    if needs_acknowledgement(connection, now, draft_id, days) not in (None, acknowledged):
        raise CampaignError("campaign.put_back")
