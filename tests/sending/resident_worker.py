"""``python -m omni worker`` as a process of its own with short times: ``resident_worker.py SWEEP_SECONDS``.

It skips the command line, which takes a second of processor time to load.
"""

from __future__ import annotations

import sys

from omni.bootstrap.worker import Sender
from omni.cluster import attending
from omni.sending import drain, posting
from omni.settings import load
from omni.store.ledger import workers
from omni.store.opening import open_database

LEASE = 5.0
"""Seconds without a heartbeat after which a worker is dead; one beats every 0.4 s, so a busy machine is no reason."""


def main(sweep: int) -> None:
    """Work until stopped."""
    workers.LEASE, posting.STALE, drain._BEAT = LEASE, 2.0, 0.4  # type: ignore[misc]
    attending.SWEEP_EVERY, attending._STALLED, attending._BEAT = sweep, LEASE, 0.4  # type: ignore[misc]
    settings = load()
    Sender(settings, open_database(settings.database_url)).run_worker(while_console=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
