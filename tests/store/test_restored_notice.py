"""Live campaigns after a restore need a confirmation: the campaigns concerned, and the time it is asked for."""

from __future__ import annotations

import time

import pytest

from omni.core.campaign import Reason
from omni.errors import CampaignError
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.campaigns.recent_sends import RecentSends
from omni.store.database import Database, clock
from omni.store.ledger.ledger import Ledger
from omni.store.people.drafts import Drafts
from omni.store.restored import notice as restored_notice
from omni.store.restored.journal import FORGOTTEN
from tests.store.building import accepted, claim, live_campaign, make, new_campaign, prepared, record

DAY = 86_400.0


def notice(database: Database, ago: float = 0.0, reason: Reason = REPLACED) -> None:
    with database.write() as connection:
        restored_notice.pause_everything(connection, clock(connection) - ago, reason)


def draft_made(database: Database, ago: float) -> str:
    draft = Drafts(database).create("November", {})
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE draft SET created_at = {time.time() - ago} WHERE id = '{draft.id}'")
    return draft.id


@pytest.mark.parametrize(
    ("noticed", "drafted", "days", "is_asked"),
    [
        (None, 1.0, 7, False),
        (1.0, None, 7, True),
        (1.0, 0.5, 7, True),
        (8.0, None, 7, False),
        (8.0, 7.0, 7, False),
        (8.0, 9.0, 7, True),  # drafted before the restore, so it may have been sent
        (400.0, 401.0, 0, True),
        (1.0, 0.5, 0, False),
        (1.0, None, 0, False),
    ],
)
def test_older_drafts_are_always_asked_about_and_others_within_the_window(
    database: Database, noticed: float | None, drafted: float | None, days: int, is_asked: bool
):
    """Days since the notice and the draft; no draft means a spreadsheet on the command line."""
    if noticed is not None:
        notice(database, noticed * DAY)
    draft = None if drafted is None else draft_made(database, drafted * DAY)
    asked = RecentSends(database).restored_at(draft, days)
    assert (asked is not None) == is_asked
    new = live_campaign(draft_id=draft, ask_days=days)
    if is_asked:
        with pytest.raises(CampaignError, match=r"campaign\.put_back"):
            Campaigns(database).create(new, prepared(2), [])
        assert Campaigns(database).list() == ()
        new = live_campaign(draft_id=draft, ask_days=days, acknowledged=asked)
    assert Campaigns(database).create(new, prepared(2), []).is_new


def test_confirming_one_restore_does_not_confirm_the_next(database: Database):
    notice(database, ago=120.0)
    confirmed = RecentSends(database).restored_at(None, 7)
    notice(database)
    with pytest.raises(CampaignError, match=r"campaign\.put_back"):
        Campaigns(database).create(live_campaign(acknowledged=confirmed, ask_days=7), prepared(2), [])


def test_two_restores_in_one_minute_are_distinguished(database: Database):
    notice(database)
    confirmed = RecentSends(database).restored_at(None, 7)
    notice(database)
    assert RecentSends(database).restored_at(None, 7) not in (None, confirmed)


def test_a_restore_noticed_while_the_clock_is_behind_asks_about_drafts_too(database: Database):
    draft = draft_made(database, 0.0)
    notice(database, ago=40 * DAY)
    assert RecentSends(database).restored_at(draft, 0) is not None


def test_a_finished_campaign_stays_finished_though_it_had_a_start_time(database: Database):
    made = make(database)
    finished = claim(database)
    Campaigns(database).pause(made)
    Campaigns(database).reschedule(made, 9e9, "UTC")
    record(database, *map(accepted, finished))
    assert Campaigns(database).get(made).state == "done"
    notice(database)
    assert Campaigns(database).get(made).state == "done"


def test_a_draft_begun_in_the_very_minute_counts_as_from_before(database: Database):
    notice(database)
    assert RecentSends(database).restored_at(draft_made(database, 0.0), 0) is not None


def test_practice_is_not_asked_about_and_a_key_finds_its_campaign(database: Database):
    made = Campaigns(database).create(live_campaign("first"), prepared(2), [])
    notice(database)
    assert Campaigns(database).create(new_campaign("second", ask_days=7), prepared(2), []).is_new
    assert Campaigns(database).create(live_campaign("first", ask_days=7), prepared(2), []).id == made.id


def test_a_campaign_missing_by_the_journal_is_reported_with_that_reason(database: Database):
    runs, mine = make(database), make(database)
    Campaigns(database).pause(mine)
    notice(database)
    Ledger(database).mark_restored({}, is_lacking=True)
    found = [Campaigns(database).get(each) for each in (runs, mine)]
    assert [each.reason for each in found] == [FORGOTTEN, None]
    assert RecentSends(database).restored_at(None, 7) is not None


def test_a_journal_that_knows_nothing_more_reports_nothing(database: Database):
    Ledger(database).mark_restored({})
    assert RecentSends(database).restored_at(None, 7) is None
