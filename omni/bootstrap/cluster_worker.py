"""A worker beside those of other machines: it sends what there is, then waits for the queue to wake it."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from omni.cluster.attending import Duties, attend
from omni.errors import StoreError
from omni.sending.signals import hear_signals
from omni.store.database import Database
from omni.store.ledger import Ledger
from omni.store.workers import Presence

_LOOK_EVERY: Final = 1.0

Stop = Callable[[], bool]


def work_beside_others(
    database: Database, ledger: Ledger, send: Callable[[Stop, Callable[[], None]], object], gone: Stop | None
) -> None:
    """Send until SIGTERM, SIGINT or ``gone``. ``send`` is a shift: it sends until its first argument says to stop, and
    calls the second once what was left behind is taken up. Raises what ``send`` raises.
    """
    here = Presence(database)
    who = f"waiting.{secrets.token_hex(8)}"
    info = {"host": socket.gethostname(), "pid": os.getpid(), "role": "waiting"}
    with hear_signals() as signalled:

        def stopped() -> bool:
            return signalled.is_set() or (gone is not None and gone())

        def shift() -> None:
            idle = _NothingRuns(ledger)
            send(lambda: stopped() or idle(), idle.begin)

        attend(database.conninfo(), Duties(here.sweep, shift, lambda: here.show(who, info), stopped))
    with suppress(StoreError):
        here.leave(who)


class _NothingRuns:
    """True once no campaign is running, but not before ``begin``. Asked often, so it looks seldom."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._look_due = float("inf")

    def begin(self) -> None:
        """From now on an end is an end."""
        self._look_due = 0.0

    def __call__(self) -> bool:
        now = time.monotonic()
        if now < self._look_due:
            return False
        self._look_due = now + _LOOK_EVERY
        try:
            return not self._ledger.has_running()
        except StoreError:
            return False
