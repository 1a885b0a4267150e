"""Recovery of what a previous process left, before anything new is sent: claims, answers, open requests.

Needed when a worker starts, and after the database did not answer: it may have been restored from an older copy.
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
"""Answers from the spool recorded in one transaction."""


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
    """Bring the ledger up to date with the journal and the spool, then join as ``owner``.

    The order matters. An answer counts only for an attempt that the ledger knows, so the journal comes first. An answer
    that has arrived decides its request, so the spool comes before the join, which makes the remaining requests of dead
    workers unknown. May be run again at any time. Raises ``StoreError``.
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
    """Make requests unknown that the journal knows with a later attempt, and return their number.

    If the ledger lacks requests that were sent, every running campaign is paused as well. Raises ``StoreError``.
    """
    is_lacking = ledger.is_missing(journal.request_ids())
    marked = ledger.mark_restored(journal.later_than(ledger.open_attempts()), is_lacking)
    if is_lacking:
        log.warning("requests that went out are missing from the database: it was restored from a backup")
        try:
            # Only after everything is paused: if this process dies in between, the next one warns again.
            journal.checkpoint()
        except OSError as err:
            log.warning("this will be said again: %s", err)
    return marked


def recheck_claims(
    ledger: Ledger, journal: ClaimJournal, held: Mapping[tuple[int, int], Claimed]
) -> dict[tuple[int, int], Claimed]:
    """Apply the journal to a ledger that may be a restored copy, and return those of ``held`` still to be recorded.

    The others either were recorded in a transaction that was reported as failed, or belong to a campaign that the
    restored database lacks. Raises ``StoreError``.
    """
    apply_journal(ledger, journal)
    known = {each.identity for each in ledger.unanswered(list(held))}
    return {identity: each for identity, each in held.items() if identity in known}


def _replay(ledger: Ledger, posting: Posting, owner: str, group: list[tuple[int, int, Answer]]) -> int:
    """Record a group of answers from the spool; return how many of them were still missing in the ledger."""
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
