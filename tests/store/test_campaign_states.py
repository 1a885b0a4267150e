"""Automatic changes of a campaign's state: scheduled start, hold after a trial, sending hours, failure rule."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from omni.core.campaign import Outcome
from omni.core.halt_rule import HaltRule
from omni.core.hours import read_hours
from omni.errors import CampaignError
from omni.store.campaign_states import LATE
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import clock
from omni.store.ledger import claiming
from omni.store.ledger import ledger as ledger_module
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from tests.store.building import ME, SENDS, accepted, answered, claim, make, refused, states, unknown

HALTING = Sends(practice=True, account=SENDS.account, endpoint=SENDS.endpoint, rate=SENDS.rate, halt=HaltRule(3, 0.05))


def turn(database, sends, *finished, room=0):
    return Ledger(database, sends).turn(ME, finished, room)


def state_of(database, campaign):
    found = Campaigns(database).get(campaign)
    return found.state, found.reason.code if found.reason else None


@pytest.fixture
def an_hour_later(monkeypatch):
    """Return a function that moves the workers' clock ahead by an hour."""
    return lambda: monkeypatch.setattr(ledger_module, "clock", lambda connection: clock(connection) + 3600.0)


def test_a_scheduled_campaign_waits_and_starts_by_itself(database, an_hour_later):
    soon = time.time() + 3600.0
    campaign = make(database, 3, start_at=soon, start_zone="America/Sao_Paulo")
    assert state_of(database, campaign) == ("paused", None)
    assert Campaigns(database).progress(campaign).start_at == pytest.approx(soon)
    assert claim(database) == []

    an_hour_later()
    assert len(claim(database)) == 3
    assert (state_of(database, campaign), Campaigns(database).get(campaign).start_at) == (("running", None), None)


def test_a_start_that_no_worker_was_there_for_stays_paused_and_says_so(database):
    campaign = make(database, 3, start_at=time.time() - LATE - 1, start_zone="America/Bogota")
    assert claim(database) == []
    found = Campaigns(database).get(campaign)
    assert (found.state, found.reason.code, found.reason.params["zone"]) == (
        "paused",
        "halt.start_missed",
        "America/Bogota",
    )
    Campaigns(database).resume(campaign)
    assert len(claim(database)) == 3


def test_a_start_is_moved_taken_back_or_made_at_once(database):
    campaigns = Campaigns(database)
    campaign = make(database, 1, start_at=time.time() + 3600, start_zone="UTC")
    campaigns.reschedule(campaign, time.time() - 1, "UTC")
    assert len(claim(database)) == 1
    with pytest.raises(CampaignError):
        campaigns.reschedule(campaign, time.time() + 3600, "UTC")

    other = make(database, 1, start_at=time.time() - 1, start_zone="UTC")
    campaigns.reschedule(other, None, None)
    assert (claim(database), state_of(database, other)) == ([], ("paused", None))
    campaigns.resume(other)
    assert len(claim(database)) == 1


def test_a_cancelled_campaign_does_not_start_by_itself(database, an_hour_later):
    campaign = make(database, 2, start_at=time.time() + 3600.0, start_zone="UTC")
    assert Campaigns(database).cancel(campaign) == 2
    an_hour_later()
    assert (claim(database), states(database, campaign)) == ([], "cc")


def test_after_the_trial_the_campaign_holds_until_it_is_resumed(database):
    campaign = make(database, 6, canary=2)
    first = claim(database)
    assert [each.number for each in first] == [1, 2]
    assert (claim(database), state_of(database, campaign)) == ([], ("running", None))

    turn(database, SENDS, accepted(first[0]), unknown(first[1]))
    assert (claim(database), state_of(database, campaign)) == ([], ("paused", "hold.canary"))
    assert Campaigns(database).get(campaign).reason.params == {"contacts": 2}

    Campaigns(database).resume(campaign)
    assert [each.number for each in claim(database)] == [3, 4, 5, 6]


def test_a_trial_that_was_paused_or_started_by_hand_is_still_held_after(database):
    campaigns = Campaigns(database)
    paused = make(database, 4, canary=2)
    campaigns.pause(paused)
    campaigns.resume(paused)
    scheduled = make(database, 4, canary=1, start_at=time.time() + 3600, start_zone="UTC")
    campaigns.resume(scheduled)
    assert len(claim(database)) == 3


def test_a_held_trial_that_is_given_a_start_sends_the_rest_then(database, an_hour_later):
    campaign = make(database, 3, canary=1)
    turn(database, SENDS, *map(accepted, claim(database)))
    assert (claim(database), state_of(database, campaign)) == ([], ("paused", "hold.canary"))
    Campaigns(database).reschedule(campaign, time.time() + 3600.0, "America/Sao_Paulo")
    assert claim(database) == []
    an_hour_later()
    assert [each.number for each in claim(database)] == [2, 3]


