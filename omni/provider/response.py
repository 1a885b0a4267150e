"""The outcome of one POST for its contacts, judged from the answer. An outcome that is not certain is unknown.

Sources: provider's page "Fallback API", Request responses; status codes and error bodies of the platform's other APIs.
An id means that the provider accepted the message, not that it was delivered.

401 and 403 make a request pending, not refused: a request rejected for its credentials was certainly not accepted, so
nothing is lost by keeping it. The campaign pauses, and resuming it with a working token sends each request once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final, Literal

from omni.core.campaign import Outcome
from omni.ports import Answer
from omni.provider.answer_ids import AnswerIds, Pairing, load, pair, read
from omni.provider.payload import ERROR_CODE_KEY, ERROR_MESSAGE_KEY

RETRY_NOT_SENT: Final = 2.0
RETRY_RATE_LIMITED: Final = 1.0
_MESSAGE_LENGTH: Final = 200

_UNDECIDED: Final = frozenset({
    HTTPStatus.NOT_ACCEPTABLE,  # a server may notice only after the work that it cannot produce an acceptable answer
    HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.LOCKED, HTTPStatus.FAILED_DEPENDENCY,
    HTTPStatus.TOO_EARLY,
})  # fmt: skip
_REFUSING: Final = frozenset(status for status in HTTPStatus if 400 <= status < 500) - _UNDECIDED
"""Registered statuses that mean the request was not carried out; others (499, 460…) are inventions of proxies."""

State = Literal["pending", "accepted", "refused", "unknown"]


def judge(answer: Answer, expected: Sequence[str | None]) -> Outcome:
    """Judge the outcome of a request and its contacts; ``expected`` are the correlationIds they were sent with.

    ``detail`` of the outcome is a code whose sentence is ``answer.<code>``. Its ``params`` always hold ``contacts`` and
    ``n`` (the number of contacts), ``status``, ``message`` (the provider's words, at most 200 characters) and ``ids``
    (the number of ids in the answer).
    """
    status = answer.status
    if answer.failure == "not_sent":
        return _outcome(answer, expected, "pending", "not_sent", retry_after=RETRY_NOT_SENT)
    if answer.failure is None and (status is None or not 200 <= status < 300):
        return _by_status(answer, expected, status or 0, _message(_json(answer.raw), answer.raw))
    reading = _read(answer, len(expected))
    if answer.failure is not None:
        # The part before the break may still be complete JSON: ids that can be paired are kept.
        if reading is None or reading.error:
            return _outcome(answer, expected, "unknown", answer.failure)
        return _outcome(answer, expected, "unknown", answer.failure, reading, pair(reading, expected))
    if reading is None:
        return _outcome(answer, expected, "unknown", "unreadable")
    if reading.error is not None:
        return _by_error(answer, expected, reading, reading.error)
    return _by_ids(answer, expected, reading)


def undisputed_ids(answer: Answer, contacts: int) -> tuple[Sequence[str], Sequence[str | None]] | None:
    """Return the ids and the correlationIds of the contacts, in order, if ``judge`` would pair each by its position.

    They equal the receipts of ``judge``, without an object for each contact. None for any other answer. Only for
    requests of which no contact was sent with a correlationId of its own.
    """
    if answer.failure is not None:
        return None
    reading = _read(answer, contacts)
    if reading is None or reading.error is not None or reading.failed or len(reading.ids) != contacts:
        return None
    ids = [message_id for message_id in reading.ids if message_id]
    return (ids, reading.correlation_ids) if len(set(ids)) == contacts else None


def _read(answer: Answer, contacts: int) -> AnswerIds | None:
    if answer.status is None or not 200 <= answer.status < 300:
        return None
    if answer.failure is None and not answer.raw.strip():
        return AnswerIds(None, (), (), frozenset(), None)
    try:
        return read(answer.raw, contacts)
    except ValueError:
        return None


def _by_status(answer: Answer, expected: Sequence[str | None], status: int, message: str) -> Outcome:
    outcome = partial(_outcome, answer, expected, message=message, status=status)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return outcome("pending", "unauthorized", pauses=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return outcome("pending", "rate_limited", retry_after=answer.retry_after or RETRY_RATE_LIMITED)
    if status in _REFUSING:
        return outcome("refused", "refused_because" if message else "refused")
    if status >= 500:
        return outcome("unknown", "server_error")
    if 300 <= status < 400:
        return outcome("unknown", "redirected")
    return outcome("unknown", "undecided" if status else "internal")


def _by_error(answer: Answer, expected: Sequence[str | None], reading: AnswerIds, error: Mapping[str, Any]) -> Outcome:
    """Judge an error in an answer with a status of success.

    An ``errorCode`` that looks like a 4xx status counts as that status; any other error leaves the outcome unknown.
    """
    message = _message(error, b"")
    code = str(error.get(ERROR_CODE_KEY) or "")
    if len(code) == 3 and code.startswith("4") and code.isdecimal() and not any(reading.ids):
        return _by_status(answer, expected, int(code), message)
    unpaired = pair(reading, ()) if any(reading.ids) else None
    return _outcome(answer, expected, "unknown", "error_unclear", reading, unpaired, message=message or code)


def _by_ids(answer: Answer, expected: Sequence[str | None], reading: AnswerIds) -> Outcome:
    pairing = pair(reading, expected)
    items, ids = len(reading.ids), sum(1 for message_id in reading.ids if message_id)
    state: State = "unknown"
    if reading.failed:
        detail = "items_failed"
    elif not ids:
        state, detail = "accepted", "accepted_untracked"
    elif pairing.repeated:
        detail = "ids_repeated"
    elif len(pairing.receipts) == len(expected) == items:
        state, detail = "accepted", "accepted"
    elif items != len(expected):
        detail = "ids_count"
    else:
        detail = "ids_missing" if ids < items else "ids_unpaired"
    return _outcome(answer, expected, state, detail, reading, pairing)


def _outcome(
    answer: Answer,
    expected: Sequence[str | None],
    state: State,
    detail: str,
    reading: AnswerIds | None = None,
    pairing: Pairing | None = None,
    *,
    message: str = "",
    status: int | None = None,
    retry_after: float = 0.0,
    pauses: bool = False,
) -> Outcome:
    ids = sum(1 for message_id in reading.ids if message_id) if reading else 0
    return Outcome(
        state,
        detail,
        batch_id=reading.batch_id if reading else None,
        receipts=pairing.receipts if pairing else (),
        unpaired=pairing.unpaired if pairing else (),
        status=answer.status,
        retry_after=retry_after,
        pauses=pauses,
        params={
            "contacts": len(expected),
            "n": len(expected),
            "status": status or answer.status or 0,
            "message": message,
            "ids": ids,
        },
    )


def _json(raw: bytes) -> object:
    try:
        return load(raw)
    except ValueError:
        return None


def _message(value: object, raw: bytes) -> str:
    """Extract the provider's message as one line; ``""`` for a page of HTML, which is written by a proxy."""
    words: object = None
    if isinstance(value, Mapping):
        inner = value.get("error")
        candidates = [value.get(key) for key in (ERROR_MESSAGE_KEY, "message", "error", "detail")]
        candidates += [inner.get("message")] if isinstance(inner, Mapping) else []
        words = next((each for each in candidates if isinstance(each, str) and each.strip()), None)
    elif value is None and not raw.lstrip().startswith(b"<"):
        words = raw[: 4 * _MESSAGE_LENGTH].decode("utf-8", "replace")
    line = " ".join(words.split()) if isinstance(words, str) else ""
    return line if len(line) <= _MESSAGE_LENGTH else line[: _MESSAGE_LENGTH - 1] + "…"
