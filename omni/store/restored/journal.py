"""Detection of a restored database by the claim journal: what was sent since becomes unknown, and all campaigns pause.

Such a database lacks more than what was sent: that a campaign was paused or cancelled, and who was added to the
do-not-contact list. So an operator has to look first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import Reason
from omni.store import request_states
from omni.store.campaign_states import settle
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.locking import lock
from omni.store.restored.notice import pause_everything
from omni.store.schema import NUMBER_BITS, campaign, request

log = logging.getLogger(__name__)

FORGOTTEN: Final = Reason("halt.forgotten")
"""The database lacks requests that were sent, and with them their campaigns."""
_CAMPAIGN: Final = sa.select(
    sa.exists().where(request.c.id >= sa.bindparam("first"), request.c.id <= sa.bindparam("last"))
)
_ATTEMPT: Final = sa.select(request.c.attempt).where(request.c.id == sa.bindparam("the_id"))


def mark_restored(connection: sa.Connection, now: float, attempts: Mapping[int, int], is_lacking: bool = False) -> int:
    """Make requests unknown that were sent in an attempt (request id, attempt) whose end the ledger cannot know.

    If there are any, or if the ledger ``is_lacking`` requests that were sent, every campaign that runs or would start
    by itself is paused. Campaigns are locked before requests. Returns the number of requests.
    """
    if not attempts and not is_lacking:
        return 0
    campaigns = list(connection.scalars(sa.select(campaign.c.id).order_by(campaign.c.id)))
    lock(connection, campaigns)
    changed: list[int] = []
    for request_id, attempt in attempts.items():
        changed += connection.scalars(request_states.mark_restored(request_id, attempt, now)).all()
    settle(connection, now, sorted(set(changed)))
    if changed:
        log.warning("the database was restored from a backup: %d requests had gone out since", len(changed))
    if changed or is_lacking:
        pause_everything(connection, now, FORGOTTEN if is_lacking else REPLACED)
    return len(changed)


def is_missing(connection: sa.Connection, request_ids: Iterable[int]) -> bool:
    """Tell whether any of these requests belongs to a campaign that is not in the ledger."""
    firsts = {request_id >> NUMBER_BITS << NUMBER_BITS for request_id in request_ids}
    return not all(
        connection.scalar(_CAMPAIGN, {"first": first, "last": first + (1 << NUMBER_BITS) - 1}) for first in firsts
    )


def remembers(connection: sa.Connection, request_id: int, attempt: int) -> bool:
    """Tell whether the ledger knows this attempt, which was claimed from it before."""
    known = connection.scalar(_ATTEMPT, {"the_id": request_id})
    return known is not None and known >= attempt
