"""The worker process around the sending loop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omni.errors import StoreError
from omni.ports import Answer, Claimed
from omni.provider.response import judge_posted
from omni.sending import worker
from omni.sending.drain import WorkerParts
from omni.sending.worker import Ending, SendingLock, run_worker
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from tests.sending.engine import Provider, Troubled, accept
from tests.store.building import SENDS, make, states


@pytest.fixture
def work(database: Database, tmp_path: Path) -> Callable[..., Ending]:
    """Run a worker on the test's database and folder."""

    def run(provider: Provider, **options: Any) -> Ending:
        given: dict[str, Any] = {"ledger": Ledger(database, SENDS), "folder": tmp_path / "sending"} | options
        parts = {name: given.pop(name) for name in ("ledger", "rate", "threads", "expected") if name in given}
        return run_worker(WorkerParts(post=provider, judge=judge_posted, **parts), **given)

    return run


def test_it_sends_a_campaign_to_its_end_and_leaves_no_trace_of_itself(database: Database, work: Callable[..., Ending]):
    made = make(database, 20)
    provider = Provider()
    assert work(provider, until=made) == "over"
    assert states(database, made) == "a" * 20
    assert Ledger(database).workers() == ()


def test_while_it_works_it_is_known_who_and_where(database: Database, work: Callable[..., Ending]):
    made = make(database, 5)
    seen: list[Any] = []
    work(Provider(), until=made, on_ready=lambda: seen.extend(Ledger(database).workers()), info={"role": "test"})
    assert [(each.info["pid"], each.info["role"]) for each in seen] == [(os.getpid(), "test")]


def test_without_waiting_it_leaves_the_folder_to_its_present_user(
    database: Database, work: Callable[..., Ending], tmp_path: Path
):
    made = make(database, 5)
    provider = Provider()
    with SendingLock(tmp_path / "sending") as other:
        assert other.acquire()
        assert work(provider, until=made, wait=False) == "busy"
    assert provider.bodies == []
    assert work(provider, until=made, wait=False) == "over"


def test_waiting_it_takes_over_when_the_other_ends(database: Database, work: Callable[..., Ending], tmp_path: Path):
    made = make(database, 5)
    other = SendingLock(tmp_path / "sending")
    assert other.acquire()
    threading.Timer(0.4, other.release).start()
    assert work(Provider(), until=made) == "over"
    assert states(database, made) == "a" * 5


def test_it_stops_when_it_is_asked_to(database: Database, work: Callable[..., Ending]):
    made = make(database, 500)
    provider = Provider(latency=0.01)
    assert work(provider, stop=lambda: len(provider.bodies) > 10) == "stopped"
    assert set(states(database, made)) == {"a", "p"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(database: Database, work: Callable[..., Ending], number: signal.Signals):
    signalled: list[int] = []

    def signals(claimed: Claimed, body: bytes) -> Answer:
        if len(provider.bodies) > 10 and not signalled:
            signalled.append(number)
            os.kill(os.getpid(), number)
        return accept(claimed, body)

    made = make(database, 500)
    provider = Provider(signals, latency=0.01)
    before = signal.getsignal(number)
    assert work(provider) == "stopped"
    assert signal.getsignal(number) is before
    assert set(states(database, made)) <= {"a", "p"}
    assert states(database, made).count("a") == len(provider.bodies)


def test_idle_it_takes_up_a_campaign_made_meanwhile(database: Database, work: Callable[..., Ending]):
    campaigns = Campaigns(database)
    made: list[int] = []
    thread = threading.Timer(0.3, lambda: made.append(make(database, 3)))
    thread.start()
    ended = work(Provider(), stop=lambda: bool(made) and campaigns.get(made[0]).state == "done")
    thread.join()
    assert ended == "stopped"
    assert states(database, made[0]) == "aaa"


def test_it_waits_for_a_database_that_is_away_at_the_start(
    database: Database, work: Callable[..., Ending], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "_RETRY", 0.05)
    made = make(database, 3)
    asked: list[str] = []

    def away_at_first(name: str) -> str:
        asked.append(name)
        return "before" if len(asked) < 4 else ""

    campaigns = Campaigns(database)
    ledger = Troubled(Ledger(database, SENDS), away_at_first)
    work(Provider(), ledger=ledger, stop=lambda: campaigns.get(made).state == "done")
    assert states(database, made) == "aaa"


def test_in_the_foreground_a_database_that_is_away_is_reported_at_once(database: Database, work: Callable[..., Ending]):
    made = make(database, 3)
    calls: list[str] = []

    def away(name: str) -> str:
        calls.append(name)
        return "before"

    with pytest.raises(StoreError):
        work(Provider(), ledger=Troubled(Ledger(database, SENDS), away), until=made)
    assert len(calls) == 1, "nothing is tried again"


def test_a_folder_that_takes_no_files_is_reported(work: Callable[..., Ending], tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError) as caught:
        work(Provider(), folder=tmp_path / "file" / "sending")
    assert caught.value.code == "store.folder"


def test_a_new_worker_of_the_same_folder_knows_that_the_one_before_it_is_dead(
    database: Database, work: Callable[..., Ending], tmp_path: Path
):
    made = make(database, 2)
    provider = Provider()
    work(provider, stop=lambda: True)
    work(Provider(), stop=Once())
    seat = (tmp_path / "sending" / "seat").read_text("ascii")
    ledger = Ledger(database, SENDS)
    ledger.join(f"{seat}.killed", {}, f"{seat}.")
    ledger.turn(f"{seat}.killed", [], 1)
    work(provider, until=made)
    assert states(database, made)[0] == "u"


class Once:
    """A condition that is false once, then true."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> bool:
        asked, self._asked = self._asked, True
        return asked
