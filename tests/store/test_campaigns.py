"""Campaigns are created whole or not at all, once per key, and change state only as allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from omni.core.campaign import CampaignState, Reason
from omni.errors import CampaignError
from omni.locale import Text
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.creation import PreparedRequest
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.database import Database
from omni.store.opening import open_database
from omni.store.schema import campaign
from tests.store.building import (
    accepted,
    claim,
    live_campaign,
    make,
    new_campaign,
    prepared,
    record,
    refused,
    slowed,
    states,
    unknown,
)


def test_a_campaign_comes_back_as_it_was_frozen(campaigns: Campaigns):
    created = campaigns.create(live_campaign("k", name="Novembro"), prepared(5, 2), [])
    found = campaigns.get(created.id)
    assert created.is_new
    assert (found.name, found.state, found.contacts, found.requests) == ("Novembro", "running", 5, 3)
    assert (found.practice, found.account, found.endpoint) == (False, "operator", "https://example.com/")
    assert (found.details, found.created_by) == ('{"file": "contacts.xlsx"}', "ana")
    assert (found.started_at, found.finished_at, found.reason) == (None, None, None)


def test_a_reason_written_by_an_earlier_version_is_read_as_todays(database: Database):
    made = make(database)
    was = '{"code": "halt.restored", "params": {"n": 5}}'
    with database.write() as connection:
        connection.execute(campaign.update().values(state="paused", reason=was))
    for found in (Campaigns(database).get(made), *Campaigns(database).list(), Campaigns(database).progress(made)):
        assert found.reason is not None
        assert found.reason.code == REPLACED.code
        assert Text("en")(f"reason.{found.reason.code}", **found.reason.params).startswith("Paused: the database")


def test_the_bytes_of_each_request_come_back_unchanged(campaigns: Campaigns):
    requests = prepared(5, 2)
    made = campaigns.create(new_campaign(), requests, []).id
    assert [campaigns.body(made, each.number) for each in requests] == [each.body for each in requests]


def test_the_parts_of_the_sheet_come_back_in_order(campaigns: Campaigns):
    parts = [b"one", b"", bytes(range(256)) * 1000]
    made = campaigns.create(new_campaign(), prepared(1), iter(parts)).id
    assert list(campaigns.sheet_parts(made)) == parts


def test_the_same_key_finds_the_campaign_it_made_before(campaigns: Campaigns):
    first = campaigns.create(new_campaign("click"), prepared(3), [])
    second = campaigns.create(new_campaign("click", name="another"), prepared(9), [])
    assert (second.id, second.is_new) == (first.id, False)
    assert [(each.name, each.contacts) for each in campaigns.list()] == [("November", 3)]


def test_a_double_click_makes_one_campaign(database_url: str):
    databases = [open_database(database_url) for _ in range(4)]
    start = threading.Barrier(len(databases))
    made: list[tuple[int, bool]] = []

    def click(database: Database) -> None:
        start.wait()
        created = Campaigns(database).create(new_campaign("click"), prepared(40), [])
        made.append((created.id, created.is_new))

    threads = [threading.Thread(target=click, args=(each,)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Campaigns(databases[0]).list()) == 1
    for each in databases:
        each.close()
    assert {campaign_id for campaign_id, _ in made} == {made[0][0]}
    assert sorted(is_new for _, is_new in made) == [False, False, False, True]


def test_a_campaign_that_cannot_be_made_to_its_end_does_not_exist(campaigns: Campaigns):
    def breaking() -> Iterator[PreparedRequest]:
        yield from prepared(3000)
        raise RuntimeError("the sheet cannot be read any further")

    with pytest.raises(RuntimeError):
        campaigns.create(new_campaign("k"), breaking(), [])
    assert campaigns.list() == ()
    assert campaigns.create(new_campaign("k"), prepared(1), []).is_new


def test_a_campaign_without_contacts_is_refused(campaigns: Campaigns):
    with pytest.raises(CampaignError) as caught:
        campaigns.create(new_campaign(), [], [])
    assert caught.value.code == "campaign.empty"
    assert campaigns.list() == ()


def test_the_history_counts_every_contact_and_begins_with_the_newest(database: Database, campaigns: Campaigns):
    first = make(database, 10, 2, name="first")
    one, two, three, _, _ = claim(database)
    record(database, accepted(one), refused(two), unknown(three, 1))
    second = make(database, 1, name="second", state="paused")
    newest, oldest = campaigns.list()
    assert (newest.id, newest.name, newest.state) == (second, "second", "paused")
    assert oldest.id == first
    assert oldest.counts == {
        "pending": 0,
        "sending": 4,
        "accepted": 3,
        "refused": 2,
        "unknown": 1,
        "cancelled": 0,
    }


@pytest.mark.parametrize(
    ("state", "move", "becomes"),
    [
        ("running", "pause", "paused"),
        ("running", "cancel", "cancelled"),
        ("paused", "resume", "running"),
        ("paused", "cancel", "cancelled"),
    ],
)
def test_legal_moves(database: Database, campaigns: Campaigns, state: CampaignState, move: str, becomes: CampaignState):
    made = make(database, state=state)
    getattr(campaigns, move)(made)
    assert campaigns.get(made).state == becomes


@pytest.mark.parametrize(
    ("state", "move", "wanted"),
    [
        ("running", "resume", "running"),
        ("paused", "pause", "paused"),
        ("cancelled", "pause", "paused"),
        ("cancelled", "resume", "running"),
        ("cancelled", "cancel", "cancelled"),
        ("done", "pause", "paused"),
        ("done", "resume", "running"),
        ("done", "cancel", "cancelled"),
    ],
)
def test_illegal_moves_are_refused_and_change_nothing(
    database: Database, campaigns: Campaigns, state: CampaignState, move: str, wanted: CampaignState
):
    made = make(database)
    with database.write() as connection:
        connection.execute(campaign.update().values(state=state))
    before = campaigns.get(made)
    with pytest.raises(CampaignError) as caught:
        getattr(campaigns, move)(made)
    assert (caught.value.code, caught.value.params) == ("campaign.state", {"state": state, "wanted": wanted})
    assert campaigns.get(made) == before


@pytest.mark.parametrize("ask", ["get", "pause", "resume", "cancel", "progress"])
def test_a_missing_campaign_is_reported(campaigns: Campaigns, ask: str):
    with pytest.raises(CampaignError) as caught:
        getattr(campaigns, ask)(4711)
    assert (caught.value.code, caught.value.params) == ("campaign.not_found", {"id": 4711})


def test_a_pause_keeps_its_reason_until_the_campaign_goes_on(database: Database, campaigns: Campaigns):
    made = make(database)
    campaigns.pause(made, Reason("halt.refused_access", {"status": 401}))
    assert campaigns.get(made).reason == Reason("halt.refused_access", {"status": 401})
    campaigns.resume(made)
    assert campaigns.get(made).reason is None


def test_a_paused_campaign_is_not_claimed_and_goes_on_where_it_was(database: Database, campaigns: Campaigns):
    made = make(database, 3)
    first = claim(database, room=1)
    campaigns.pause(made)
    assert claim(database) == []
    record(database, accepted(first[0]))
    campaigns.resume(made)
    assert [each.number for each in claim(database)] == [2, 3]


def test_a_cancel_ends_what_is_pending_and_lets_the_rest_run_out(database: Database, campaigns: Campaigns):
    made = make(database, 10, 2)
    first, second = claim(database, room=2)
    assert campaigns.cancel(made) == 6
    assert states(database, made) == "sssscccccc"
    assert campaigns.get(made).finished_at is None
    record(database, accepted(first))
    assert campaigns.get(made).finished_at is None
    record(database, slowed(second))
    # The provider asked to wait and took nothing; a cancelled campaign has no waiting requests.
    assert states(database, made) == "aacccccccc"
    ended = campaigns.get(made)
    assert (ended.state, ended.finished_at is not None) == ("cancelled", True)


def test_cancelling_before_anything_was_sent_ends_the_campaign_at_once(database: Database, campaigns: Campaigns):
    made = make(database, 3)
    assert campaigns.cancel(made) == 3
    ended = campaigns.get(made)
    assert (ended.state, ended.finished_at is not None) == ("cancelled", True)


def test_a_campaign_is_done_with_its_last_request(database: Database, campaigns: Campaigns):
    made = make(database, 2)
    first, second = claim(database)
    record(database, accepted(first))
    assert campaigns.get(made).state == "running"
    record(database, unknown(second))
    done = campaigns.get(made)
    assert (done.state, done.finished_at is not None) == ("done", True)


def test_a_paused_campaign_whose_last_request_ends_is_done(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    claimed = claim(database)
    campaigns.pause(made)
    record(database, accepted(claimed[0]))
    assert campaigns.get(made).state == "done"


def test_campaign_and_request_states_are_guarded_by_the_database_itself(database: Database):
    make(database)
    for statement in ("UPDATE campaign SET state = 'sent'", "UPDATE request SET state = 6"):
        with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
            connection.execute(sa.text(statement))


def test_no_text_in_a_sheet_keeps_a_campaign_from_being_made(campaigns: Campaigns):
    (one,) = prepared(1)
    odd = PreparedRequest(1, one.body, [2], ["55119\x0000000001"], [0])
    made = campaigns.create(new_campaign(name="Nov\x00"), [odd], []).id
    assert campaigns.get(made).name == "Nov?"
    assert campaigns.recipients(made).recipients[0].destination == "55119?00000001"
