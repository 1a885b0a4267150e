"""A worker declared dead, or whose database was replaced while it worked, sends nothing again by itself."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from omni.ports import Answer, Claimed
from omni.sending import drain as drain_module
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.schema import answer, campaign, request, worker
from tests.sending.engine import Counted, Provider, accept, send
from tests.store.building import ME, SENDS, make, states
from tests.store.legal_states import any_state
from tests.waiting import PATIENCE, wait_until

Snapshot = Sequence[tuple[sa.Table, Sequence[sa.RowMapping]]]


class Attempts:
    """A provider that answers each attempt when the test allows it, with ids that name the attempt."""

    def __init__(self) -> None:
        self.posted: list[int] = []
        self.may_answer = defaultdict[int, threading.Event](threading.Event)

    def __call__(self, claimed: Claimed, body: bytes) -> Answer:
        self.posted.append(claimed.attempt)
        assert self.may_answer[claimed.attempt].wait(PATIENCE)
        ids = [{"id": f"of-attempt-{claimed.attempt}"}]
        return Answer(200, json.dumps({"id": "b", "messages": ids}).encode(), None, None, time.time())


@pytest.fixture(autouse=True)
def beats_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain_module, "_BEAT", 0.1)


def test_a_resend_decided_while_the_first_attempt_is_open_is_posted_once(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    made = make(database, 1)
    attempts = Attempts()
    ledger = Counted(Ledger(database, SENDS))
    ledger.join(ME, {}, "seat.")
    with sending(database, spool, journal, Provider(attempts), ledger):
        wait_until(lambda: attempts.posted == [1])
        give_up(database, ME)
        assert states(database, made) == "u"
        Unknowns(database).decide(made, "resend", "ana")
        wait_until(lambda: attempts.posted == [1, 2])
        attempts.may_answer[1].set()
        wait_until(lambda: answered(database, made) == [1])
        some_beats(ledger)
        assert (states(database, made), attempts.posted) == ("s", [1, 2])
        attempts.may_answer[2].set()
        wait_until(lambda: states(database, made) == "a")
        some_beats(ledger)
    assert attempts.posted == [1, 2]
    raws = [each.answer.raw for each in Campaigns(database).answers(made)]
    assert [b"of-attempt-1" in raws[0], b"of-attempt-2" in raws[1]] == [True, True]


def test_a_request_answered_after_the_backup_is_not_taken_for_unsent(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    made = make(database, 1)
    attempts = Attempts()
    ledger = Ledger(database, SENDS)
    ledger.join(ME, {}, "seat.")
    with sending(database, spool, journal, Provider(attempts), ledger):
        wait_until(lambda: attempts.posted == [1])
        snapshot = snapshot_of(database)
        attempts.may_answer[1].set()
        wait_until(lambda: states(database, made) == "a")
        restore(database, snapshot)
        wait_until(lambda: states(database, made) == "u")
    assert attempts.posted == [1]


def test_a_restored_database_is_noticed_by_a_heartbeat(database: Database, spool: AnswerSpool, journal: ClaimJournal):
    made = make(database, 3)
    answers = [threading.Event(), threading.Event()]

    def one_after_the_other(claimed: Claimed, body: bytes) -> Answer:
        assert answers[claimed.number - 1].wait(PATIENCE)
        return accept(claimed, body)

    provider = Provider(one_after_the_other)
    ledger = Ledger(database, SENDS)
    ledger.join(ME, {}, "seat.")
    with sending(database, spool, journal, provider, ledger, threads=1):
        wait_until(lambda: len(provider.bodies) == 1)
        snapshot = snapshot_of(database)
        answers[0].set()
        wait_until(lambda: len(provider.bodies) == 2)
        restore(database, snapshot)
        wait_until(lambda: states(database, made) == "uup")
        answers[1].set()
        wait_until(lambda: states(database, made) == "uap")
        assert Campaigns(database).get(made).state == "paused"
    assert set(provider.received.values()) == {1}


@contextmanager
def sending(
    database: Database,
    spool: AnswerSpool,
    journal: ClaimJournal,
    provider: Provider,
    ledger: Ledger | Counted,
    threads: int = 8,
) -> Iterator[None]:
    """Run a worker in a thread until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(
        target=send,
        args=(database, spool, journal, provider),
        kwargs={"stop": stop, "ledger": ledger, "threads": threads},
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def give_up(database: Database, owner: str) -> None:
    """Remove ``owner`` as another worker does after a long time without heartbeats, unknown to the owner."""
    with database.write() as connection:
        connection.execute(worker.delete().where(worker.c.id == owner))
    Ledger(database, SENDS).join("elsewhere.1", {}, "elsewhere.")


def snapshot_of(database: Database) -> Snapshot:
    """Copy the state of campaigns and requests while no answer has been recorded."""
    with database.read() as connection:
        assert connection.execute(sa.select(answer)).all() == []
        return [(table, connection.execute(sa.select(table)).mappings().all()) for table in (campaign, request)]


def restore(database: Database, snapshot: Snapshot) -> None:
    """Restore the campaigns and requests from ``snapshot``."""
    with database.write() as connection, any_state(connection):
        connection.execute(answer.delete())
        for table, rows in snapshot:
            for row in rows:
                connection.execute(table.update().where(table.c.id == row["id"]).values(dict(row)))


def answered(database: Database, campaign_id: int) -> list[int]:
    """Return the attempts with a recorded answer."""
    return [each.attempt for each in Campaigns(database).answers(campaign_id)]


def some_beats(ledger: Counted) -> None:
    """Wait until the worker has sent several more heartbeats."""
    before = ledger.beats
    wait_until(lambda: ledger.beats > before + 3)
