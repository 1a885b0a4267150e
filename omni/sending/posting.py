"""Posting of one claimed request: post it once, keep the answer, judge the outcome. Unknown is not retried."""

from __future__ import annotations

import logging
import time
from typing import Final

from omni.core.campaign import Outcome
from omni.ports import Answer, Claimed, Finished, Judge, Post
from omni.sending.answer_spool import AnswerSpool

log = logging.getLogger(__name__)

STALE: Final = 10.0
"""Seconds after its claim when a request is no longer posted: other workers may have taken this one for dead by
then."""
RETRY_NOT_POSTED: Final = 5.0
"""Seconds until a request that was claimed but not posted may be claimed again."""


class Posting:
    """Posts claimed requests. Several threads may use it at the same time."""

    def __init__(self, post: Post, judge: Judge, spool: AnswerSpool) -> None:
        self._post = post
        self._judge = judge
        self._spool = spool

    def post(self, claimed: Claimed, body: bytes, since: float) -> Finished:
        """Post ``body``, unless its claim (made at ``since``, monotonic seconds, or later) is too old. Never raises."""
        if time.monotonic() - since > STALE:
            return not_posted(claimed)
        try:
            answer = self._post(claimed, body)
        except BaseException as err:
            answer = Answer(None, b"", "internal", None, time.time(), type(err).__name__)
        try:
            self._spool.put(claimed, answer)
        except OSError as err:
            # The answer is still in memory and waits there for the database.
            log.warning("an answer is not in the spool: %s", err)
        return claimed, answer, self.judge(claimed, body, answer)

    def judge(self, claimed: Claimed, body: bytes, answer: Answer) -> Outcome:
        """Judge the outcome of a request; unknown if judging it fails. Never raises."""
        try:
            return self._judge(answer, claimed.contacts, body)
        except Exception:
            log.exception("an answer could not be judged")
            return Outcome("unknown", "internal", status=answer.status)


def not_posted(claimed: Claimed) -> Finished:
    """Return the outcome of a request that was claimed but certainly not posted: pending, to be claimed again later."""
    answer = Answer(None, b"", "not_started", None, time.time())
    return claimed, answer, Outcome("pending", "request.not_started", retry_after=RETRY_NOT_POSTED)
