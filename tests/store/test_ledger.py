"""Claiming, posting and recording: the allowed state changes of a request, and the forbidden ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa

from omni.core.campaign import Outcome, Reason
from omni.errors import StoreError
from omni.ports import Answer, Claimed, Finished
from omni.store import request_states
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.database import Database, clock
from omni.store.ledger import ledger as ledger_module
from omni.store.ledger import workers
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.schema import request
from tests.store.building import (
    ME,
    SENDS,
    accepted,
    answered,
    claim,
    live_campaign,
    make,
    new_campaign,
    none_posted,
    not_loaded,
    prepared,
    record,
    refused,
    slowed,
    states,
    unknown,
)
from tests.store.legal_states import any_state


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, SENDS)


def test_a_claim_gives_the_next_requests_and_counts_the_attempt(database: Database, ledger: Ledger):
    made = make(database, 7, 2)
    first, _ = ledger.turn(ME, [], 3)
    assert [(each.number, each.contacts, each.attempt) for each in first] == [(1, 2, 1), (2, 2, 1), (3, 2, 1)]
    assert {(each.campaign_id, each.practice) for each in first} == {(made, True)}
    rest, _ = ledger.turn(ME, [], 3)
    assert [(each.number, each.contacts) for each in rest] == [(4, 1)]
    assert ledger.turn(ME, [], 3)[0] == []


def test_the_bytes_to_post_are_those_that_were_frozen(database: Database, ledger: Ledger):
    make(database, 4, 2)
    claimed, _ = ledger.turn(ME, [], 10)
    bodies = ledger.bodies(claimed)
    assert [bodies[each.request_id] for each in claimed] == [each.body for each in prepared(4, 2)]


def test_a_body_that_is_damaged_is_left_out(database: Database, ledger: Ledger):
    make(database, 2)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE request_body SET body = :body"), {"body": b"damaged"})
    assert ledger.bodies(ledger.turn(ME, [], 10)[0]) == {}


@pytest.mark.parametrize(
    ("finish", "becomes"),
    [(accepted, "aa"), (refused, "rr"), (unknown, "uu"), (lambda each: unknown(each, 1), "ua"), (slowed, "pp")],
    ids=["accepted", "refused", "unknown", "partly unknown", "slowed"],
)
def test_a_request_on_its_way_becomes_what_its_outcome_says(
    database: Database, finish: Callable[[Claimed], Finished], becomes: str
):
    made = make(database, 2, 2)
    record(database, finish(claim(database)[0]))
    assert states(database, made) == becomes


@pytest.mark.parametrize(
    ("before", "late", "after"),
    [
        (unknown, accepted, "a"),
        (unknown, refused, "r"),
        (unknown, slowed, "u"),
        (accepted, unknown, "a"),
        (accepted, refused, "a"),
        (accepted, slowed, "a"),
        (refused, accepted, "r"),
        (refused, slowed, "r"),
        (slowed, accepted, "p"),
    ],
)
def test_what_comes_late_decides_only_what_is_unknown(database: Database, before: Callable, late: Callable, after: str):
    made = make(database, 1)
    claimed = claim(database)[0]
    record(database, before(claimed))
    record(database, late(claimed))
    assert states(database, made) == after


def test_recording_twice_changes_nothing(database: Database, campaigns: Campaigns):
    made = make(database, 3, 3)
    finished = unknown(claim(database)[0], 0)
    record(database, finished)
    before = campaigns.progress(made)
    record(database, finished)
    assert campaigns.progress(made) == before
    assert len(list(campaigns.answers(made))) == 1


def test_the_answer_of_a_former_attempt_does_not_touch_the_present_one(database: Database):
    made = make(database, 1)
    first = claim(database)[0]
    record(database, slowed(first, retry_after=0.0))
    time.sleep(0.55)
    second = claim(database)[0]
    assert (second.request_id, second.attempt) == (first.request_id, 2)
    for late in (accepted(first), refused(first), slowed(first)):
        record(database, late)
        assert states(database, made) == "s"


def test_a_request_tried_again_waits_as_long_as_was_asked(database: Database, campaigns: Campaigns):
    made = make(database, 2)
    first = claim(database, room=1)[0]
    asked = time.time()
    record(database, slowed(first, retry_after=60.0))
    recorded = time.time()
    claimed, wait = Ledger(database, SENDS).turn(ME, [], 8)
    looked = time.time()
    assert claimed == []
    assert 60 - (looked - asked) - 0.01 < wait <= 60
    progress = campaigns.progress(made)
    assert progress.next_attempt_at is not None
    assert asked + 59.99 < progress.next_attempt_at < recorded + 60.01
    assert (progress.state, progress.counts["pending"], progress.rate) == ("running", 2, 0.0)


def test_a_slowed_practice_campaign_does_not_hold_up_a_live_one(database: Database, campaigns: Campaigns):
    make(database, 1)
    record(database, slowed(claim(database)[0]))
    live = campaigns.create(live_campaign("live"), prepared(1), []).id
    assert [each.campaign_id for each in claim(database)] == [live]


def test_a_request_that_could_not_be_loaded_holds_up_no_other(database: Database):
    make(database, 2)
    record(database, not_loaded(claim(database, room=1)[0]))
    assert [each.number for each in claim(database)] == [2]


def test_no_more_goes_out_than_the_rate_allows(database: Database, monkeypatch: pytest.MonkeyPatch):
    make(database, 100)
    ledger = Ledger(database, Sends(practice=True, account=None, endpoint=None, rate=40.0))
    began = now = time.time()
    monkeypatch.setattr(ledger_module, "clock", lambda _: now)
    claimed = 0
    while now < began + 0.5:
        got, wait = ledger.turn(ME, [], 8)
        claimed += len(got)
        now += min(wait, 0.01)
    took = now - began
    assert 0.5 * 40 * 0.5 < claimed <= 40 * took + 4


def test_a_slow_rate_still_lets_one_request_through(database: Database):
    make(database, 5)
    ledger = Ledger(database, Sends(practice=True, account=None, endpoint=None, rate=0.001))
    claimed, wait = ledger.turn(ME, [], 8)
    assert len(claimed) == 1
    assert wait == pytest.approx(1000.0, abs=0.5)
    assert ledger.turn(ME, [], 8)[0] == []


def test_workers_share_one_rate(database: Database, monkeypatch: pytest.MonkeyPatch):
    make(database, 100)
    now = time.time()
    monkeypatch.setattr(ledger_module, "clock", lambda _: now)
    sends = Sends(practice=True, account=None, endpoint=None, rate=20.0)
    claimed = [len(Ledger(database, sends).turn(f"seat.{at}", [], 8)[0]) for at in range(5)]
    assert sum(claimed) <= 3


def test_running_campaigns_share_the_room(database: Database):
    made = [make(database, 20) for _ in range(3)]
    ledger = Ledger(database, SENDS)
    for _ in range(3):
        claimed, _ = ledger.turn(ME, [], 9)
        assert sorted(each.campaign_id for each in claimed) == sorted(made * 3)
    ledger.turn(ME, [], 9)
    ledger.turn(ME, [], 9)
    firsts = {ledger.turn(ME, [], 1)[0][0].campaign_id for _ in range(3)}
    assert firsts == set(made)


def test_a_live_campaign_of_another_account_is_paused_and_says_whose_it_is(database: Database, campaigns: Campaigns):
    other = campaigns.create(live_campaign("a", account="somebody else"), prepared(1), []).id
    moved = campaigns.create(live_campaign("b", endpoint="https://example.org/"), prepared(1), []).id
    ours = campaigns.create(live_campaign("c"), prepared(1), []).id
    claimed, _ = Ledger(database, SENDS).turn(ME, [], 8)
    assert [each.campaign_id for each in claimed] == [ours]
    assert campaigns.get(other).state == campaigns.get(moved).state == "paused"
    assert campaigns.get(other).reason == Reason("halt.account", {"account": "somebody else"})


def test_without_an_account_only_practice_goes_out(database: Database, campaigns: Campaigns):
    live = campaigns.create(live_campaign("live"), prepared(1), []).id
    practice = campaigns.create(new_campaign("practice"), prepared(1), []).id
    sends = Sends(practice=True, account=None, endpoint="https://example.com/", rate=100.0)
    assert [each.campaign_id for each in claim(database, sends=sends)] == [practice]
    assert campaigns.get(live).state == "paused"


def test_a_worker_without_a_practice_provider_leaves_practice_alone(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    sends = Sends(practice=False, account="operator", endpoint="https://example.com/", rate=100.0)
    assert claim(database, sends=sends) == []
    assert campaigns.get(made).state == "running"


def test_a_ledger_that_only_reads_claims_nothing(database: Database):
    made = make(database, 1)
    assert Ledger(database).turn(ME, [], 8)[0] == []
    assert states(database, made) == "p"


def test_a_refused_account_pauses_the_campaign_and_loses_no_contact(database: Database, campaigns: Campaigns):
    made = make(database, 3)
    claimed = claim(database, room=2)
    outcome = Outcome("pending", "unauthorized", status=401, pauses=True, params={"status": 401})
    record(database, *((each, answered(401), outcome) for each in claimed))
    found = campaigns.get(made)
    assert (found.state, found.reason) == ("paused", Reason("halt.refused_access", {"status": 401}))
    assert states(database, made) == "ppp"
    assert claim(database) == []


def test_what_a_dead_worker_had_on_its_way_becomes_unknown_never_pending(
    database: Database, ledger: Ledger, campaigns: Campaigns
):
    made = make(database, 3)
    ledger.join("seat.1", {}, "seat.")
    claim(database, room=2, owner="seat.1")
    assert ledger.join("seat.2", {}, "seat.") == 2
    assert states(database, made) == "uup"
    assert [each.detail for each in campaigns.recipients(made).recipients] == [
        request_states.LOST,
        request_states.LOST,
        None,
    ]


def test_a_live_worker_of_another_folder_keeps_what_it_has(database: Database, ledger: Ledger):
    made = make(database, 2)
    ledger.join("elsewhere.1", {}, "elsewhere.")
    claim(database, room=1, owner="elsewhere.1")
    assert ledger.join("seat.1", {}, "seat.") == 0
    ledger.heartbeat("seat.1", {}, [], none_posted)
    assert states(database, made) == "sp"


def test_a_worker_without_a_heartbeat_is_given_up(database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    made = make(database, 1)
    ledger.join("elsewhere.1", {}, "elsewhere.")
    claimed = claim(database, owner="elsewhere.1")
    monkeypatch.setattr(workers, "LEASE", -1.0)
    ledger.heartbeat("seat.1", {}, [], none_posted)
    assert states(database, made) == "u"
    # The worker was alive after all, and its answer counts.
    record(database, accepted(claimed[0]), owner="elsewhere.1")
    assert states(database, made) == "a"


def test_a_worker_whose_last_heartbeat_is_in_the_future_is_dead_too(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    made = make(database, 1)
    set_clock(monkeypatch, 3600.0)
    ledger.join("elsewhere.1", {}, "elsewhere.")
    claim(database, owner="elsewhere.1")
    set_clock(monkeypatch, 0.0)
    ledger.heartbeat("seat.1", {}, [], none_posted)
    assert states(database, made) == "u"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_neither_stops_a_campaign_nor_opens_the_limit(
    database: Database, hours: int, monkeypatch: pytest.MonkeyPatch
):
    made = make(database, 9)
    ledger = Ledger(database, Sends(practice=True, account=None, endpoint=None, rate=1.0))
    (one,), _ = ledger.turn(ME, [], 1)
    # The provider limits the rate: both the lane and this request wait.
    ledger.turn(ME, [slowed(one, retry_after=60.0)], 0)
    assert ledger.turn(ME, [], 9)[0] == []
    set_clock(monkeypatch, hours * 3600.0)
    assert len(ledger.turn(ME, [], 9)[0]) == 1, "the wait is over, and the limit holds"
    assert ledger.turn(ME, [], 9)[0] == []
    set_clock(monkeypatch, hours * 3600.0 + 12.0)
    seen = {one.number for _ in range(12) for one in ledger.turn(ME, [], 1)[0]}
    assert len(seen) == 1
    assert states(database, made).count("s") == 2


def set_clock(monkeypatch: pytest.MonkeyPatch, ahead: float) -> None:
    """Set the database's clock ``ahead`` seconds ahead of the real one."""
    monkeypatch.setattr(ledger_module, "clock", lambda connection: clock(connection) + ahead)


