"""Requests left by a killed process are recovered before anything new is sent."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from omni.core.campaign import Reason
from omni.ports import Answer, Claimed
from omni.provider.response import judge_posted
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.posting import Posting
from omni.sending.recovery import recover
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from tests.sending.engine import Provider, Troubled, accept, send
from tests.store.building import SENDS, accepted, claim, make, record, states


def take_up(database: Database, spool: AnswerSpool, journal: ClaimJournal, owner: str = "seat.2") -> None:
    posting = Posting(Provider(), judge_posted, spool)
    ledger = Ledger(database, SENDS)
    recover(ledger, posting, spool, journal, owner=owner, predecessors="seat.", info={})


def no(status: int) -> Callable[[Claimed, bytes], Answer]:
    return lambda claimed, body: Answer(status, b"", None, None, 1.0)


def not_sent(claimed: Claimed, body: bytes) -> Answer:
    return Answer(None, b"", "not_sent", None, 1.0)


@pytest.mark.parametrize(
    ("reply", "becomes"), [(accept, "aauu"), (no(400), "rruu"), (no(503), "uuuu"), (not_sent, "ppuu")]
)
def test_answers_in_the_spool_count_and_other_open_requests_are_unknown(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, reply: Callable, becomes: str
):
    made = make(database, 4, 2)
    Ledger(database, SENDS).join("seat.1", {}, "seat.")
    arrived, _lost = claim(database, owner="seat.1")
    spool.put(arrived, reply(arrived, b""))
    take_up(database, spool, journal)
    assert states(database, made) == becomes


def test_recovering_twice_changes_nothing(database: Database, spool: AnswerSpool, journal: ClaimJournal):
    made = make(database, 3)
    one, two, _ = claim(database, owner="seat.1")
    spool.put(one, accept(one, b""))
    record(database, accepted(two), owner="seat.1")
    spool.put(two, no(400)(two, b""))
    for owner in ("seat.2", "seat.3"):
        take_up(database, spool, journal, owner)
        assert states(database, made) == "aau"


def test_every_answer_of_a_long_spool_is_recorded(database: Database, journal: ClaimJournal, tmp_path: Path):
    made = make(database, 450)
    with AnswerSpool(tmp_path / "long.spool", segment_bytes=1 << 20) as spool:
        for each in claim(database, room=450, owner="seat.1"):
            spool.put(each, accept(each, b""))
        take_up(database, spool, journal)
        assert list(spool.left_behind()) == []
    assert states(database, made) == "a" * 450


def test_an_answer_to_a_request_missing_from_the_database_is_ignored(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    spool.put(Claimed(4711, 1, 1, 1, 1, True), accept(Claimed(4711, 1, 1, 1, 1, True), b""))
    take_up(database, spool, journal)


def test_a_restored_database_sends_nothing_again(tmp_path: Path, spool: AnswerSpool, journal: ClaimJournal):
    file, backup = tmp_path / "omni.db", tmp_path / "backup.db"
    database = open_database(f"sqlite:///{file}")
    made = make(database, 40)
    provider = Provider(latency=0.01)
    send(database, spool, journal, provider, stop=lambda: len(provider.bodies) >= 10)
    database.close()
    shutil.copy(file, backup)
    before = len(provider.bodies)

    database = open_database(f"sqlite:///{file}")
    send(database, spool, journal, provider, stop=lambda: len(provider.bodies) >= 25)
    database.close()
    shutil.copy(backup, file)
    since = len(provider.bodies) - before
    spool.clear()

    database = open_database(f"sqlite:///{file}")
    take_up(database, spool, journal)
    assert states(database, made).count("u") == since
    assert Campaigns(database).get(made).reason == REPLACED
    Campaigns(database).resume(made)
    send(database, spool, journal, provider, until=made)
    assert set(provider.received.values()) == {1}
    assert states(database, made).count("a") == 40 - since
    details = {each.detail for each in Campaigns(database).recipients(made, state="unknown").recipients}
    database.close()
    assert details == {"request.ledger_restored"}


def test_answers_in_the_spool_count_in_a_restored_database(tmp_path: Path, spool: AnswerSpool, journal: ClaimJournal):
    file, backup = tmp_path / "omni.db", tmp_path / "backup.db"
    database = open_database(f"sqlite:///{file}")
    made = make(database, 10)
    database.close()
    shutil.copy(file, backup)
    database = open_database(f"sqlite:///{file}")
    provider = Provider()
    send(database, spool, journal, provider, until=made)
    database.close()
    shutil.copy(backup, file)
    database = open_database(f"sqlite:///{file}")
    take_up(database, spool, journal)
    found = states(database, made)
    database.close()
    assert found == "a" * 10


def test_a_campaign_made_after_the_restore_is_not_taken_for_a_lost_one(
    tmp_path: Path, spool: AnswerSpool, journal: ClaimJournal
):
    file, backup = tmp_path / "omni.db", tmp_path / "backup.db"
    database = open_database(f"sqlite:///{file}")
    database.close()
    shutil.copy(file, backup)
    database = open_database(f"sqlite:///{file}")
    send(database, spool, journal, Provider(), until=make(database, 10))
    database.close()
    shutil.copy(backup, file)
    database = open_database(f"sqlite:///{file}")
    made = make(database, 10)
    take_up(database, spool, journal)
    found = states(database, made)
    database.close()
    assert found == "p" * 10


def test_a_restored_database_that_lacks_a_sent_campaign_starts_nothing(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    """The backup has a campaign that would start by itself, but an operator may have cancelled it since."""
    runs, waits = make(database, 2), make(database, 2, start_at=time.time() + 3600, start_zone="UTC")
    journal.append([Claimed(4711 << 32, 9, 1, 1, 1, True)])
    take_up(database, spool, journal)
    campaigns = Campaigns(database)
    for each in (runs, waits):
        found = campaigns.get(each)
        assert (found.state, found.start_at, found.reason) == ("paused", None, Reason("halt.forgotten"))
    campaigns.resume(runs)
    take_up(database, spool, journal)
    assert campaigns.get(runs).state == "running", "it is reported once"


def test_a_journal_of_requests_that_are_all_there_pauses_nothing(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    for _ in range(2):
        send(database, spool, journal, Provider(), until=make(database, 3))
    made = make(database, 3)
    take_up(database, spool, journal)
    assert Campaigns(database).get(made).state == "running"


def test_a_worker_that_finds_its_campaign_missing_pauses_the_others(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    made = make(database, 2)
    journal.append([Claimed(4711 << 32, 9, 1, 1, 1, True)])
    ledger = Troubled(Ledger(database, SENDS), one_failure())
    provider = Provider()
    send(database, spool, journal, provider, ledger=ledger, until=made)
    assert provider.bodies == []
    assert Campaigns(database).get(made).reason == Reason("halt.forgotten")


def one_failure() -> Callable[[str], str]:
    """Fail on the first call, before it reaches the database."""
    troubles = iter(["before"])
    return lambda name: next(troubles, "")
