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

import orjson

from omni.core.campaign import Outcome, Receipt
from omni.ports import Answer
from omni.provider.answer_ids import PlainIds, plain_ids
from omni.provider.answer_pairing import NO_IDS, Pairing, pair
from omni.provider.answer_search import search
from omni.provider.answer_text import read
from omni.provider.payload import ERROR_CODE_KEY, ERROR_MESSAGE_KEY
from omni.provider.sent_request import SentRequest
from omni.provider.taught_answer import TaughtAnswer

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


def judge_posted(answer: Answer, contacts: int, body: bytes) -> Outcome:
    """Judge the outcome of a request of which ``body`` was posted."""
    return judge(answer, SentRequest(contacts, lambda: body))


def judge(answer: Answer, sent: SentRequest | Sequence[str | None], taught: TaughtAnswer | None = None) -> Outcome:
    """Judge the outcome of a request and its contacts; ``taught`` says where in the answer the ids are.

    ``sent`` is the request, or only the correlationIds (or None) its contacts were sent with.

    ``detail`` of the outcome is a code whose sentence is ``answer.<code>``. Its ``params`` always hold ``contacts`` and
    ``n`` (the number of contacts), ``status``, ``message`` (the provider's words, at most 200 characters), ``ids`` (the
    number of ids in the answer) and ``apart`` (the number of those that belong to no contact with certainty).
    """
    if not isinstance(sent, SentRequest):
        sent = SentRequest(len(sent), correlation_ids=sent)
    status = answer.status
    if answer.failure == "not_sent":
        return _outcome(answer, sent, "pending", "not_sent", retry_after=RETRY_NOT_SENT)
    if answer.failure is None and (status is None or not 200 <= status < 300):
        return _by_status(answer, sent, status or 0, _message(_json(answer.raw), answer.raw))
    plain = _plain(answer, sent, taught)
    if plain is not None:
        receipts = tuple(map(Receipt, range(sent.contacts), plain.ids, plain.correlation_ids))
        pairing = Pairing(plain.batch_id, receipts, (), sent.contacts, sent.contacts)
        if answer.failure is not None:
            return _outcome(answer, sent, "unknown", answer.failure, pairing)
        return _outcome(answer, sent, "accepted", "accepted", pairing)
    if not answer.raw.strip() or status is None or not 200 <= status < 300:
        pairing, error, is_whole = NO_IDS, None, True
    else:
        pairing, error, is_whole = paired_ids(answer.raw, sent, taught)
    if answer.failure is not None:
        # What came before the break: ids that are certain are kept, the others stay apart.
        return _outcome(answer, sent, "unknown", answer.failure, NO_IDS if error else pairing)
    if not is_whole:
        return _outcome(answer, sent, "unknown", "unreadable", pairing)
    if error is not None:
        return _by_error(answer, sent, pairing, error)
    return _by_ids(answer, sent, pairing)


def undisputed_ids(
    answer: Answer, contacts: int, taught: TaughtAnswer | None = None
) -> tuple[Sequence[str], Sequence[str | None]] | None:
    """Return the ids and the correlationIds of the contacts, in order, if ``judge`` would pair each by its position.

    They equal the receipts of ``judge``, without an object for each contact. None for any other answer. Only for
    requests of which no contact was sent with a correlationId of its own.
    """
    plain = _plain(answer, SentRequest(contacts, correlation_ids=[None] * contacts), taught)
    return (plain.ids, plain.correlation_ids) if plain is not None and answer.failure is None else None


def paired_ids(
    raw: bytes, sent: SentRequest, taught: TaughtAnswer | None = None
) -> tuple[Pairing, Mapping[str, Any] | None, bool]:
    """Return the ids in an answer of any shape with their contacts, the object that reports an error, and whether the
    answer could be read to its end.
    """
    answer = read(raw)
    found = search(answer.value, sent)
    items = (taught.found_in(answer.value, sent) if taught else None) or found.items
    return pair(items, sent, in_order=answer.is_whole, behind=answer.behind), found.error, answer.is_whole


def _plain(answer: Answer, sent: SentRequest, taught: TaughtAnswer | None) -> PlainIds | None:
    """Read the documented shapes, as far as it is certain without a search which id belongs to which contact."""
    if taught is not None or answer.status is None or not 200 <= answer.status < 300:
        return None
    plain = plain_ids(answer.raw, sent.contacts)
    if plain is None or not sent.carries_ids or sent.own_ids.keys().isdisjoint(plain.correlation_ids):
        return plain
    return plain.in_order_of(sent.correlation_ids)


def _by_status(answer: Answer, sent: SentRequest, status: int, message: str) -> Outcome:
    outcome = partial(_outcome, answer, sent, message=message, status=status)
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


def _by_error(answer: Answer, sent: SentRequest, pairing: Pairing, error: Mapping[str, Any]) -> Outcome:
    """Judge an error in an answer with a status of success.

    An ``errorCode`` that looks like a 4xx status counts as that status; any other error leaves the outcome unknown.
    """
    message = _message(error, b"")
    code = str(error.get(ERROR_CODE_KEY) or "")
    if len(code) == 3 and code.startswith("4") and code.isdecimal() and not pairing.ids:
        return _by_status(answer, sent, int(code), message)
    return _outcome(answer, sent, "unknown", "error_unclear", pairing.all_apart(), message=message or code)


def _by_ids(answer: Answer, sent: SentRequest, pairing: Pairing) -> Outcome:
    """Judge an answer with a status of success that reports no error for the request as a whole.

    With at least as many ids as contacts the request is accepted, even if some ids belong to no contact with certainty:
    sent again, its contacts would get it twice.
    """
    with_id = sum(1 for receipt in pairing.receipts if receipt.message_id)
    apart = {receipt.message_id for receipt in pairing.unpaired if receipt.message_id}
    state: State = "unknown"
    if pairing.failed:
        detail = "items_failed"
    elif not pairing.ids:
        state, detail = "accepted", "accepted_batch" if pairing.batch_id else "accepted_untracked"
    elif pairing.repeated:
        detail = "ids_repeated"
    elif with_id == sent.contacts and not apart:
        state, detail = "accepted", "accepted"
    elif with_id + len(apart) >= sent.contacts and apart:
        state, detail = "accepted", "ids_apart"
    else:
        detail = "ids_missing" if pairing.entries == sent.contacts else "ids_count"
    return _outcome(answer, sent, state, detail, pairing)


def _outcome(
    answer: Answer,
    sent: SentRequest,
    state: State,
    detail: str,
    pairing: Pairing = NO_IDS,
    *,
    message: str = "",
    status: int | None = None,
    retry_after: float = 0.0,
    pauses: bool = False,
) -> Outcome:
    return Outcome(
        state,
        detail,
        batch_id=pairing.batch_id,
        receipts=pairing.receipts,
        unpaired=pairing.unpaired,
        status=answer.status,
        retry_after=retry_after,
        pauses=pauses,
        params={
            "contacts": sent.contacts,
            "n": sent.contacts,
            "status": status or answer.status or 0,
            "message": message,
            "ids": pairing.ids,
            "apart": sum(1 for receipt in pairing.unpaired if receipt.message_id),
        },
    )


def _json(raw: bytes) -> object:
    try:
        return orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
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
