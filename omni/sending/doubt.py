"""After the database was away: it may be an older copy that came back, which must not be believed blindly."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from omni.ports import Claimed
from omni.sending.journal import Journal
from omni.sending.ledger_port import Ledger

log = logging.getLogger(__name__)


def look_again(
    ledger: Ledger, journal: Journal, owner: str, held: Mapping[tuple[int, int], Claimed]
) -> dict[tuple[int, int], Claimed]:
    """See to it that what the ledger has forgotten does not go out again; what of ``held`` is still to be recorded.

    The rest is recorded, in a transaction that was reported as failed, or the copy does not have its campaign.
    Raises ``StoreError``.
    """
    if restored := ledger.believe(journal.later_than(ledger.open_attempts(owner, list(held)))):
        log.warning("the database was put back to an earlier copy: %d requests had gone out since", restored)
    known = {each.identity for each in ledger.unanswered(list(held))}
    return {identity: each for identity, each in held.items() if identity in known}
