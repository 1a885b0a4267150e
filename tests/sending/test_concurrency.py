"""Over a real connection to a provider that takes its time, the rate comes near the limit all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from omni.provider.client import Client
from omni.provider.response import judge
from omni.sending.drain import drain
from omni.sending.journal import Journal
from omni.sending.sizing import LEAST
from omni.sending.spool import Spool
from omni.store.database import Database
from omni.store.ledger import Ledger
from tests.conftest import Sandbox
from tests.store.building import ME, SENDS, make, states

LIMIT = 200.0
LATENCY = 0.2
LOOK = 4.0


def answered_in_a_while(
    database: Database, folder: Path, url: str, threads: int, made: int
) -> tuple[int, list[int]]:
    """How many answers came in some seconds, once there was time to find the size; how many were open, now and then."""
    came, opened, guard = [], [], threading.Lock()
    client = Client(url, "practice", "practice", practice=True)
    stop = threading.Event()

    def post(claimed, body):
        answer = client.post(body)
        with guard:
            came.append(time.monotonic())
        return answer

    ledger = Ledger(database, replace(SENDS, rate=LIMIT))
    ledger.join(ME, {}, "")
    with Spool(folder / f"{threads}.spool") as spool, Journal(folder / f"{threads}.journal") as journal:
        threading.Timer(LOOK + 4.0, stop.set).start()
        drain(
            ledger, post, judge, owner=ME, spool=spool, journal=journal, stop=stop, rate=LIMIT, threads=threads,
            on_progress=lambda: opened.append(ledger.progress(made).counts["sending"]),
        )  # fmt: skip
    client.close()
    until = came[0] + 3.0 + LOOK
    return sum(until - LOOK < at <= until for at in came), opened


@pytest.mark.slow
def test_the_rate_comes_near_the_limit_where_eight_threads_cannot(
    database: Database, tmp_path: Path, sandbox: Callable[..., Sandbox]
):
    provider = sandbox("--latency", str(int(LATENCY * 1000)))
    made = make(database, 3000)
    few, _ = answered_in_a_while(database, tmp_path, provider.url, LEAST, made)
    many, opened = answered_in_a_while(database, tmp_path, provider.url, 256, made)
    # Eight at once come to 40 a second at most. On an idle machine it is 4.8 times that; a busy one gets part of it.
    assert many > 2 * few
    assert max(opened) <= 2 * LIMIT * (LATENCY + 0.2), "no more are open than the rate needs"
    assert "u" not in states(database, made)
    assert provider.stats()["accepted_contacts"] == states(database, made).count("a")
