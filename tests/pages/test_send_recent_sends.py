"""Recently contacted people on the Send page: it shows the earlier campaigns and sends only after a decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omni import wiring
from omni.locale import Text
from omni.service.launching import Launch
from omni.service.preparation import to_json
from tests.builders import contact_rows, phone, sms_template
from tests.pages.conftest import components, go_to, words
from tests.pages.prepared import prepare, stored


def send(console, rows, name="November", template=None, who="ana", *, practice=True):
    """Send a campaign to these rows, decide about recent sends where asked, and return its number."""
    draft = prepare(console, template or sms_template(), rows, name=name)
    preparation = replace(stored(console, draft), practice=practice)
    checked = console.check(draft, preparation)
    preparation = replace(preparation, recent_sends=console.recent_sends.find(checked, preparation).decide("all"))
    plan = console.plan(draft, preparation, checked)
    return console.launch(Launch(f"draft-{draft}", name, practice, who, draft), preparation, checked, plan).id


def button(app):
    return app.button("send.open")


def choose(app, whom):
    return app.radio("send.repeats").set_value(whom).run()


def confirm(app):
    """Open the dialog and press its button in one go, since a dialog does not outlive the run that opened it here."""
    button(app).click().run()
    button(app).click()
    return app.button("send.yes").click().run()


def test_without_recent_sends_nothing_is_asked(open_page, console):
    send(console, contact_rows(9)[5:])
    app = open_page("send", draft=prepare(console, sms_template(), contact_rows(3)))
    assert not app.radio
    assert not button(app).disabled


def test_the_page_shows_who_sent_when_to_how_many_and_nothing_is_chosen(open_page, console):
    send(console, contact_rows(2), "First", sms_template("Hi"), who="bia")
    send(console, contact_rows(3), "Second")
    app = open_page("send", draft=prepare(console, sms_template(), contact_rows(5)))
    assert "3 of these 5 contacts were contacted in the last 7 days." in words(app)
    campaigns, examples = app.dataframe[0].value, app.dataframe[1].value
    assert list(campaigns["campaign"]) == ["Second", "First"]
    assert list(campaigns["who"]) == ["ana", "bia"]
    assert list(campaigns["count"]) == [3, 2]
    assert list(campaigns["steps"]) == ["the same", "others"]
    assert list(examples["row"])[:3] == [2, 3, 4]
    assert list(examples["destination"])[:3] == [phone(1), phone(2), phone(3)]
    assert app.radio("send.repeats").value is None
    assert app.radio("send.repeats").options == ["Send only to the 2 others", "Send to all 5"]
    assert button(app).disabled
    assert "does not mean that it was delivered" in words(app)


def test_only_the_others_leaves_the_others_in_every_figure_on_every_page(open_page, console):
    send(console, contact_rows(3))
    draft = prepare(console, sms_template(), contact_rows(5))
    app = choose(open_page("send", draft=draft), "others")
    assert button(app).label == "Send to 2 contacts"
    assert {metric.label: metric.value for metric in app.metric} == {"Contacts": "2", "Requests": "1", "Left out": "3"}

    review = go_to(app, "review")
    assert {metric.label: metric.value for metric in review.metric}["Contacts"] == "2"
    [bar] = components(review, "accounting_bar")
    tiles = {tile["name"]: tile["count"] for tile in bar["tiles"]}
    assert tiles == {
        "all": 5,
        "ready": 2,
        "repaired": 0,
        "rejected": 0,
        "duplicate": 0,
        "suppressed": 0,
        "recent": 3,
        "step:1": 2,
    }
    contacts = open_page("contacts", draft=draft)
    contacts.session_state["contacts.accounting"] = {"part": "recent"}
    contacts.run()
    assert list(contacts.dataframe[0].value["row"]) == [2, 3, 4]
    assert "3 rows left out: recently contacted" in words(contacts)

    preparation = stored(console, draft)
    reviewed = console.plan(draft, preparation, console.check(draft, preparation)).body(1)
    app = open_page("send", draft=draft)
    assert app.radio("send.repeats").value == "others"
    button(app).click().run()
    assert "3 contacts who were contacted recently are left out." in words(app)
    app = confirm(app)
    assert [each.contacts for each in console.overview()] == [2, 3]
    assert console.campaigns.body(2, 1) == reviewed
    assert "3 contacts were left out because of recent campaigns" in words(app)
    assert "3 contacts were left out because of recent campaigns" in words(open_page("results", run="2"))
    assert "left out because of" not in words(open_page("results", run="1"))


def test_the_same_steps_to_the_same_contacts_are_warned_of_more_strongly(open_page, console):
    send(console, contact_rows(3), "Black Friday")
    app = open_page("send", draft=prepare(console, sms_template(), contact_rows(3)))
    [error] = app.error
    assert "The same steps to the same people" in error.value
    assert "Black Friday" in error.value
    assert app.radio("send.repeats").options == ["Send to all 3"]
    assert "No other contact is left" in words(app)
    app = choose(app, "all")
    button(app).click().run()
    assert "3 of them were contacted recently and are contacted again." in words(app)
    confirm(app)
    assert [each.contacts for each in console.overview()] == [3, 3]
    assert console.recent_sends.decision(2).choice == "all"


def test_a_campaign_started_in_between_stops_the_sending_and_is_asked_about(open_page, console):
    send(console, contact_rows(2))
    draft = prepare(console, sms_template(), contact_rows(5))
    app = choose(open_page("send", draft=draft), "others")
    button(app).click().run()
    button(app).click()
    send(console, contact_rows(4), "In between")
    app = app.button("send.yes").click().run()

    assert len(console.overview()) == 2
    assert "4 of these 5 contacts were contacted" in words(app)
    assert "have changed since you decided. Choose again." in words(app)
    assert app.radio("send.repeats").value is None
    assert button(app).disabled
    assert button(app).label == "Send to 5 contacts"
    app = choose(app, "others")
    assert "have changed since you decided. Choose again." not in words(app)
    confirm(app)
    assert [each.contacts for each in console.overview()] == [1, 4, 2]


def test_a_choice_does_not_outlive_another_way_of_reading_the_contacts(open_page, console):
    send(console, contact_rows(2))
    draft = prepare(console, sms_template(), [*contact_rows(5), *contact_rows(5)[4:]])
    choose(open_page("send", draft=draft), "all")
    now = console.drafts.get(draft)
    preparation = stored(console, draft)
    console.drafts.save(draft, to_json(replace(preparation, duplicates="keep_all")), now.name, now.revision)
    app = open_page("send", draft=draft)
    assert app.radio("send.repeats").value is None
    assert "have changed since you decided. Choose again." in words(app)


def test_what_was_practised_is_nothing_for_the_real_thing(open_page, monkeypatch, environment):
    for name, value in {"OMNI_USERNAME": "ana@example.com", "OMNI_TOKEN": "s3cr3t-value"}.items():
        monkeypatch.setenv(name, value)
    wiring.console.cache_clear()
    console = wiring.console()
    send(console, contact_rows(2))
    draft = prepare(console, sms_template(), contact_rows(3))
    app = choose(open_page("send", draft=draft), "others")
    app = app.segmented_control(f"send.mode.{draft}").set_value("live").run()
    assert not app.radio
    assert button(app).label == "Send to 3 contacts"


def test_a_guard_that_is_off_asks_nothing(open_page, monkeypatch):
    monkeypatch.setenv("OMNI_REPEAT_DAYS", "0")
    wiring.console.cache_clear()
    console = wiring.console()
    send(console, contact_rows(3))
    app = open_page("send", draft=prepare(console, sms_template(), contact_rows(3)))
    assert not app.radio
    assert not button(app).disabled


@pytest.mark.parametrize(("days", "shown"), [("30", "within 30 days"), ("0", "never")])
def test_the_setting_is_shown(open_page, monkeypatch, days, shown):
    monkeypatch.setenv("OMNI_REPEAT_DAYS", days)
    wiring.console.cache_clear()
    pairs = [pair for group in components(open_page("settings"), "facts") for pair in group["pairs"]]
    [value] = [pair["value"] for pair in pairs if pair["name"] == "Ask before contacting someone again"]
    assert value == shown


@pytest.mark.parametrize("language", ["pt_BR", "es"])
def test_the_panel_speaks_the_operators_language(open_page, console, language):
    send(console, contact_rows(2))
    app = open_page("send", language=language, draft=prepare(console, sms_template(), contact_rows(3)))
    text = Text(language)
    within = text("repeats.within", n=7)
    assert text("repeats.some", n=2, contacts=3, within=within) in words(app)
    assert app.radio("send.repeats").options == [text("repeats.others", n=1), text("repeats.all", n=3)]
    assert list(app.dataframe[0].value["state"]) == [text("campaign.running")]
