"""Late proof of an earlier attempt counts, but only once the next attempt is no longer in flight."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from omni.core.halt_rule import HaltRule
from omni.ports import Claimed
from omni.provider.request_body import destinations_of, fields_of, rewritten
from omni.store.campaigns.recent_sends import RecentSends
from omni.store.database import Database
from omni.store.ledger import recording
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.ledger.withholding import BodyReader
from omni.store.people.do_not_contact import DoNotContact
from tests.builders import phone
from tests.store.building import (
    ME,
    SENDS,
    accepted,
    claim,
    make,
    none_posted,
    not_loaded,
    record,
    refused,
    slowed,
    states,
    unknown,
)

READER = BodyReader(destinations_of, fields_of, rewritten)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MIN_RETRY", 0.0)


def taken_back(database: Database, again: Claimed) -> None:
    """Take back a claim whose commit was reported as failed, so that it was never posted."""
    Ledger(database, SENDS).heartbeat(ME, {}, [], none_posted)


RETURNS: dict[str, Callable[[Database, Claimed], None]] = {
    "slowed": lambda database, again: record(database, slowed(again, retry_after=0.0)),
    "not loaded": lambda database, again: record(database, not_loaded(again)),
    "taken back": taken_back,
}
returns = pytest.mark.parametrize("comes_back", RETURNS.values(), ids=RETURNS.keys())


def resent(database: Database, campaign: int, **how: int) -> tuple[Claimed, Claimed]:
    """Return the first attempt, with an unknown outcome, and the second one in flight."""
    [first] = claim(database, room=1)
    record(database, unknown(first))
    Unknowns(database).decide(campaign, "resend", "ana")
    [again] = Ledger(database, SENDS, READER).turn(ME, [], 1)[0]
    assert (first.attempt, again.attempt) == (1, 2)
    return first, again


@returns
def test_a_returned_request_is_not_sent_again_once_the_first_is_proven(database, campaigns, comes_back):
    made = make(database, 2, 2)
    first, again = resent(database, made)
    comes_back(database, again)
    assert states(database, made) == "pp"
    record(database, accepted(first, "batch-1"))
    assert states(database, made) == "aa"
    assert claim(database) == []
    assert campaigns.get(made).state == "done"
    assert {each.batch_id for each in campaigns.recipients(made).recipients} == {"batch-1"}


@returns
def test_proof_during_the_next_attempt_waits_for_its_end(database, campaigns, comes_back):
    made = make(database, 2, 2)
    first, again = resent(database, made)
    record(database, accepted(first, "batch-1"))
    assert states(database, made) == "ss"
    comes_back(database, again)
    assert states(database, made) == "aa"
    assert claim(database) == []
    assert campaigns.get(made).state == "done"


@pytest.mark.parametrize("worker_dies", [False, True])
def test_an_unknown_attempt_is_settled_by_proof_of_the_one_before_it(database, campaigns, worker_dies):
    made = make(database, 1)
    first, again = resent(database, made)
    record(database, accepted(first))
    if worker_dies:
        Ledger(database, SENDS).join("seat.2", {}, "seat.")
    else:
        record(database, unknown(again))
    assert states(database, made) == "a"
    assert campaigns.get(made).state == "done"


def test_proof_of_an_earlier_attempt_settles_what_has_been_unknown_since(database, campaigns):
    made = make(database, 1)
    first, again = resent(database, made)
    record(database, unknown(again))
    record(database, accepted(first))
    assert states(database, made) == "a"


def test_proof_of_an_earlier_attempt_gives_a_kept_request_its_ids(database, campaigns):
    made = make(database, 1)
    first, again = resent(database, made)
    record(database, unknown(again))
    Unknowns(database).decide(made, "keep", "ana")
    record(database, accepted(first, "batch-1"))
    [only] = campaigns.recipients(made).recipients
    assert (only.state, only.batch_id, only.detail) == ("accepted", "batch-1", "accepted")


def test_an_attempt_that_is_accepted_stays_what_it_is(database, campaigns):
    made = make(database, 1)
    first, again = resent(database, made)
    record(database, accepted(first, "batch-1"))
    record(database, accepted(again, "batch-2"))
    record(database, accepted(first, "batch-1"))
    assert states(database, made) == "a"
    assert campaigns.recipients(made).recipients[0].batch_id == "batch-2"
    assert [each.attempt for each in campaigns.answers(made)] == [1, 2]


@returns
@pytest.mark.parametrize("early", [True, False])
def test_proof_for_some_of_its_contacts_makes_it_unknown_and_never_sent_again(database, campaigns, comes_back, early):
    made = make(database, 3, 3)
    first, again = resent(database, made)
    if early:
        record(database, unknown(first, 1))
        comes_back(database, again)
    else:
        comes_back(database, again)
        record(database, unknown(first, 1))
    assert states(database, made) == "uau"
    assert claim(database) == []
    assert Unknowns(database).decide(made, "resend", "ana").contacts == 0
    assert campaigns.progress(made).counts["unknown"] == 2


def test_ids_of_two_attempts_add_up(database, campaigns):
    made = make(database, 4, 4)
    first, again = resent(database, made)
    record(database, unknown(again, 0, 1))
    record(database, unknown(first, 1, 3))
    assert states(database, made) == "aaua"
    assert campaigns.progress(made).counts["accepted"] == 3
    record(database, unknown(again))
    assert campaigns.progress(made).counts["accepted"] == 3


@pytest.mark.parametrize("early", [True, False])
def test_proof_settles_those_too_who_were_taken_out_before_the_next_attempt(database, campaigns, early):
    made = make(database, 5, 5)
    [first] = claim(database)
    record(database, unknown(first))
    DoNotContact(database).add([phone(2), phone(4)], "", "ana")
    Unknowns(database).decide(made, "resend", "ana")
    [again] = Ledger(database, SENDS, READER).turn(ME, [], 1)[0]
    assert states(database, made) == "ususs"
    if early:
        record(database, accepted(first))
        assert states(database, made) == "asass"
        record(database, slowed(again, retry_after=0.0))
    else:
        record(database, slowed(again, retry_after=0.0))
        record(database, accepted(first))
    assert states(database, made) == "aaaaa"
    assert claim(database) == []
    assert campaigns.get(made).state == "done"


def test_proof_for_some_finds_them_where_they_stand_now(database, campaigns):
    made = make(database, 6, 6)
    [first] = claim(database)
    record(database, unknown(first))
    for row in (2, 4):  # one row per turn, so that each gets a request of its own
        DoNotContact(database).add([phone(row)], "", "ana")
        Unknowns(database).decide(made, "resend", "ana")
        [again] = Ledger(database, SENDS, READER).turn(ME, [], 9)[0]
        record(database, unknown(again))
    assert states(database, made) == "uuuuuu"
    record(database, unknown(first, 0, 3, 5))
    assert states(database, made) == "auuaua"
    record(database, unknown(again, 0))
    assert states(database, made) == "aauaua"


def test_an_answer_judged_by_the_remaining_contacts_covers_only_them(database, campaigns):
    made = make(database, 3, 3)
    [first] = claim(database)
    record(database, unknown(first))
    DoNotContact(database).add([phone(2)], "", "ana")
    Unknowns(database).decide(made, "resend", "ana")
    [again] = Ledger(database, SENDS, READER).turn(ME, [], 1)[0]
    record(database, unknown(again))
    [looked_up] = [each for each in Ledger(database).unanswered([(first.request_id, 3)]) if each.contacts == 2]
    looked_up = Claimed(looked_up.request_id, made, 1, 1, looked_up.contacts, practice=True)
    record(database, unknown(looked_up, 1))
    assert states(database, made) == "uua"


def test_a_refused_resend_leaves_the_request_unknown(database, campaigns):
    made = make(database, 2, 2)
    _, again = resent(database, made)
    record(database, refused(again))
    assert states(database, made) == "uu"
    page = campaigns.recipients(made, state="unknown").recipients
    assert [(each.detail, each.params) for each in page] == [("refused.again", {"status": 400})] * 2
    assert campaigns.get(made).state == "done"
    [earlier] = RecentSends(database).window(practice=True, days=7).campaigns
    assert earlier.not_counted == 0  # the recent-sends guard asks before they are sent to again


def test_a_refused_resend_is_decided_about_like_any_unknown_request(database, campaigns):
    made = make(database, 1)
    _, again = resent(database, made)
    record(database, refused(again))
    assert Unknowns(database).decide(made, "resend", "ana").contacts == 1
    [third] = claim(database)
    record(database, refused(third))
    assert (third.attempt, states(database, made)) == (3, "u")
    assert Unknowns(database).decide(made, "keep", "ana").contacts == 1


@pytest.mark.parametrize("early", [True, False])
def test_proof_of_the_first_sending_settles_a_refused_resend(database, campaigns, early):
    made = make(database, 2, 2)
    first, again = resent(database, made)
    for finished in (accepted(first), refused(again)) if early else (refused(again), accepted(first)):
        record(database, finished)
    assert states(database, made) == "aa"
    assert campaigns.recipients(made).recipients[0].batch_id == "batch-1"


def test_who_was_taken_out_and_put_on_again_is_unknown_when_refused(database, campaigns):
    made, people = make(database, 2, 2), DoNotContact(database)
    [first] = claim(database)
    record(database, unknown(first))
    people.add([phone(2)], "", "ana")
    Unknowns(database).decide(made, "resend", "ana")
    record(database, accepted(Ledger(database, SENDS, READER).turn(ME, [], 9)[0][0]))
    people.remove([each.key for each in people.all()])
    Unknowns(database).decide(made, "resend", "ana")
    [alone] = Ledger(database, SENDS, READER).turn(ME, [], 9)[0]
    record(database, refused(alone))
    assert (alone.number, alone.attempt, states(database, made)) == (2, 1, "ua")
    record(database, accepted(first))
    assert states(database, made) == "aa"


def withheld_as_a_whole(database: Database, made: int) -> Claimed:
    """Return the only attempt, with an unknown outcome; the do-not-contact list prevents a second one."""
    [first] = claim(database)
    Ledger(database, SENDS).join("seat.2", {}, "seat.")
    Unknowns(database).decide(made, "resend", "ana")
    DoNotContact(database).add([phone(2)], "", "ana")
    assert Ledger(database, SENDS, READER).turn("seat.2", [], 9)[0] == []
    return first


def test_an_attempt_that_is_not_made_for_the_do_not_contact_list_has_no_number(database, campaigns):
    made = make(database, 1)
    first = withheld_as_a_whole(database, made)
    [unsure] = Unknowns(database).requests(made)
    assert (unsure.attempt, unsure.reason) == (1, "withheld.not_again")
    record(database, accepted(first))
    assert states(database, made) == "a"
    assert campaigns.get(made).state == "done"


def test_a_certain_failure_ends_a_request_that_is_not_sent_again(database):
    made = make(database, 1)
    record(database, refused(withheld_as_a_whole(database, made)))
    assert states(database, made) == "r"


def test_the_number_goes_to_the_next_attempt_that_is_made(database, campaigns):
    made, people = make(database, 1), DoNotContact(database)
    first = withheld_as_a_whole(database, made)
    people.remove([each.key for each in people.all()])
    Unknowns(database).decide(made, "resend", "ana")
    ledger = Ledger(database, SENDS, READER)
    [again] = ledger.turn("seat.2", [], 9)[0]
    assert again.attempt == 2
    assert ledger.open_attempts() == {first.request_id: 2}
    assert ledger.turn("seat.2", [], 9)[0] == []  # the ledger remembers the earlier claim


def test_what_certainly_was_not_taken_before_is_refused(database):
    made = make(database, 1)
    record(database, slowed(claim(database)[0], retry_after=0.0))
    with database.write() as connection:
        connection.exec_driver_sql("update limiter set held_until = 0, spent_until = 0")
    [again] = claim(database)
    record(database, refused(again))
    assert (again.attempt, states(database, made)) == (2, "r")


def test_a_refusal_counts_as_one_for_the_halt_though_the_request_is_unknown(database, campaigns):
    halting = Sends(practice=True, account=None, endpoint=None, rate=9000.0, halt=HaltRule(1, 1.0))
    made = make(database, 2)
    _, again = resent(database, made)
    Ledger(database, halting).turn(ME, [refused(again)], 0)
    found = campaigns.get(made)
    assert (found.state, found.reason.code, found.reason.params["detail"]) == ("paused", "halt.failures", "refused")