def test_a_heartbeat_returns_how_many_workers_have_requests_in_flight(database: Database, ledger: Ledger):
    make(database, 10)
    for owner in ("one", "two", "idle"):
        ledger.join(owner, {}, "")
    assert ledger.heartbeat("idle", {}, [], none_posted) == 1
    held = {owner: [each.identity for each in claim(database, 3, owner)] for owner in ("one", "two")}
    assert ledger.heartbeat("one", {}, held["one"], none_posted) == 2
    assert ledger.heartbeat("idle", {}, [], none_posted) == 3


def test_the_last_request_of_a_dead_worker_ends_the_campaign(database: Database, ledger: Ledger, campaigns: Campaigns):
    made = make(database, 1)
    ledger.join("seat.1", {}, "seat.")
    claim(database, owner="seat.1")
    ledger.join("seat.2", {}, "seat.")
    assert campaigns.get(made).state == "done"


def test_claims_committed_without_the_workers_knowing_are_returned(database: Database, ledger: Ledger):
    made = make(database, 4)
    claimed = claim(database, room=3, owner=ME)
    ledger.heartbeat(ME, {}, [claimed[1].identity], none_posted)
    assert states(database, made) == "pspp"
    assert [(each.number, each.attempt) for each in claim(database)] == [(1, 2), (3, 2), (4, 1)]


