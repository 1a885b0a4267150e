"""A worker that others gave up, or whose database was replaced under it, sends nothing again by itself."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from omni.ports import Answer, Claimed
from omni.sending import drain as drain_module
from omni.sending.journal import Journal
from omni.sending.spool import Spool
from omni.store.campaigns import Campaigns
from omni.store.database import Database
from omni.store.deciding import Unknowns
from omni.store.ledger import Ledger
from omni.store.schema import worker
from tests.sending.engine import Provider, send
from tests.store.building import ME, SENDS, make, states


class Attempts:
    """A provider that answers each attempt when the test says so, with ids that tell which one it was."""

    def __init__(self) -> None:
        self.posted: list[int] = []
        self.may_answer = defaultdict[int, threading.Event](threading.Event)

    def __call__(self, claimed: Claimed, body: bytes) -> Answer:
        self.posted.append(claimed.attempt)
        assert self.may_answer[claimed.attempt].wait(10)
        ids = [{"id": f"of-attempt-{claimed.attempt}"}]
        return Answer(200, json.dumps({"id": "b", "messages": ids}).encode(), None, None, time.time())


@pytest.fixture(autouse=True)
def beats_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain_module, "_BEAT", 0.1)


def test_a_request_sent_again_while_its_former_attempt_is_still_in_our_hands_goes_out_as_often_as_was_decided(
    database: Database, spool: Spool, journal: Journal
):
    made = make(database, 1)
    attempts = Attempts()
    ledger = Ledger(database, SENDS)
    ledger.join(ME, {}, "seat.")
    with sending(database, spool, journal, Provider(attempts), ledger):
        until(lambda: attempts.posted == [1])
        give_up(database, ME)
        assert states(database, made) == "u"
        Unknowns(database).decide(made, "resend", "ana")
        until(lambda: attempts.posted == [1, 2])
        attempts.may_answer[1].set()
        until(lambda: answered(database, made) == [1])
        time.sleep(0.5)  # some beats
        assert (states(database, made), attempts.posted) == ("s", [1, 2])
        attempts.may_answer[2].set()
        until(lambda: states(database, made) == "a")
        time.sleep(0.5)
    assert attempts.posted == [1, 2]
    raws = [each.answer.raw for each in Campaigns(database).answers(made)]
    assert [b"of-attempt-1" in raws[0], b"of-attempt-2" in raws[1]] == [True, True]


@contextmanager
def sending(
    database: Database, spool: Spool, journal: Journal, provider: Provider, ledger: Ledger
) -> Iterator[threading.Event]:
    """A worker in a thread, until the block is left."""
    stop = threading.Event()
    thread = threading.Thread(
        target=send, args=(database, spool, journal, provider), kwargs={"stop": stop, "ledger": ledger}
    )
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def give_up(database: Database, owner: str) -> None:
    """What another worker does when ``owner`` gave no sign of life for long; the owner does not know."""
    with database.write() as connection:
        connection.execute(worker.delete().where(worker.c.id == owner))
    Ledger(database, SENDS).join("elsewhere.1", {}, "elsewhere.")


def answered(database: Database, campaign_id: int) -> list[int]:
    """The attempts an answer is kept for."""
    return [each.attempt for each in Campaigns(database).answers(campaign_id)]


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it."""
    give_up_at = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < give_up_at, "it did not come to this"
        time.sleep(0.01)
