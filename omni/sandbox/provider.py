"""The provider's decision on one request: whether it is accepted, its entry in the record, and its answer."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from omni.sandbox.answer import HTML_PAGE, body_for, error_body, receipts_for
from omni.sandbox.contract import ContactInfo, ContractError, check_headers, count_steps, read_contacts
from omni.sandbox.faults import FAULTS, NO_FAULT, REDIRECT_PATH, Ending, Fault, FaultDraw
from omni.sandbox.http1 import Reply, Request
from omni.sandbox.record import NO_RECEIPTS, Entry, Record

SEND_PATH = "/v1/omni/send"
FAULT_HEADER = "x-sandbox-fault"

_METHODS = {SEND_PATH: "POST", REDIRECT_PATH: "POST", "/health": "GET", "/stats": "GET"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and the way it reaches the client: ``delay`` in seconds, ``ending`` as in ``faults``."""

    reply: Reply
    ending: Ending = "answer"
    delay: float = 0.0


class RateLimit:
    """A limit of ``per_second`` requests in any second; None is no limit."""

    def __init__(self, per_second: int | None) -> None:
        self._passed: deque[float] | None = None if per_second is None else deque(maxlen=per_second)

    def passes(self) -> bool:
        """Return whether one more request may pass now, and count it if so."""
        if self._passed is None:
            return True
        now = time.monotonic()
        if len(self._passed) == self._passed.maxlen and now - self._passed[0] < 1.0:
            return False
        self._passed.append(now)
        return True


class Provider:
    """Decides on requests one at a time; an accepted one is in the record before its answer goes out."""

    def __init__(
        self,
        record: Record,
        faults: FaultDraw,
        limit: RateLimit,
        *,
        shape: str,
        latency: float,
        slow: float,
        id_prefix: str = "",
    ) -> None:
        self._record = record
        self._faults = faults
        self._limit = limit
        self._shape = shape
        self._id_prefix = id_prefix
        self._latency = latency
        self._slow = slow

    def handle(self, request: Request) -> Delivery:
        """Decide on one request; ``latency`` and ``slow`` (seconds) delay only answers to POSTs."""
        path, method = request.head.path, request.head.method
        if path not in _METHODS:
            return Delivery(_error(404, f"there is nothing here; campaigns are posted to {SEND_PATH}"))
        if method != _METHODS[path]:
            allowed = _METHODS[path]
            return Delivery(_error(405, f"only {allowed} is answered here", (("Allow", allowed),)))
        if path == "/health":
            return Delivery(Reply(200, b'{"status": "ok"}'))
        if path == "/stats":
            return Delivery(Reply(200, json.dumps(self._record.counts()).encode("ascii")))
        if path == REDIRECT_PATH:
            return self._judge(request, "redirect_followed", NO_FAULT)
        drawn = self._faults.draw()
        name = request.head.headers.get(FAULT_HEADER, drawn)
        if name is not None and name not in FAULTS:
            unknown = _error(400, f"unknown fault; the faults are {', '.join(FAULTS)}")
            return self._decline(request, "invalid", unknown)
        if not self._limit.passes():
            too_many = _error(429, "too many requests in one second", (("Retry-After", "1"),))
            return self._decline(request, "rate_limited", too_many)
        return self._judge(request, name or "ok", FAULTS[name] if name else NO_FAULT)

    def _judge(self, request: Request, mode: str, fault: Fault) -> Delivery:
        try:
            check_headers(request.head.headers)
            contacts = read_contacts(request.body)
        except ContractError as err:
            return self._decline(request, "invalid", _error(err.status, err.message))
        if not fault.accepts:
            return self._decline(request, mode, _reply_without_ids(fault), fault, contacts)
        receipts = receipts_for(contacts, fault.content, self._shape, count_steps(request.body), self._id_prefix)
        user_name = request.head.headers["username"]
        failure = self._write(Entry(mode, True, fault.status, user_name, request.body, contacts, receipts))
        if failure is not None:
            return failure
        if fault.status == 200:
            kind = "text/html" if fault.content == "html" else "application/json"
            reply = Reply(200, body_for(receipts, fault.content, self._shape), kind, fault.headers)
        else:
            reply = _reply_without_ids(fault)
        return self._delivery(reply, fault.ending)

    def _decline(
        self,
        request: Request,
        mode: str,
        reply: Reply,
        fault: Fault | None = None,
        contacts: Sequence[ContactInfo] = (),
    ) -> Delivery:
        status = reply.status if fault is None else fault.status
        user_name = request.head.headers.get("username", "")
        failure = self._write(Entry(mode, False, status, user_name, request.body, contacts, NO_RECEIPTS))
        return failure or self._delivery(reply, "answer" if fault is None else fault.ending)

    def _write(self, entry: Entry) -> Delivery | None:
        """Record the request, or return a refusal: tests rely on the record to hold every accepted request."""
        try:
            self._record.add(entry)
        except OSError as err:
            sys.stderr.write(f"sandbox: the record cannot be written: {err.strerror}\n")
            return Delivery(_error(500, "the sandbox cannot write its record; nothing was accepted"))
        return None

    def _delivery(self, reply: Reply, ending: Ending) -> Delivery:
        return Delivery(reply, ending, self._latency + (self._slow if ending == "late" else 0.0))


def _error(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(status, error_body(status, message), headers=headers)


def _reply_without_ids(fault: Fault) -> Reply:
    status = fault.status or 200
    if fault.content == "html":
        return Reply(status, HTML_PAGE, "text/html", fault.headers)
    # Under status 200 only the body shows the error: its code is that of a refusal.
    code = 400 if status == 200 else status
    return Reply(status, error_body(code, fault.message), headers=fault.headers)
