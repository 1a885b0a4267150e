"""What a former process left is taken up before anything new is sent: claims, answers, open requests.

At a start, and after the database was away: it may be an older copy, which must not be believed blindly.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from omni.ports import Answer, Claimed, Finished, Ledger
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.posting import Posting

log = logging.getLogger(__name__)

_AT_ONCE: Final = 200


def recover(
    ledger: Ledger,
    posting: Posting,
    spool: AnswerSpool,
    journal: ClaimJournal,
    *,
    owner: str,
    predecessors: str,
    info: Mapping[str, object],
) -> None:
    """Bring the ledger up to what the journal and the spool know, then join as ``owner``.

    In this order: an answer only counts for an attempt that the ledger knows of, and one that came turns its
    request into what it says before the rest, on its way with a dead worker, turns unknown. May be repeated.
    Raises ``StoreError``.
    """
    marked = apply_journal(ledger, journal)
    answers = spool.left_behind()
    replayed = 0
    while group := list(islice(answers, _AT_ONCE)):
        replayed += _replay(ledger, posting, owner, group)
    lost = ledger.join(owner, info, predecessors)
    spool.clear()
    log.info("recovered: %d restored, %d answers, %d lost", marked, replayed, lost)


def apply_journal(ledger: Ledger, journal: ClaimJournal) -> int:
    """Have the ledger know what the journal knows; returns how many requests turned unknown. Raises ``StoreError``."""
    is_lacking = ledger.is_missing(journal.request_ids())
    marked = ledger.mark_restored(journal.later_than(ledger.open_attempts()), is_lacking)
    if is_lacking:
        log.warning("requests that went out are not in the database any more: it was put back to an earlier copy")
        try:
            # Not before all is paused: who dies in between has it said again.
            journal.checkpoint()
        except OSError as err:
            log.warning("this will be said again: %s", err)
    return marked


def recheck_claims(
    ledger: Ledger, journal: ClaimJournal, held: Mapping[tuple[int, int], Claimed]
) -> dict[tuple[int, int], Claimed]:
    """See to it that what the ledger has forgotten does not go out again; what of ``held`` is still to be recorded.

    The rest is recorded, in a transaction that was reported as failed, or the copy does not have its campaign.
    Raises ``StoreError``.
    """
    apply_journal(ledger, journal)
    known = {each.identity for each in ledger.unanswered(list(held))}
    return {identity: each for identity, each in held.items() if identity in known}


def _replay(ledger: Ledger, posting: Posting, owner: str, group: list[tuple[int, int, Answer]]) -> int:
    answers = {(request_id, attempt): answer for request_id, attempt, answer in group}
    unanswered = ledger.unanswered(list(answers))
    bodies = ledger.bodies(unanswered) if unanswered else {}
    finished = list(_judged(posting, unanswered, answers, bodies))
    if finished:
        ledger.turn(owner, finished, 0)
    return len(finished)


def _judged(
    posting: Posting,
    unanswered: Sequence[Claimed],
    answers: Mapping[tuple[int, int], Answer],
    bodies: Mapping[int, bytes],
) -> Iterator[Finished]:
    for claimed in unanswered:
        answer = answers[claimed.identity]
        yield claimed, answer, posting.judge(claimed, bodies.get(claimed.request_id, b""), answer)
