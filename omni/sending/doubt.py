"""After the database was away: it may be an older copy that came back, which must not be believed blindly."""

from __future__ import annotations

from collections.abc import Mapping

from omni.ports import Claimed
from omni.sending.journal import Journal
from omni.sending.ledger_port import Ledger


def look_again(
    ledger: Ledger, journal: Journal, held: Mapping[tuple[int, int], Claimed]
) -> dict[tuple[int, int], Claimed]:
    """See to it that what the ledger has forgotten does not go out again; what of ``held`` is still to be recorded.

    The rest is recorded, in a transaction that was reported as failed, or the copy does not have its campaign.
    Raises ``StoreError``.
    """
    ledger.believe(journal.later_than(ledger.open_attempts()))
    known = {each.identity for each in ledger.unanswered(list(held))}
    return {identity: each for identity, each in held.items() if identity in known}
