"""Worker beside those of other machines: it sends what there is, then waits for the queue to wake it."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from omni.cluster.attending import Duties, serve_jobs
from omni.errors import StoreError
from omni.sending.signals import stop_on_signals
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.workers import Presence

_LOOK_EVERY: Final = 1.0
"""Seconds between two checks whether a campaign is running."""

Stop = Callable[[], bool]


def work_beside_others(
    database: Database, ledger: Ledger, send: Callable[[Stop, Callable[[], None]], object], gone: Stop | None
) -> None:
    """Send until SIGTERM, SIGINT or ``gone``. Raises what ``send`` raises.

    ``send`` is one shift: it sends until its first argument returns True, and calls the second one as soon as what a
    previous process left is recovered.
    """
    presence = Presence(database)
    who = f"waiting.{secrets.token_hex(8)}"
    info = {"host": socket.gethostname(), "pid": os.getpid(), "role": "waiting"}
    with stop_on_signals() as stop_requested:

        def stopped() -> bool:
            return stop_requested.is_set() or (gone is not None and gone())

        def shift() -> None:
            idle = _NothingRuns(ledger)
            send(lambda: stopped() or idle(), idle.begin)

        serve_jobs(database.conninfo(), Duties(presence.sweep, shift, lambda: presence.show(who, info), stopped))
    with suppress(StoreError):
        presence.leave(who)


class _NothingRuns:
    """True once no campaign is running, but not before ``begin``; queries the ledger only once a second."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._check_due = float("inf")

    def begin(self) -> None:
        """Allow the shift to end when no campaign is running."""
        self._check_due = 0.0

    def __call__(self) -> bool:
        now = time.monotonic()
        if now < self._check_due:
            return False
        self._check_due = now + _LOOK_EVERY
        try:
            return not self._ledger.has_running()
        except StoreError:
            return False
