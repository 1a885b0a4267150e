"""At a start, and after the database was away: it may be an older copy, which must not be believed blindly."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from omni.ports import Claimed
from omni.sending.journal import Journal
from omni.sending.ledger_port import Ledger

log = logging.getLogger(__name__)


def consult(ledger: Ledger, journal: Journal) -> int:
    """Have the ledger know what the journal knows; returns how many requests turned unknown. Raises ``StoreError``."""
    is_lacking = ledger.lacks(journal.noted())
    believed = ledger.believe(journal.later_than(ledger.open_attempts()), is_lacking)
    if is_lacking:
        log.warning("requests that went out are not in the database any more: it was put back to an earlier copy")
        try:
            # Not before all is paused: who dies in between has it said again.
            journal.put_up_with()
        except OSError as err:
            log.warning("this will be said again: %s", err)
    return believed


def look_again(
    ledger: Ledger, journal: Journal, held: Mapping[tuple[int, int], Claimed]
) -> dict[tuple[int, int], Claimed]:
    """See to it that what the ledger has forgotten does not go out again; what of ``held`` is still to be recorded.

    The rest is recorded, in a transaction that was reported as failed, or the copy does not have its campaign.
    Raises ``StoreError``.
    """
    consult(ledger, journal)
    known = {each.identity for each in ledger.unanswered(list(held))}
    return {identity: each for identity, each in held.items() if identity in known}
