"""Recent sends as the next campaign sees them: contacts that count, and no campaign missed in between."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from omni.errors import CampaignError
from omni.provider.request_body import destinations_of, fields_of, rewritten
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.launch_guard import DAY, RecentSendsSeen
from omni.store.campaigns.recent_sends import RecentSends, RecentSendsDecision
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.withholding import BodyReader
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from omni.store.schema import campaign, destination_keys, request
from tests.builders import phone
from tests.store.building import (
    ME,
    SENDS,
    accepted,
    all_recipients,
    claim,
    live_campaign,
    make,
    new_campaign,
    prepared,
    record,
    refused,
    unknown,
)
from tests.waiting import PATIENCE

WEEK = 7


def window(database, *, practice=True, days=WEEK):
    """Return campaign id to the number of its contacts that do not count."""
    found = RecentSends(database).window(practice=practice, days=days)
    return {each.id: each.not_counted for each in found.campaigns}


def not_counted(database, campaign_id, days=WEEK):
    sends = RecentSends(database)
    return sorted(sends.rows_not_counted(campaign_id, sends.window(practice=True, days=days).since))


def age(database, campaign_id, days, *, finished=True):
    """Make the campaign and its requests ``days`` older."""
    with database.write() as connection:
        times = ("created_at", "finished_at") if finished else ("created_at",)
        for table, its, names in ((campaign, campaign.c.id, times), (request, request.c.campaign_id, ("finished_at",))):
            older = {name: table.c[name] - days * DAY for name in names}
            connection.execute(table.update().where(its == campaign_id).values(older))


def seen(*campaigns, choice="", days=WEEK, **params):
    return RecentSendsSeen(campaigns, days, choice, params)


def test_what_was_refused_or_cancelled_does_not_count_and_everything_else_does(database, campaigns):
    made = make(database, contacts=6)
    first, second, third, *_ = claim(database)
    record(database, accepted(first), refused(second), unknown(third))
    assert window(database) == {made: 1}
    assert not_counted(database, made) == [3]

    campaigns.pause(made)
    record(database, *(refused(each) for each in claim(database)))
    campaigns.cancel(made)
    counted = set(range(2, 8)) - set(not_counted(database, made))
    states = {each.row: each.state for each in all_recipients(campaigns, made)}
    assert counted == {row for row, state in states.items() if state not in ("refused", "cancelled")}
    assert {2, 4} <= counted
    assert window(database) == {made: 6 - len(counted)}


def test_a_contact_taken_out_for_the_do_not_contact_list_does_not_count(database):
    made = make(database, contacts=4, batch=4)
    DoNotContact(database).add([phone(3)], "", "ana")
    ledger = Ledger(database, SENDS, BodyReader(destinations_of, fields_of, rewritten))
    [one] = ledger.turn(ME, [], 100)[0]
    record(database, accepted(one))
    assert not_counted(database, made) == [3]
    assert window(database) == {made: 1}


def test_practice_and_the_real_thing_know_nothing_of_each_other(database, campaigns):
    practice = make(database)
    real = campaigns.create(live_campaign("real"), prepared(3), []).id
    assert window(database) == {practice: 0}
    assert window(database, practice=False) == {real: 0}


def test_only_what_was_sent_in_the_window_counts_however_long_the_campaign_took(database):
    gone = make(database, contacts=2)
    record(database, *(accepted(each) for each in claim(database)))
    age(database, gone, 8)
    assert window(database) == {}
    assert window(database, days=9) == {gone: 0}

    # Half of it was sent long ago, the other half may still be sent.
    long = make(database, contacts=4)
    record(database, *(accepted(each) for each in claim(database, room=2)))
    age(database, long, 8, finished=False)
    assert window(database) == {long: 2}
    assert not_counted(database, long) == [2, 3]


def test_the_mark_is_another_one_when_others_do_not_count(database):
    made = make(database, contacts=3)

    def mark():
        [found] = RecentSends(database).window(practice=True, days=WEEK).campaigns
        return found.mark

    marks = [mark()]
    for each in claim(database):
        record(database, refused(each))
        marks.append(mark())
    assert len(set(marks)) == 4
    assert window(database) == {made: 3}


def test_keys_are_read_back_and_without_them_the_first_destinations(database, campaigns):
    sends = RecentSends(database)
    kept = campaigns.create(new_campaign(), prepared(3), [], [b"one", b"two"]).id
    assert list(sends.key_parts(kept)) == [b"one", b"two"]
    before = make(database, contacts=3)
    assert list(sends.key_parts(before)) == []
    assert [pair for chunk in sends.destinations(before) for pair in chunk] == [(at, phone(at)) for at in (2, 3, 4)]


def test_a_campaign_made_since_the_look_stops_the_launch(database, campaigns):
    known = make(database)
    unseen = make(database)
    with pytest.raises(CampaignError, match="repeats_changed"):
        campaigns.create(new_campaign("late", seen=seen(known)), prepared(3), [], [b"keys"])
    assert [each.id for each in campaigns.list()] == [unseen, known]
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(destination_keys)) == 0

    made = campaigns.create(new_campaign("late", seen=seen(known, unseen)), prepared(3), [], [b"keys"])
    assert made.is_new
    # The same key finds the campaign it created, regardless of later ones.
    make(database)
    again = campaigns.create(new_campaign("late", seen=seen(known)), prepared(3), [])
    assert (again.id, again.is_new) == (made.id, False)


def test_campaigns_of_the_other_kind_or_before_the_window_need_no_look(database, campaigns):
    campaigns.create(live_campaign("real"), prepared(3), [])
    old = make(database, contacts=1)
    record(database, *(accepted(each) for each in claim(database)))
    age(database, old, 8)
    assert campaigns.create(new_campaign("new", seen=seen()), prepared(3), []).is_new


def test_the_decision_is_kept_with_who_made_it(database, campaigns):
    earlier = make(database)
    new = new_campaign("new", seen=seen(earlier, choice="others", contacts=3))
    made = campaigns.create(new, prepared(3, first_row=9), []).id
    sends = RecentSends(database)
    assert sends.decision(made) == RecentSendsDecision("others", "ana", 3, WEEK)
    assert sends.decision(earlier) is None


def test_of_two_launches_at_the_same_moment_one_has_to_look_again(database, campaigns):
    """Both looked before either was created; the transactions overlap because inserting the requests takes time."""
    start = threading.Barrier(2, timeout=PATIENCE)
    outcomes: list[str] = []

    def requests():
        for each in prepared(40):
            time.sleep(0.005)
            yield each

    def run(key):
        start.wait()
        try:
            campaigns.create(new_campaign(key, seen=seen()), requests(), [])
            outcomes.append("made")
        except CampaignError as err:
            outcomes.append(err.code)

    threads = [threading.Thread(target=run, args=(key,)) for key in ("one", "two")]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    assert sorted(outcomes) == ["campaign.repeats_changed", "made"]
    assert [each.contacts for each in campaigns.list()] == [40]


def test_practice_launches_do_not_wait_for_real_ones(postgres_url):
    """On SQLite they do wait, since it has one writer at a time."""
    database = open_database(postgres_url)
    campaigns = Campaigns(database)
    inside, done = threading.Event(), threading.Event()

    def requests():
        inside.set()
        assert done.wait(PATIENCE)
        yield from prepared(1)

    slow = threading.Thread(target=lambda: campaigns.create(live_campaign("real", seen=seen()), requests(), []))
    slow.start()
    try:
        assert inside.wait(PATIENCE)
        assert campaigns.create(new_campaign("practice", seen=seen()), prepared(1), []).is_new
    finally:
        done.set()
        slow.join(PATIENCE)
        database.close()
