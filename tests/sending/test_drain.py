"""The sending loop: each contact is sent to once, answers are kept, unknown outcomes are never sent again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from omni.core.campaign import Outcome
from omni.errors import StoreError
from omni.ports import Answer, Claimed, Finished
from omni.sending import drain as drain_module
from omni.sending import posting
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.concurrency import LEAST
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from tests.sending.engine import Counted, Provider, Troubled, accept, send
from tests.store.building import SENDS, make, states
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def campaigns(database: Database) -> Campaigns:
    return Campaigns(database)


def test_every_contact_is_sent_to_once_with_the_bytes_that_were_frozen(
    database: Database, campaigns: Campaigns, spool: AnswerSpool, journal: ClaimJournal
):
    made = make(database, 50, 3)
    provider = Provider()
    send(database, spool, journal, provider, until=made)
    assert states(database, made) == "a" * 50
    assert set(provider.received.values()) == {1}
    assert sorted(provider.bodies) == sorted(campaigns.body(made, number) for number in range(1, 18))
    assert campaigns.get(made).state == "done"
    assert {each.batch_id for each in campaigns.recipients(made, search="3").recipients} >= {"b1"}


def test_as_many_requests_are_open_at_once_as_there_are_threads(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    together = threading.Barrier(5)

    def all_at_once(claimed: Claimed, body: bytes) -> Answer:
        together.wait(PATIENCE)
        return accept(claimed, body)

    made = make(database, 10)
    provider = Provider(all_at_once)
    send(database, spool, journal, provider, until=made, threads=5)
    assert provider.most_open == 5
    assert states(database, made) == "a" * 10


def test_the_turn_that_records_answers_claims_as_many_requests(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    class Noted(Counted):
        def turn(self, owner: str, finished: Sequence[Finished], room: int) -> tuple[Sequence[Claimed], float]:
            claimed, wait = super().turn(owner, finished, room)
            turns.append((len(finished), len(claimed)))
            return claimed, wait

    turns: list[tuple[int, int]] = []
    together = threading.Barrier(4)

    def all_at_once(claimed: Claimed, body: bytes) -> Answer:
        together.wait(PATIENCE)
        return accept(claimed, body)

    made = make(database, 40)
    send(database, spool, journal, all_at_once, until=made, threads=4, ledger=Noted(Ledger(database, SENDS)))
    assert sum(came for came, _ in turns) == 40
    left = 40
    for came, next_ones in turns:
        assert next_ones == min(came or 4, left)
        left -= next_ones


def test_more_are_open_at_once_where_it_takes_longer(database: Database, spool: AnswerSpool, journal: ClaimJournal):
    def slower_and_slower(claimed: Claimed, body: bytes) -> Answer:
        """Answer more and more slowly, so that many requests are open even at a low rate."""
        if provider.most_open <= 2 * LEAST:
            time.sleep(0.15 * 2 ** (len(provider.bodies) // 100))
        return accept(claimed, body)

    made = make(database, 600)
    provider = Provider(slower_and_slower)
    send(database, spool, journal, provider, until=made, threads=64, rate=500.0)
    assert 2 * LEAST < provider.most_open <= 64
    assert states(database, made) == "a" * 600


def test_no_more_are_open_than_there_are_places_for_their_answers(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, caplog: pytest.LogCaptureFixture
):
    def talkative(claimed: Claimed, body: bytes) -> Answer:
        answer = accept(claimed, body)
        return Answer(200, answer.raw + b" " * 20_000, None, None, answer.received_at)

    made = make(database, 200)
    provider = Provider(talkative, latency=0.1)
    send(database, spool, journal, provider, until=made, threads=64, rate=500.0)
    assert provider.most_open <= 9, "three in each of the three segments"
    assert "not in the spool" not in caplog.text
    assert states(database, made) == "a" * 200


def breaks(claimed: Claimed, body: bytes) -> Answer:
    raise RuntimeError("a slip in our own code")


@pytest.mark.parametrize(
    ("reply", "becomes"),
    [
        (breaks, "u"),
        (lambda claimed, body: Answer(None, b"", "timeout", None, time.time()), "u"),
        (lambda claimed, body: Answer(503, b"", None, None, time.time()), "u"),
        (lambda claimed, body: Answer(400, b"", None, None, time.time()), "r"),
        (lambda claimed, body: Answer(200, b"<html>", None, None, time.time()), "u"),
    ],
)
def test_an_uncertain_outcome_is_unknown_and_sent_once(
    database: Database,
    spool: AnswerSpool,
    journal: ClaimJournal,
    reply: Callable[[Claimed, bytes], Answer],
    becomes: str,
):
    made = make(database, 3)
    provider = Provider(reply)
    send(database, spool, journal, provider, until=made)
    assert states(database, made) == becomes * 3
    assert set(provider.received.values()) == {1}


def test_an_answer_that_cannot_be_judged_is_kept_and_unknown(
    database: Database, campaigns: Campaigns, spool: AnswerSpool, journal: ClaimJournal
):
    def slip(answer: Answer, contacts: int, body: bytes) -> Outcome:
        raise ZeroDivisionError

    made = make(database, 1)
    send(database, spool, journal, Provider(), until=made, judge=slip)
    assert states(database, made) == "u"
    assert [each.answer.status for each in campaigns.answers(made)] == [200]


def test_the_judge_is_given_the_bytes_that_were_posted(database: Database, spool: AnswerSpool, journal: ClaimJournal):
    seen: list[object] = []

    def look(answer: Answer, contacts: int, body: bytes) -> Outcome:
        seen.append((contacts, body))
        return Outcome("accepted", "accepted")

    made = make(database, 2, 2)
    provider = Provider()
    send(database, spool, journal, provider, until=made, judge=look)
    assert seen == [(2, Campaigns(database).body(made, 1))]


def test_what_was_not_sent_waits_and_goes_out_later(database: Database, spool: AnswerSpool, journal: ClaimJournal):
    class Noted(Counted):
        def turn(self, owner: str, finished: Sequence[Finished], room: int) -> tuple[Sequence[Claimed], float]:
            claimed, wait = super().turn(owner, finished, room)
            if len(tries) == 1 and not claimed:
                waits.append(wait)
            return claimed, wait

    tries: list[float] = []
    waits: list[float] = []

    def at_first_not(claimed: Claimed, body: bytes) -> Answer:
        tries.append(time.monotonic())
        if len(tries) == 1:
            return Answer(429, b"", None, 0.7, time.time())
        return accept(claimed, body)

    made = make(database, 1)
    ledger = Noted(Ledger(database, SENDS))
    began = time.monotonic()
    send(database, spool, journal, at_first_not, until=made, ledger=ledger)
    took = time.monotonic() - began
    assert states(database, made) == "a"
    assert tries[1] - tries[0] > 0.6
    assert max(waits) < 0.71, "no longer than the provider asked for"
    assert ledger.turns < 6 + took / drain_module._POLL, "waiting means waiting, not asking all the time"


def test_a_pause_starts_nothing_more_and_lets_open_requests_end(
    database: Database, campaigns: Campaigns, spool: AnswerSpool, journal: ClaimJournal
):
    is_paused = threading.Event()
    seen: list[tuple[float, int]] = []

    def open_until_the_pause(claimed: Claimed, body: bytes) -> Answer:
        if len(provider.bodies) > 20:
            assert is_paused.wait(PATIENCE)
        return accept(claimed, body)

    def pause() -> None:
        wait_until(lambda: len(provider.bodies) > 20)
        campaigns.pause(made)
        is_paused.set()
        wait_until(lambda: "s" not in states(database, made))
        seen.append((provider.open, len(provider.bodies)))

    made = make(database, 500)
    provider = Provider(open_until_the_pause)
    thread = threading.Thread(target=pause)
    thread.start()
    send(database, spool, journal, provider, until=made)
    ended_with = len(provider.bodies)
    thread.join()
    assert seen == [(0, ended_with)]
    assert 0 < ended_with < 500
    assert states(database, made).count("a") == ended_with
    assert "s" not in states(database, made)


def test_a_stop_ends_in_order_with_nothing_left_on_its_way(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    def stopping(claimed: Claimed, body: bytes) -> Answer:
        if len(provider.bodies) > 20:
            stop.set()
        return accept(claimed, body)

    made = make(database, 500)
    provider = Provider(stopping, latency=0.02)
    stop = threading.Event()
    send(database, spool, journal, provider, stop=stop)
    assert set(states(database, made)) == {"a", "p"}
    assert states(database, made).count("a") == len(provider.bodies)


def test_it_ends_with_its_campaign_though_another_goes_on(
    database: Database, campaigns: Campaigns, spool: AnswerSpool, journal: ClaimJournal
):
    make(database, 400)
    made = make(database, 5)
    send(database, spool, journal, Provider(latency=0.01), until=made)
    assert campaigns.get(made).state == "done"
    assert campaigns.list()[1].state == "running"
    assert campaigns.list()[1].counts["sending"] == 0


def test_a_body_that_cannot_be_loaded_is_not_posted_and_stays_pending(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    made = make(database, 3)
    stop = threading.Event()

    class Bodiless(Counted):
        def bodies(self, claimed: object) -> dict[int, bytes]:
            stop.set()
            return {}

    provider = Provider()
    send(database, spool, journal, provider, stop=stop, ledger=Bodiless(Ledger(database, SENDS)))
    assert provider.bodies == []
    assert states(database, made) == "ppp"


def test_what_the_journal_does_not_take_is_not_posted(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, monkeypatch: pytest.MonkeyPatch
):
    made = make(database, 3)
    stop = threading.Event()

    def full(claimed: object) -> None:
        stop.set()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "append", full)
    provider = Provider()
    send(database, spool, journal, provider, stop=stop)
    assert provider.bodies == []
    assert states(database, made) == "ppp"


def test_a_claim_that_has_grown_old_is_not_posted(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(posting, "STALE", -1.0)
    made = make(database, 1)
    provider = Provider()
    ledger = Counted(Ledger(database, SENDS))
    send(database, spool, journal, provider, stop=lambda: ledger.turns > 2, ledger=ledger)
    assert provider.bodies == []
    assert states(database, made) == "p"


def test_an_answer_the_spool_does_not_take_is_recorded_all_the_same(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, monkeypatch: pytest.MonkeyPatch
):
    def full(claimed: object, answer: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "put", full)
    made = make(database, 3)
    send(database, spool, journal, Provider(), until=made)
    assert states(database, made) == "aaa"


def test_answers_that_fill_the_spool_do_not_stop_the_sending(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    def talkative(claimed: Claimed, body: bytes) -> Answer:
        answer = accept(claimed, body)
        return Answer(200, answer.raw + b" " * 20_000, None, None, answer.received_at)

    made = make(database, 60)
    send(database, spool, journal, Provider(talkative), until=made)
    assert states(database, made) == "a" * 60


@pytest.mark.parametrize("seed", range(2))
def test_a_database_that_comes_and_goes_costs_no_answer_and_no_second_sending(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, seed: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drain_module, "_POLL", 0.02)
    draw = random.Random(seed)
    made = make(database, 60)
    ledger = Troubled(Ledger(database, SENDS), lambda name: draw.choices(["", "before", "after"], [6, 2, 2])[0])
    provider = Provider(latency=0.003)
    # Requests that were not loaded wait five seconds, which would only slow the test.
    monkeypatch.setattr(posting, "RETRY_NOT_POSTED", 0.0)
    send(database, spool, journal, provider, until=made, ledger=ledger)
    assert states(database, made) == "a" * 60
    assert set(provider.received.values()) == {1}


def test_while_the_database_is_away_nothing_is_sent_and_what_came_is_held(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(posting, "RETRY_NOT_POSTED", 0.0)
    made = make(database, 200)
    provider = Provider(latency=0.01)
    is_back = threading.Event()
    calls: list[str] = []
    sent: list[int] = []

    def trouble(name: str) -> str:
        """Fail from the first turn after 20 requests, when all claimed requests have been handed out."""
        if is_back.is_set() or not (calls or (name == "turn" and len(provider.bodies) > 20)):
            return ""
        calls.append(name)
        return "before"

    def look() -> None:
        wait_until(lambda: calls and len(provider.bodies) == 200 - states(database, made).count("p"))
        sent.append(len(provider.bodies))
        before = len(calls)
        wait_until(lambda: len(calls) > before + 3)
        sent.append(len(provider.bodies))
        is_back.set()

    thread = threading.Thread(target=look)
    thread.start()
    send(database, spool, journal, provider, until=made, ledger=Troubled(Ledger(database, SENDS), trouble))
    thread.join()
    assert sent[0] == sent[1] < 200
    assert states(database, made) == "a" * 200
    assert set(provider.received.values()) == {1}


def test_if_the_database_stays_away_after_a_stop_the_spool_keeps_the_answers(
    database: Database, spool: AnswerSpool, journal: ClaimJournal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drain_module, "_PATIENCE", 0.3)
    made = make(database, 4)
    provider = Provider(latency=0.1)
    ledger = Troubled(Ledger(database, SENDS), lambda name: "before" if provider.bodies else "")
    with pytest.raises(StoreError):
        send(database, spool, journal, provider, stop=lambda: len(provider.bodies) == 4, ledger=ledger)
    assert states(database, made) == "ssss"
    assert len(list(spool.left_behind())) == 4


def test_progress_is_reported_now_and_then_and_at_the_end(
    database: Database, spool: AnswerSpool, journal: ClaimJournal
):
    made = make(database, 100)
    reported: list[str] = []
    began = time.monotonic()
    send(
        database,
        spool,
        journal,
        Provider(latency=0.04),
        until=made,
        on_progress=lambda: reported.append(states(database, made)),
    )
    assert reported[-1] == "a" * 100
    assert 2 <= len(reported) <= 2 + (time.monotonic() - began) / drain_module._PROGRESS_EVERY


def test_an_error_in_reporting_progress_stops_nothing(database: Database, spool: AnswerSpool, journal: ClaimJournal):
    def slip() -> None:
        raise StoreError("store.locked")

    made = make(database, 30)
    send(database, spool, journal, Provider(latency=0.02), until=made, on_progress=slip)
    assert states(database, made) == "a" * 30
