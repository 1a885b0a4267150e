"""``python -m omni worker`` as a process of its own, with short times: ``resident.py SWEEP_SECONDS``."""

from __future__ import annotations

import sys

from omni import cli
from omni.cluster import attending
from omni.sending import drain, posting
from omni.store import workers

LEASE = 2.0


def main(sweep: int) -> int:
    """Work until stopped."""
    workers.LEASE, posting.STALE, drain._BEAT = LEASE, 1.0, 0.4  # type: ignore[misc]
    attending.SWEEP_EVERY, attending._STALLED, attending._BEAT = sweep, LEASE, 0.4  # type: ignore[misc]
    return cli.main(["worker"])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