def test_claims_returned_in_a_cancelled_campaign_are_cancelled(
    database: Database, ledger: Ledger, campaigns: Campaigns
):
    made = make(database, 2)
    claim(database, owner=ME)
    campaigns.cancel(made)
    ledger.heartbeat(ME, {}, [], none_posted)
    assert states(database, made) == "cc"
    assert campaigns.get(made).finished_at is not None


def test_workers_are_listed_with_what_they_said_of_themselves(ledger: Ledger):
    ledger.join("seat.1", {"pid": 7}, "seat.")
    ledger.join("elsewhere.1", {"pid": 8}, "elsewhere.")
    ledger.heartbeat("seat.1", {"pid": 7}, [], none_posted)
    assert [(each.id, each.info["pid"]) for each in ledger.workers()] == [("seat.1", 7), ("elsewhere.1", 8)]
    ledger.leave("seat.1")
    assert [each.id for each in ledger.workers()] == ["elsewhere.1"]


def test_a_restored_ledger_marks_what_was_sent_since_the_backup(
    database: Database, ledger: Ledger, campaigns: Campaigns
):
    made = make(database, 4)
    one, two, three = claim(database, room=3)
    record(database, accepted(one))
    assert ledger.open_attempts()[two.request_id] == 1
    pending = next(each for each, attempt in ledger.open_attempts().items() if attempt == 0)
    assert ledger.mark_restored({one.request_id: 5, three.request_id: 2, pending: 1, 4711: 1}) == 2
    assert states(database, made) == "asuu"
    # Answers to those attempts still count, and a decision to send again leads to a further one.
    record(database, accepted(Claimed(pending, made, 4, 1, 1, True)))
    assert states(database, made) == "asua"
    Unknowns(database).decide(made, "resend", "ana")
    campaigns.resume(made)
    assert [(each.number, each.attempt) for each in claim(database)] == [(3, 3)]


