"""Send page controls: scheduled start, trial first, and the reason why a campaign is not sending."""

from __future__ import annotations

import shutil
import time
from datetime import date
from datetime import time as clock_time

import pytest

from omni import wiring
from omni.service import pause_sentence
from omni.service.preparation import Start
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from tests.builders import contact_rows, sms_template
from tests.pages.conftest import words
from tests.pages.prepared import prepare, stored
from tests.pages.test_send import ACCOUNT, confirm


def ready(console, count=5):
    return prepare(console, sms_template("Your order is ready."), contact_rows(count))


def later(app):
    app.segmented_control("send.when").set_value("later").run()
    app.date_input("send.start.day").set_value(date(2031, 3, 9)).run()
    app.time_input("send.start.hour").set_value(clock_time(8, 30)).run()
    return app.selectbox("send.start.zone").set_value("America/Bogota").run()


def test_a_start_that_the_clock_skips_is_said(open_page, console):
    app = later(open_page("send", draft=ready(console)))
    app.date_input("send.start.day").set_value(date(2031, 3, 9)).run()
    app.time_input("send.start.hour").set_value(clock_time(2, 30)).run()
    app.selectbox("send.start.zone").set_value("America/Tijuana").run()
    assert "The clock skips 02:30 on that day, so it starts at 03:30 (UTC-07:00)." in words(app)


def test_a_start_is_chosen_by_day_hour_and_place_and_the_campaign_waits_for_it(open_page, console):
    draft = ready(console)
    app = later(open_page("send", draft=draft))
    assert stored(console, draft).start == Start("2031-03-09T08:30", "America/Bogota")
    assert "Starts on 3/9/31, 8:30" in words(app).replace("\u202f", " ")
    app.button("send.open").click().run()
    assert "(America/Bogota)." in words(app)

    app = confirm(app)
    found = console.campaign(1)
    assert (found.state, found.start_zone) == ("paused", "America/Bogota")
    assert found.start_at == Start("2031-03-09T08:30", "America/Bogota").epoch
    assert any("Starts on" in warning.value for warning in app.warning)
    assert app.button("send.resume").label == "Start now"

    app.button("send.resume").click().run()
    assert (console.campaign(1).state, console.campaign(1).start_at) == ("running", None)


def test_the_choice_of_a_time_is_taken_back(open_page, console):
    draft = ready(console)
    app = later(open_page("send", draft=draft))
    app.segmented_control("send.when").set_value("now").run()
    assert stored(console, draft).start is None
    assert "send.start.day" not in [each.key for each in app.date_input]


def test_a_time_that_has_gone_by_starts_nothing(open_page, console):
    draft = ready(console)
    app = later(open_page("send", draft=draft))
    app.date_input("send.start.day").set_value(date(2026, 1, 1)).run()
    app = confirm(app)
    assert "is in the past" in "".join(error.value for error in app.error)
    assert console.overview() == []


def test_a_scheduled_campaign_is_moved_and_called_scheduled_in_the_history(open_page, console):
    confirm(later(open_page("send", draft=ready(console))))
    app = open_page("send", run="1")
    app.button("send.reschedule").click().run()
    app.button("send.reschedule").click()
    app.button("send.unschedule").click().run()
    assert (console.campaign(1).start_at, console.campaign(1).state) == (None, "paused")
    console.reschedule(1, time.time() + 3600, "UTC")
    assert "scheduled]" in words(open_page("history"))


def test_a_trial_goes_to_the_first_contacts_and_then_waits_for_the_operator(open_page, console):
    draft = ready(console)
    app = open_page("send", draft=draft)
    app.toggle("send.trial").set_value(True).run()
    assert app.number_input("send.trial_size").value == 4
    app.number_input("send.trial_size").set_value(2).run()
    assert stored(console, draft).canary == 2
    app.button("send.open").click().run()
    assert "first 2 contacts" in words(app)

    app = confirm(app)
    console.work_on(1, lambda _progress: None)
    app = open_page("send", run="1")
    counts = console.progress(1).counts
    assert (counts["accepted"], counts["pending"]) == (2, 3)
    assert "Held after the first 2 contacts" in app.warning[0].value
    assert app.button("send.resume").label != "Start now"

    app.button("send.resume").click().run()
    console.work_on(1, lambda _progress: None)
    assert console.progress(1).counts["accepted"] == 5


def test_a_campaign_that_goes_badly_halts_and_the_page_says_why(open_page, monkeypatch, environment):
    monkeypatch.setenv("OMNI_PRACTICE_FAULTS", "refused=1")
    monkeypatch.setenv("OMNI_BATCH", "1")
    monkeypatch.setenv("OMNI_RATE", "5")
    wiring.console.cache_clear()
    console = wiring.console()
    confirm(open_page("send", draft=ready(console, 30)))
    console.work_on(1, lambda _progress: None)
    counts = console.progress(1).counts
    assert console.campaign(1).state == "paused"
    assert 3 <= counts["refused"] < 15
    assert counts["pending"] == 30 - counts["refused"]
    said = open_page("send", run="1").warning[0].value
    assert "requests were refused or have an unknown outcome" in said
    assert "The provider refused this request" in said


@pytest.mark.parametrize("practice", [True, False])
def test_outside_the_allowed_hours_a_live_campaign_says_what_it_waits_for(
    open_page, monkeypatch, environment, practice
):
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(time.gmtime().tm_wday + 3) % 7]
    monkeypatch.setenv("OMNI_HOURS", f"{day} 8-9")
    wiring.console.cache_clear()
    console = wiring.console()
    draft = ready(console)
    app = open_page("send", draft=draft)
    if not practice:
        app.segmented_control(f"send.mode.{draft}").set_value("live").run()
    app = confirm(app)
    told = [warning.value for warning in app.warning if "hours allowed" in warning.value]
    assert len(told) == (0 if practice else 1)


def test_a_full_disk_and_a_restored_database_are_reported_on_the_page(open_page, environment, monkeypatch):
    monkeypatch.setenv("OMNI_BATCH", "3")
    wiring.console.cache_clear()
    console = wiring.console()
    confirm(open_page("send", draft=ready(console)))
    usage = shutil.disk_usage(console.settings.data)
    monkeypatch.setattr(pause_sentence.shutil, "disk_usage", lambda folder: usage._replace(free=4096))
    assert "the disk that holds the data folder is full" in words(open_page("send", run="1"))
    monkeypatch.setattr(pause_sentence.shutil, "disk_usage", lambda folder: usage)
    assert "is full" not in words(open_page("send", run="1"))

    database = open_database(console.settings.database_url)
    ledger = Ledger(database)
    assert ledger.mark_restored({min(ledger.open_attempts()): 1}) == 1
    database.close()
    app = open_page("send", run="1")
    assert "the database was restored from a backup" in words(app)
    assert "Check what is unknown and what is missing, then resume" in words(app)
