"""What a former process left is taken up before anything new is sent: claims, answers, open requests."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from omni.ports import Answer, Claimed
from omni.sending.doubt import consult
from omni.sending.journal import Journal
from omni.sending.ledger_port import Finished, Ledger
from omni.sending.posting import Posting
from omni.sending.spool import Spool

log = logging.getLogger(__name__)

_AT_ONCE: Final = 200


def recover(
    ledger: Ledger,
    posting: Posting,
    spool: Spool,
    journal: Journal,
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
    believed = consult(ledger, journal)
    answers = spool.left_behind()
    replayed = 0
    while group := list(islice(answers, _AT_ONCE)):
        replayed += _replay(ledger, posting, owner, group)
    lost = ledger.join(owner, info, predecessors)
    spool.clear()
    log.info("recovered: %d restored, %d answers, %d lost", believed, replayed, lost)


def _replay(ledger: Ledger, posting: Posting, owner: str, group: list[tuple[int, int, Answer]]) -> int:
    came = {(request_id, attempt): answer for request_id, attempt, answer in group}
    unanswered = ledger.unanswered(list(came))
    bodies = ledger.bodies(unanswered) if unanswered else {}
    finished = list(_judged(posting, unanswered, came, bodies))
    if finished:
        ledger.turn(owner, finished, 0)
    return len(finished)


def _judged(
    posting: Posting,
    unanswered: Sequence[Claimed],
    came: Mapping[tuple[int, int], Answer],
    bodies: Mapping[int, bytes],
) -> Iterator[Finished]:
    for claimed in unanswered:
        answer = came[claimed.identity]
        yield claimed, answer, posting.judge(claimed, bodies.get(claimed.request_id, b""), answer)