def test_requests_open_when_the_backup_was_made_are_not_taken_for_unsent(
    database: Database, ledger: Ledger, campaigns: Campaigns
):
    made = make(database, 3)
    held, open_in_the_backup, never_posted = claim(database, room=3)

    def later_than(known: Mapping[int, int]) -> Mapping[int, int]:
        assert known == {open_in_the_backup.request_id: 0, never_posted.request_id: 0}
        return {open_in_the_backup.request_id: 1}

    ledger.heartbeat(ME, {}, [held.identity], later_than)
    assert states(database, made) == "sup"
    assert campaigns.get(made).reason == REPLACED


def test_a_restored_ledger_starts_nothing_by_itself_and_says_why(database: Database, campaigns: Campaigns):
    runs, waits = make(database, 4, 2), make(database, 2, 2, start_at=time.time() + 3600, start_zone="UTC")
    ledger = Ledger(database, SENDS)
    with database.read() as connection:
        first = connection.scalar(sa.select(sa.func.min(request.c.id)).where(request.c.campaign_id == runs))
    assert ledger.mark_restored({first: 1}) == 1
    for each in (runs, waits):
        found = campaigns.get(each)
        assert (found.state, found.start_at) == ("paused", None)
        assert found.reason == REPLACED
    assert ledger.mark_restored({}) == 0


