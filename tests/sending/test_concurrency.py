"""The rate comes close to its limit even over a real connection to a slow provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from omni.ports import Answer, Claimed
from omni.provider.client import Client
from omni.provider.response import judge_posted
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.concurrency import LEAST
from omni.sending.drain import WorkerParts, drain
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from tests.conftest import Sandbox
from tests.store.building import ME, SENDS, make, states
from tests.waiting import PATIENCE

LIMIT = 40.0
LATENCY = 1.0
"""A rate so low and a latency so long that the provider, not the machine, takes most of the time."""


@pytest.mark.slow
def test_as_many_requests_are_open_as_the_rate_needs_and_hardly_more(
    database: Database, tmp_path: Path, sandbox: Callable[..., Sandbox]
):
    provider = sandbox("--latency", str(int(LATENCY * 1000)))
    made = make(database, 3000)
    opened: list[int] = []
    took: list[float] = []
    client = Client(provider.url, "practice", "practice", practice=True)
    ledger = Ledger(database, replace(SENDS, rate=LIMIT))
    ledger.join(ME, {}, "")
    enough = LIMIT * LATENCY / 2

    def note() -> None:
        opened.append(ledger.progress(made).counts["sending"])

    def post(_claimed: Claimed, body: bytes) -> Answer:
        began = time.monotonic()
        answer = client.post(body)
        took.append(time.monotonic() - began)
        return answer

    give_up = time.monotonic() + PATIENCE
    with AnswerSpool(tmp_path / "spool") as spool, ClaimJournal(tmp_path / "journal") as journal:
        drain(
            WorkerParts(ledger, post, judge_posted, rate=LIMIT, threads=256),
            owner=ME,
            spool=spool,
            journal=journal,
            stop=lambda: max(opened, default=0) >= enough or time.monotonic() > give_up,
            on_progress=note,
        )
    client.close()
    # The initial eight at once make 8 a second at most; a busy machine reaches the limit late.
    assert LEAST < enough <= max(opened), "as many as half the rate needs were never open"
    assert max(opened) <= 2 * LIMIT * (max(took) + 0.2), "no more are open than the rate needs"
    assert "u" not in states(database, made)
    assert provider.stats()["accepted_contacts"] == states(database, made).count("a")
