"""Unknown requests of a campaign: listed by reason, opened, decided in part, with every decision recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omni.core.unknown import Choice
from omni.errors import CampaignError
from omni.ports import Claimed, Finished
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.unknown_requests import UnknownContact, Unknowns
from tests.builders import phone
from tests.store.building import accepted, answered, claim, make, record, states, unknown


@pytest.fixture
def unknowns(database: Database) -> Unknowns:
    return Unknowns(database)


def timed_out(claimed: Claimed) -> Finished:
    each, _, outcome = unknown(claimed)
    return each, answered(None, b"", "timeout"), replace(outcome, detail="timeout", status=None)


def six_requests(database: Database, batch: int = 1) -> int:
    """Six requests: 1 accepted, 2 cut, 3 timed out, 4 cut, 5 cut with an id for its first contact, 6 timed out."""
    made = make(database, 6 * batch, batch)
    one, two, three, four, five, six = claim(database)
    paired = [0] if batch > 1 else []
    record(
        database, accepted(one), unknown(two), timed_out(three), unknown(four), unknown(five, *paired), timed_out(six)
    )
    return made


def chosen(*numbers: int) -> Choice:
    return Choice(frozenset(numbers))


def test_requests_are_counted_by_reason_the_most_contacts_first(database: Database, unknowns: Unknowns):
    made = six_requests(database, batch=2)
    reasons = unknowns.reasons(made)
    assert [(reason, one.requests, one.contacts) for reason, one in reasons.items()] == [
        ("cut", 3, 5),
        ("timeout", 2, 4),
    ]
    assert reasons["cut"] == unknowns.extent(made, Choice(reason="cut"))
    assert reasons["cut"] + reasons["timeout"] == unknowns.extent(made)


def test_a_page_says_of_each_request_whom_when_and_why(database: Database, unknowns: Unknowns):
    made = six_requests(database, batch=2)
    two, three, four, five, six = unknowns.requests(made)
    assert [one.number for one in (two, three, four, five, six)] == [2, 3, 4, 5, 6]
    assert (two.first_row, two.last_row, two.destination) == (4, 5, phone(4))
    assert (two.contacts, two.with_ids, two.may_resend) == (2, 0, True)
    assert (five.contacts, five.with_ids, five.may_resend) == (1, 1, False)
    assert (two.reason, two.status, two.attempt) == ("cut", 200, 1)
    assert (three.reason, three.status) == ("timeout", None)
    assert two.claimed_at is not None and two.finished_at is not None and two.claimed_at <= two.finished_at


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        (Choice(reason="timeout"), [3, 6]),
        (Choice(search="4"), [3]),  # row 4 of the sheet
        (Choice(search=phone(6)), [5]),
        (Choice(frozenset({2, 6, 1}), reason="timeout"), [6]),
        (Choice(search="nobody"), []),
    ],
)
def test_a_choice_narrows_the_list(database: Database, unknowns: Unknowns, choice: Choice, numbers: list[int]):
    made = six_requests(database)
    assert [one.number for one in unknowns.requests(made, choice)] == numbers
    assert unknowns.extent(made, choice).requests == len(numbers)


def test_pages_follow_each_other_and_other_campaigns_stay_out(database: Database, unknowns: Unknowns):
    other, made = six_requests(database), six_requests(database)
    pages = [unknowns.requests(made, limit=2, offset=at) for at in (0, 2, 4, 6)]
    assert [[one.number for one in page] for page in pages] == [[2, 3], [4, 5], [6], []]
    assert [one.first_row for one in pages[0]] == [3, 4]
    assert unknowns.extent(other).requests == 5


def test_the_contacts_of_a_request_stand_in_its_order_a_page_at_a_time(database: Database, unknowns: Unknowns):
    made = make(database, 4, 4)
    record(database, unknown(claim(database)[0], 2))
    first = unknowns.contacts(made, 1, limit=3)
    assert first == (
        UnknownContact(2, phone(2), has_id=False),
        UnknownContact(3, phone(3), has_id=False),
        UnknownContact(4, phone(4), has_id=True),
    )
    assert unknowns.contacts(made, 1, limit=3, offset=3) == (UnknownContact(5, phone(5), has_id=False),)


def test_a_decision_for_some_leaves_the_others_as_they_are(database: Database, unknowns: Unknowns):
    made = six_requests(database)
    assert unknowns.decide(made, "keep", "ana", chosen(2, 3)).contacts == 2
    assert states(database, made) == "aaauuu"
    assert unknowns.decide(made, "resend", "bia", Choice(reason="timeout")).contacts == 1
    assert states(database, made) == "aaauup"
    assert [(one.number, one.attempt) for one in claim(database)] == [(6, 2)]


def test_a_choice_that_includes_ids_resends_only_the_other_requests(database: Database, unknowns: Unknowns):
    made = six_requests(database, batch=2)
    assert unknowns.extent(made, chosen(4, 5)).contacts == 3
    assert unknowns.extent(made, chosen(4, 5), "resend").contacts == 2
    assert unknowns.decide(made, "resend", "ana", chosen(4, 5)).contacts == 2
    assert states(database, made) == "aauuuuppauuu"


@pytest.mark.parametrize("what", ["keep", "resend"])
def test_what_another_operator_decided_meanwhile_makes_a_decision_void(database: Database, unknowns: Unknowns, what):
    made = six_requests(database)
    seen = unknowns.extent(made, chosen(2, 3), what)
    unknowns.decide(made, "keep", "bia", chosen(3))
    with pytest.raises(CampaignError) as caught:
        unknowns.decide(made, what, "ana", chosen(2, 3), seen)
    assert (caught.value.code, caught.value.params) == ("campaign.unknown_changed", {"n": 1, "before": 2})
    assert states(database, made) == "auauuu"
    assert [each.who for each in unknowns.decisions(made)] == ["bia"]


def test_late_evidence_makes_a_decision_void(database: Database, unknowns: Unknowns):
    made = make(database, 2)
    lost = claim(database)
    record(database, *map(unknown, lost))
    seen = unknowns.extent(made, what="resend")
    record(database, accepted(lost[0]))
    with pytest.raises(CampaignError):
        unknowns.decide(made, "resend", "ana", expected=seen)
    assert states(database, made) == "au"


def test_as_many_others_are_not_what_was_expected(database: Database, unknowns: Unknowns):
    made = make(database, 4)
    first, *_ = lost = claim(database)
    record(database, *map(timed_out, lost[:2]))
    seen = unknowns.extent(made, Choice(reason="timeout"))
    unknowns.decide(made, "keep", "bia", chosen(first.number))
    record(database, timed_out(lost[2]))
    assert unknowns.extent(made, Choice(reason="timeout")).contacts == seen.contacts
    with pytest.raises(CampaignError):
        unknowns.decide(made, "keep", "ana", Choice(reason="timeout"), seen)
    assert states(database, made) == "auus"


def test_the_same_request_in_a_later_attempt_is_not_what_was_expected(database: Database, unknowns: Unknowns):
    made = make(database, 1)
    record(database, unknown(claim(database)[0]))
    seen = unknowns.extent(made)
    unknowns.decide(made, "resend", "bia")
    record(database, unknown(claim(database)[0]))
    with pytest.raises(CampaignError):
        unknowns.decide(made, "keep", "ana", expected=seen)
    assert states(database, made) == "u"


def test_every_act_is_kept_with_who_what_and_how_many_the_last_first(database: Database, unknowns: Unknowns):
    made = six_requests(database, batch=2)
    unknowns.decide(made, "keep", "ana", chosen(5, 2))
    unknowns.decide(made, "resend", "bia", Choice(reason="timeout", search=phone(6)))
    found = unknowns.decisions(made)
    assert [(one.who, one.what, one.requests, one.contacts) for one in found] == [
        ("bia", "resend", 1, 2),
        ("ana", "keep", 2, 3),
    ]
    assert [(one.reason, one.search, one.numbers) for one in found] == [("timeout", phone(6), ()), (None, "", (2, 5))]
    assert found[0].at >= found[1].at > 0
    assert unknowns.decisions(make(database, 1)) == ()


def test_a_decision_about_nothing_leaves_no_trace(database: Database, unknowns: Unknowns):
    made = six_requests(database)
    assert unknowns.decide(made, "keep", "ana", chosen(1)).requests == 0
    assert unknowns.decisions(made) == ()


def test_a_cancelled_campaign_sends_none_of_the_chosen_again(database: Database, unknowns: Unknowns):
    made = make(database, 2)
    record(database, unknown(claim(database, room=1)[0]))
    Campaigns(database).cancel(made)
    with pytest.raises(CampaignError) as caught:
        unknowns.decide(made, "resend", "ana", chosen(1))
    assert caught.value.code == "campaign.state"
    assert states(database, made) == "uc"
