"""A worker process to be killed or frozen: ``worker_process.py URL FOLDER ENDPOINT [CAMPAIGN]``.

It prints "ready" once it has recovered. Each answer that arrives is noted in ``FOLDER/arrived.jsonl`` as soon as it is
where a kill cannot remove it. Its clock, and the database's clock as it reads it, is ahead by the seconds in the file
that ``CRASH_CLOCK`` names.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from pathlib import Path

from omni.ports import Answer, Claimed
from omni.provider.client import Client
from omni.provider.response import judge_posted
from omni.sending import drain, worker
from omni.sending.answer_spool import AnswerSpool
from omni.store import database, opening
from omni.store.ledger import ledger, workers
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger


def report_ready() -> None:
    """Tell the test that the worker is ready to send."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def set_clocks(ahead: Path, *, is_ours: bool) -> None:
    """Set all clocks but the monotonic one ahead; ``is_ours`` means the database uses the clock of this process."""
    true_time, true_clock = time.time, database.clock
    time.time = lambda: true_time() + float(ahead.read_text())
    if not is_ours:
        # PostgreSQL uses the clock of its server, so the ledger's reading of it is changed too.
        ledger.clock = lambda connection: true_clock(connection) + float(ahead.read_text())  # type: ignore[attr-defined]


def main(url: str, folder: Path, endpoint: str, campaign: str | None = None) -> None:
    """Send until killed or until the campaign is over."""
    workers.LEASE, drain._BEAT, database.FROZEN_SECONDS = 5.0, 0.4, 5.0  # type: ignore[misc]
    folder.mkdir(parents=True, exist_ok=True)
    if "CRASH_CLOCK" in os.environ:
        set_clocks(Path(os.environ["CRASH_CLOCK"]), is_ours=url.startswith("sqlite"))
    arrived = os.open(folder / "arrived.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    put = AnswerSpool.put

    def put_and_note(spool: AnswerSpool, claimed: Claimed, answer: Answer) -> None:
        put(spool, claimed, answer)
        raw = base64.b64encode(answer.raw).decode()
        os.write(arrived, json.dumps([claimed.number, claimed.attempt, answer.status, raw]).encode() + b"\n")

    AnswerSpool.put = put_and_note  # type: ignore[method-assign]
    client = Client(endpoint, "practice", "practice", practice=True)
    sends = Sends(practice=True, account=None, endpoint=None, rate=float(os.environ.get("CRASH_RATE", "1000")))
    worker.run_worker(
        drain.WorkerParts(
            Ledger(opening.open_database(url), sends), lambda claimed, body: client.post(body), judge_posted
        ),
        folder=folder,
        until=None if campaign is None else int(campaign),
        on_ready=report_ready,
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
