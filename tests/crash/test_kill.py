"""kill -9 at any moment, again and again; then our ledger is compared with what the provider has received.

``OMNI_CRASH_KILLS=100`` kills that often instead of a few times.
"""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from omni.core.campaign import ContactState
from omni.provider.response import judge
from omni.store.campaigns import Campaigns
from omni.store.database import Database, open_database
from tests.conftest import Sandbox
from tests.store.building import make

ROOT = Path(__file__).resolve().parents[2]
KILLS = os.environ.get("OMNI_CRASH_KILLS")
THREADS = 8
FAULTS = {
    "refused": 0.02, "cut_before": 0.02, "cut_after": 0.02, "cut_middle": 0.02, "error_500": 0.02,
    "error_504": 0.02, "malformed": 0.02, "html": 0.02, "fewer_ids": 0.02, "no_ids": 0.02, "redirect": 0.02,
    "error_in_200": 0.02, "slow": 0.02, "too_many": 0.003,
}  # fmt: skip
RECEIVED_OR_PERHAPS: tuple[ContactState, ...] = ("accepted", "unknown")

pytestmark = pytest.mark.slow


@contextmanager
def sender(url: str, folder: Path, endpoint: str, *campaign: str) -> Iterator[subprocess.Popen[str]]:
    """A worker process that is ready to send."""
    command = [sys.executable, "-m", "tests.crash.sender", url, str(folder), endpoint, *campaign]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def kill_amid(url: str, folder: Path, endpoint: str, answers: int, seconds: float) -> None:
    """Kill a worker ``seconds`` after that many answers have come to it."""
    noted = folder / "arrived.jsonl"
    with sender(url, folder, endpoint) as process:
        enough = lines(noted) + answers
        while lines(noted) < enough:
            assert process.poll() is None
            time.sleep(0.002)
        time.sleep(seconds)
        process.kill()


def lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def test_a_worker_killed_again_and_again_sends_to_nobody_twice_and_loses_no_id(
    database_url: str, tmp_path: Path, sandbox: Callable[..., Sandbox]
):
    kills = int(KILLS) if KILLS else 6 if database_url.startswith("sqlite") else 3
    draw = random.Random(kills)
    faults = ",".join(f"{name}={share}" for name, share in FAULTS.items())
    provider = sandbox("--latency", "15", "--slow", "0.4", "--faults", faults, "--seed", "7")
    database = open_database(database_url)
    made = make(database, kills * 800, 5)
    folder = tmp_path / "sending"
    for _ in range(kills):
        kill_amid(database_url, folder, provider.url, draw.randrange(100), draw.uniform(0, 0.03))
    assert Campaigns(database).get(made).state == "running"
    finish(database_url, folder, provider.url, made)
    compare(database, made, provider, [folder], killed=kills)
    database.close()


def test_of_two_workers_one_dies_for_ever_and_the_other_finishes(
    postgres_url: str, tmp_path: Path, sandbox: Callable[..., Sandbox]
):
    provider = sandbox("--latency", "20")
    database = open_database(postgres_url)
    made = make(database, 1500, 5)
    dead, alive = tmp_path / "dead", tmp_path / "alive"
    with sender(postgres_url, alive, provider.url, str(made)) as other:
        kill_amid(postgres_url, dead, provider.url, 20, 0.01)
        assert other.wait(60) == 0
    found = Campaigns(database).get(made)
    assert found.state == "done"
    # Its folder comes back, and with it the answers that only its spool has.
    finish(postgres_url, dead, provider.url, made)
    compare(database, made, provider, [dead, alive], killed=1)
    assert all((folder / "arrived.jsonl").stat().st_size for folder in (dead, alive))
    database.close()


def finish(url: str, folder: Path, endpoint: str, campaign: int) -> None:
    with sender(url, folder, endpoint, str(campaign)) as process:
        assert process.wait(120) == 0


def compare(database: Database, made: int, provider: Sandbox, folders: list[Path], killed: int) -> None:
    """Nothing twice, no id lost, nothing accepted that was not received, nothing received that we deny."""
    campaigns = Campaigns(database)
    ours = {each.destination: each for chunk in campaigns.all_recipients(made) for each in chunk}
    records = [each for each in provider.records() if each["accepted"]]
    received = Counter(phone_of(contact) for each in records for contact in each["contacts"])
    assert [destination for destination, times in received.items() if times > 1] == []

    assert {destination for destination in received if ours[destination].state not in RECEIVED_OR_PERHAPS} == set()
    assert {each.destination for each in ours.values() if each.state == "accepted"} - set(received) == set()
    assert {each.state for each in ours.values()} <= {"accepted", "refused", "unknown"}

    answers = {(each.number, each.attempt): each for each in campaigns.answers(made)}
    arrived = [line for folder in folders for line in (folder / "arrived.jsonl").read_text().splitlines()]
    for number, attempt, status, raw in map(json.loads, arrived):
        if status is not None:
            kept = answers[number, attempt].answer
            assert (kept.status, kept.raw) == (status, base64.b64decode(raw))
    assert_ids_agree(records, ours, {each.number: each for each in answers.values()})

    lost = sum(each["mode"] == "ok" and ours[phone_of(each["contacts"][0])].state == "unknown" for each in records)
    assert lost <= killed * THREADS


def assert_ids_agree(records: list[dict[str, Any]], ours: dict[str, Any], answers: dict[int, Any]) -> None:
    """The ids we have are those the provider gave, contact by contact."""
    seen = 0
    for each in records:
        first = ours[phone_of(each["contacts"][0])]
        if each["mode"] != "ok" or first.state != "accepted":
            continue
        outcome = judge(answers[first.request_number].answer, [None] * each["count"])
        places = {receipt.position: receipt.message_id for receipt in outcome.receipts}
        for contact, given in zip(each["contacts"], each["ids"], strict=True):
            our = ours[phone_of(contact)]
            assert (our.batch_id, places[our.position]) == (each["batch_id"], given)
            seen += 1
    assert seen > 100


def phone_of(contact: dict[str, str]) -> str:
    return contact["phone1"]