def test_while_a_trial_is_on_its_way_workers_do_not_ask_for_more(database):
    make(database, 3, canary=1)
    assert len(claim(database)) == 1
    assert Ledger(database, SENDS).turn(ME, [], 10) == ([], claiming.IDLE)


def test_a_trial_of_all_contacts_is_the_whole_campaign(database):
    campaign = make(database, 2, canary=2)
    turn(database, SENDS, *map(accepted, claim(database)))
    claim(database)
    assert state_of(database, campaign) == ("done", None)


def test_outside_the_hours_nothing_goes_out_for_real_and_practice_does(database, monkeypatch):
    moment = datetime(2026, 11, 29, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))
    monkeypatch.setattr("omni.store.ledger.ledger.clock", lambda _: moment.timestamp())
    sends = Sends(
        practice=True,
        account="operator",
        endpoint="https://example.com/",
        rate=100.0,
        hours=read_hours("mon-fri 8-20", "America/Sao_Paulo"),
    )
    live = make(database, 1, practice=False, account="operator", endpoint="https://example.com/")
    assert turn(database, sends, room=9) == ([], claiming.IDLE)
    practice = make(database, 1)
    assert [each.campaign_id for each in turn(database, sends, room=9)[0]] == [practice]

    monkeypatch.setattr("omni.store.ledger.ledger.clock", lambda _: moment.timestamp() + 20 * 3600)
    assert [each.campaign_id for each in turn(database, sends, room=9)[0]] == [live]


def test_three_failures_in_a_row_halt_the_campaign_and_say_why(database):
    campaign = make(database, 9)
    first = claim(database, room=6)
    turn(database, HALTING, accepted(first[0]), refused(first[1]), unknown(first[2]))
    assert state_of(database, campaign) == ("running", None)
    turn(database, HALTING, refused(first[3]))

    found = Campaigns(database).get(campaign)
    assert (found.state, found.reason.code) == ("paused", "halt.failures")
    assert {name: found.reason.params[name] for name in ("in_a_row", "failed", "judged", "detail")} == {
        "in_a_row": 3,
        "failed": 3,
        "judged": 4,
        "detail": "refused",
    }
    assert claim(database) == []
    turn(database, HALTING, accepted(first[4]), accepted(first[5]))
    assert states(database, campaign) == "aruraappp"


def test_a_share_of_failures_halts_too_and_a_resume_resets_the_count(database):
    campaign = make(database, 100)
    sent = claim(database, room=80)
    spread = [refused(each) if at % 10 == 0 else accepted(each) for at, each in enumerate(sent)]
    turn(database, HALTING, *spread[:30])
    assert state_of(database, campaign) == ("running", None)
    turn(database, HALTING, *spread[30:60])
    assert state_of(database, campaign) == ("paused", "halt.failures")

    Campaigns(database).resume(campaign)
    turn(database, HALTING, *spread[60:])
    assert state_of(database, campaign) == ("running", None)


def test_requests_sent_again_start_a_new_count(database):
    sends = Sends(True, None, None, 9000.0, halt=HaltRule(4, 1.0))
    campaign = make(database, 3)
    for _ in range(3):
        turn(database, sends, *map(unknown, claim(database, 1)))
    assert state_of(database, campaign)[0] == "done"
    Unknowns(database).decide(campaign, "resend", "ana")
    turn(database, sends, *map(unknown, claim(database, 1)))
    assert state_of(database, campaign)[0] == "running"


def test_the_reason_has_the_figures_of_the_moment_that_halted(database):
    sends = Sends(True, None, None, 9000.0, halt=HaltRule(3, 1.0))
    campaign = make(database, 6)
    claimed = claim(database)
    turn(database, sends, *map(refused, claimed[:3]), *map(accepted, claimed[3:5]))
    reason = Campaigns(database).progress(campaign).reason
    assert (reason.params["in_a_row"], reason.params["failed"], reason.params["judged"]) == (3, 3, 3)


def test_requests_that_certainly_did_not_go_out_are_no_failures(database):
    campaign = make(database, 5)
    for each in claim(database):
        outcome = Outcome("pending", "not_sent", retry_after=0.1)
        turn(database, HALTING, (each, answered(None, failure="not_sent"), outcome))
    assert state_of(database, campaign) == ("running", None)


def test_without_a_rule_nothing_halts(database):
    campaign = make(database, 5)
    turn(database, SENDS, *map(refused, claim(database, room=4)))
    assert state_of(database, campaign) == ("running", None)


def test_a_campaign_that_may_not_be_sent_is_not_checked_for_its_trial(database):
    campaign = make(database, 2, canary=1, practice=False, account="somebody else", endpoint="https://example.com/")
    assert claim(database, sends=claiming.Sends(True, "operator", "https://example.com/", 10.0)) == []
    assert state_of(database, campaign) == ("paused", "halt.account")
