"""Threads that the system may refuse: the pool uses those it gets and loses no work."""

from __future__ import annotations

import threading
import time

import pytest

from omni.ports import Answer, Claimed
from omni.sending import drain as drain_module
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.concurrency import LEAST
from omni.sending.thread_pool import ThreadPool
from omni.store.database import Database
from tests.sending.engine import Provider, accept, send
from tests.store.building import make, states
from tests.waiting import PATIENCE, wait_until


class Scarce:
    """A system that allows only ``left`` threads for posting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
        self.left = left
        self.refused = 0
        really = threading.Thread.start

        def start(thread: threading.Thread) -> None:
            if thread.name.startswith("omni-post"):
                if not self.left:
                    self.refused += 1
                    raise RuntimeError("can't start new thread")
                self.left -= 1
            really(thread)

        monkeypatch.setattr(threading.Thread, "start", start)


def test_each_task_runs_once_and_no_more_at_once_than_wanted():
    together = threading.Barrier(3)
    done: list[int] = []

    def task() -> None:
        together.wait(PATIENCE)
        done.append(threading.get_ident())

    with ThreadPool(3) as threads:
        assert all(threads.run(task) for _ in range(9))
    assert len(done) == 9
    assert len(set(done)) == 3


def test_no_more_threads_are_started_than_there_is_work_for_at_once():
    names: set[str] = set()
    with ThreadPool(8) as threads:
        for _ in range(5):
            ended = threading.Event()
            threads.run(lambda: names.add(threading.current_thread().name))
            threads.run(ended.set)
            assert ended.wait(PATIENCE)
            wait_until(lambda: not threads._unfinished)
    assert len(names) <= 2


def test_a_task_without_a_free_thread_waits_for_one(monkeypatch: pytest.MonkeyPatch):
    system = Scarce(monkeypatch, 2)
    may_end = threading.Event()
    done: list[str] = []

    def task() -> None:
        assert may_end.wait(PATIENCE)
        done.append("run")

    with ThreadPool(8) as threads:
        assert all(threads.run(task) for _ in range(10))
        assert threads.most == 2
        may_end.set()
    assert len(done) == 10
    assert system.refused == 1


def test_without_any_thread_a_task_is_certainly_not_run(monkeypatch: pytest.MonkeyPatch):
    system = Scarce(monkeypatch, 0)
    done: list[str] = []
    with ThreadPool(8) as threads:
        assert not threads.run(lambda: done.append("refused"))
        system.left = 5
        assert threads.run(lambda: done.append("run"))
        assert threads.most == 1
    assert done == ["run"]


def test_sending_goes_on_with_the_threads_there_are(
    database: Database,
    spool: AnswerSpool,
    journal: ClaimJournal,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    system = Scarce(monkeypatch, 3)
    made = make(database, 40)

    def when_all_are_busy(claimed: Claimed, body: bytes) -> Answer:
        wait_until(lambda: provider.most_open == 3 and system.refused)
        return accept(claimed, body)

    provider = Provider(when_all_are_busy)
    send(database, spool, journal, provider, until=made, threads=64)
    assert states(database, made) == "a" * 40
    assert set(provider.received.values()) == {1}
    assert (provider.most_open, system.refused) == (3, 1)
    assert "no more than 3 requests at once" in caplog.text


def test_without_a_thread_everything_waits_and_nothing_is_unknown(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drain_module, "RETRY_NOT_POSTED", 0.3)
    monkeypatch.setattr("omni.sending.posting.RETRY_NOT_POSTED", 0.0)
    system = Scarce(monkeypatch, 0)
    made = make(database, 12)
    provider = Provider()
    began = time.monotonic()
    send(database, spool, journal, provider, stop=lambda: system.refused >= 10)
    took = time.monotonic() - began
    assert states(database, made) == "p" * 12
    assert system.refused <= LEAST + took / 0.3, "it is tried now and then, not all the time"
    system.left = 1
    send(database, spool, journal, provider, until=made)
    assert states(database, made) == "a" * 12
    assert set(provider.received.values()) == {1}