def test_a_ledger_that_forgot_the_last_claim_claims_nothing_more(database: Database, ledger: Ledger):
    made = make(database, 3)
    (last,), _ = ledger.turn(ME, [], 1)
    with database.write() as connection, any_state(connection):
        connection.execute(request.update().values(state=0, attempt=0, owner=None))
    with pytest.raises(StoreError, match=r"store\.restored"):
        ledger.turn(ME, [accepted(last)], 1)
    assert states(database, made) == "ppp"
    assert len(ledger.turn(ME, [], 1)[0]) == 1


def test_a_ledger_that_forgot_the_last_claim_says_so_at_a_heartbeat_too(database: Database, ledger: Ledger):
    make(database, 2)
    ledger.turn(ME, [], 1)
    with database.write() as connection, any_state(connection):
        connection.execute(request.update().values(state=0, attempt=0, owner=None))
    with pytest.raises(StoreError, match=r"store\.restored"):
        ledger.heartbeat(ME, {}, [], none_posted)
    assert ledger.heartbeat(ME, {}, [], none_posted) == 1


def test_only_attempts_without_an_answer_are_asked_for_again(database: Database, ledger: Ledger):
    make(database, 3, 2)
    one, two = claim(database)
    record(database, accepted(one))
    asked = [(one.request_id, 1), (one.request_id, 2), (two.request_id, 1), (4711, 1)]
    found = ledger.unanswered(asked)
    assert [(each.number, each.attempt, each.contacts) for each in found] == [(1, 2, 2), (2, 1, 1)]


def test_a_campaign_is_over_when_nothing_more_will_happen_by_itself(
    database: Database, ledger: Ledger, campaigns: Campaigns
):
    made = make(database, 2)
    assert not ledger.is_over(made)
    claimed = claim(database, room=1)
    campaigns.pause(made)
    assert not ledger.is_over(made)
    record(database, accepted(claimed[0]))
    assert ledger.is_over(made)
    campaigns.resume(made)
    assert not ledger.is_over(made)
    record(database, *(accepted(each) for each in claim(database)))
    assert ledger.is_over(made)
    assert ledger.is_over(4711)


def test_whether_anything_runs(database: Database, ledger: Ledger, campaigns: Campaigns):
    assert not ledger.has_running()
    made = make(database)
    assert ledger.has_running()
    campaigns.pause(made)
    assert not ledger.has_running()


def test_raw_answers_are_kept_for_every_attempt_that_has_one(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    claimed = claim(database)[0]
    raw = bytes(range(256))
    broken = Answer(200, raw, "cut", None, 1_700_000_000.5)
    record(database, (claimed, broken, Outcome("unknown", "cut", status=200)))
    (found,) = campaigns.answers(made)
    assert found.answer == broken


def test_no_text_in_an_answer_keeps_it_from_being_recorded(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    odd = "a\0b\ud83dc"
    outcome = Outcome("accepted", "accepted", odd, status=200, params={"message": odd, "ids": 1})
    record(database, (claim(database)[0], answered(), outcome))
    (found,) = campaigns.recipients(made).recipients
    assert (found.state, found.batch_id) == ("accepted", "a?b?c")
    assert str(found.params["message"]).endswith("c")
