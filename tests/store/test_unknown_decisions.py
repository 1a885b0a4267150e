"""Unknown requests are sent again only by an operator's decision."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from omni.errors import CampaignError
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.json_text import from_text
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.schema import decision
from tests.store.building import accepted, claim, make, record, refused, slowed, states, unknown


def decisions(database: Database) -> list[tuple[str, str, str]]:
    """Return each decision about a request: the decision, its author, and the reason the outcome was unknown."""
    query = sa.select(decision).where(decision.c.request_id.is_not(None)).order_by(decision.c.id)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [(row.what, row.who, from_text(row.params)["detail"]) for row in rows]


def test_kept_contacts_count_as_accepted_and_the_decision_is_on_record(database: Database, campaigns: Campaigns):
    made = make(database, 4, 2)
    first, second = claim(database)
    record(database, unknown(first), refused(second))
    assert Unknowns(database).decide(made, "keep", "ana").contacts == 2
    assert states(database, made) == "aarr"
    assert decisions(database) == [("unknown.keep", "ana", "cut")]
    page = campaigns.recipients(made, state="accepted")
    assert {each.detail for each in page.recipients} == {"resolved.kept_by"}
    assert [each.params for each in page.recipients] == [{"who": "ana"}] * 2


def test_resent_contacts_go_out_again_in_a_new_attempt(database: Database, campaigns: Campaigns):
    made = make(database, 2)
    first, second = claim(database)
    record(database, unknown(first), accepted(second))
    assert campaigns.get(made).state == "done"
    assert Unknowns(database).decide(made, "resend", "ana").contacts == 1
    reopened = campaigns.get(made)
    assert (reopened.state, reopened.finished_at) == ("running", None)
    again = claim(database)
    assert [(each.number, each.attempt) for each in again] == [(1, 2)]
    record(database, accepted(again[0]))
    assert states(database, made) == "aa"
    assert campaigns.get(made).state == "done"
    assert decisions(database) == [("unknown.resend", "ana", "cut")]


def test_resending_does_not_wake_a_paused_campaign(database: Database, campaigns: Campaigns):
    made = make(database, 3)
    first = claim(database)[0]
    record(database, unknown(first))
    campaigns.pause(made)
    assert Unknowns(database).decide(made, "resend", "ana").contacts == 1
    assert campaigns.get(made).state == "paused"
    assert claim(database) == []


def test_a_request_in_which_any_contact_has_an_id_is_never_sent_again(database: Database, campaigns: Campaigns):
    made = make(database, 6, 2)
    first, second, third = claim(database)
    record(database, unknown(first, 0), unknown(second), unknown(third))
    assert Unknowns(database).decide(made, "resend", "ana").contacts == 4
    assert states(database, made) == "aupppp"
    assert Unknowns(database).decide(made, "keep", "ana").contacts == 1
    assert states(database, made) == "aapppp"


def test_without_unknown_contacts_nothing_happens(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    record(database, accepted(claim(database)[0]))
    for what in ("keep", "resend"):
        assert Unknowns(database).decide(made, what, "ana").contacts == 0
    assert campaigns.get(made).state == "done"
    assert decisions(database) == []


def test_a_cancelled_campaign_keeps_but_does_not_resend(database: Database, campaigns: Campaigns):
    made = make(database, 2)
    first = claim(database, room=1)[0]
    record(database, unknown(first))
    campaigns.cancel(made)
    with pytest.raises(CampaignError) as caught:
        Unknowns(database).decide(made, "resend", "ana")
    assert caught.value.code == "campaign.state"
    assert Unknowns(database).decide(made, "keep", "ana").contacts == 1
    assert states(database, made) == "ac"


def test_late_proof_adds_the_ids_to_a_kept_request(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    claimed = claim(database)[0]
    record(database, (claimed, *unknown(claimed)[1:]))
    Unknowns(database).decide(made, "keep", "ana")
    record(database, accepted(claimed, "batch-9"))
    page = campaigns.recipients(made)
    assert [(each.state, each.batch_id, each.detail) for each in page.recipients] == [
        ("accepted", "batch-9", "accepted")
    ]


def test_late_proof_for_an_attempt_that_was_sent_again_is_kept_beside_it(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    lost = claim(database)[0]
    campaigns_answers = lambda: [(each.attempt, each.answer.status) for each in campaigns.answers(made)]  # noqa: E731
    with database.write() as connection:
        connection.execute(sa.text("UPDATE request SET state = 4"))
    Unknowns(database).decide(made, "resend", "ana")
    again = claim(database)[0]
    record(database, accepted(lost, "batch-1"))
    assert states(database, made) == "s"
    record(database, accepted(again, "batch-2"))
    assert campaigns_answers() == [(1, 200), (2, 200)]
    assert campaigns.recipients(made).recipients[0].batch_id == "batch-2"


def test_proof_before_its_turn_keeps_a_request_from_being_sent_again(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    lost = claim(database)[0]
    record(database, unknown(lost))
    Unknowns(database).decide(made, "resend", "ana")
    record(database, accepted(lost, "batch-9"))
    assert states(database, made) == "a"
    assert claim(database) == []
    assert campaigns.get(made).state == "done"
    assert campaigns.recipients(made).recipients[0].batch_id == "batch-9"


def test_proof_for_some_of_its_contacts_keeps_a_request_from_being_sent_again(database: Database, campaigns: Campaigns):
    made = make(database, 2, 2)
    lost = claim(database)[0]
    record(database, unknown(lost))
    Unknowns(database).decide(made, "resend", "ana")
    record(database, unknown(lost, 1))
    assert states(database, made) == "ua"
    assert claim(database) == []


@pytest.mark.parametrize("late", [refused, unknown])
def test_what_proves_nothing_does_not_keep_a_request_from_being_sent_again(
    database: Database, campaigns: Campaigns, late
):
    made = make(database, 1)
    lost = claim(database)[0]
    record(database, unknown(lost))
    Unknowns(database).decide(made, "resend", "ana")
    record(database, late(lost))
    assert [(each.number, each.attempt) for each in claim(database)] == [(1, 2)]


@pytest.mark.parametrize("sent_again", [False, True])
def test_resends_pending_in_a_cancelled_campaign_are_unknown_not_unsent(
    database: Database, campaigns: Campaigns, sent_again: bool
):
    made = make(database, 3)
    record(database, unknown(claim(database, room=1)[0]))
    Unknowns(database).decide(made, "resend", "ana")
    again = claim(database, room=1) if sent_again else []
    campaigns.cancel(made)
    record(database, *(slowed(each) for each in again))
    assert states(database, made) == "ucc"
    page = campaigns.recipients(made, state="unknown")
    assert [(each.row, each.detail) for each in page.recipients] == [(2, "cancelled.not_again")]
    assert campaigns.get(made).state == "cancelled"
