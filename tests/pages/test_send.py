"""Send page: one confirmation with count and account, one campaign however often it is confirmed, honest progress."""

from __future__ import annotations

import pytest

from omni import wiring
from omni.errors import StoreError
from tests.builders import contact_rows, sms_template
from tests.pages.conftest import components, go_to, words
from tests.pages.prepared import prepare, stored

ACCOUNT = {"OMNI_USERNAME": "ana@example.com", "OMNI_TOKEN": "s3cr3t-value"}


def ready(console, count=3, text="Your order is ready."):
    return prepare(console, sms_template(text), contact_rows(count))


def confirm(app):
    """Open the dialog and press its button in one go, since a dialog does not outlive the run that opened it here."""
    app.button("send.open").click().run()
    app.button("send.open").click()
    return app.button("send.yes").click().run()


def address(app):
    """Return the campaign in the tab's address."""
    run = app.query_params["run"]
    return run[0] if isinstance(run, list) else run


def test_without_a_draft_the_page_shows_how_to_begin(open_page):
    app = open_page("send")
    assert "No campaign is open here yet." in words(app)
    app.button("send.begin").click().run()
    assert app.title[0].value == "Contacts"


def test_a_campaign_that_is_not_ready_cannot_be_sent_and_says_what_is_missing(open_page, console):
    app = open_page("send", draft=prepare(console, sms_template(" "), contact_rows(1)))
    assert "Fill in “Message” in step 1" in words(app)
    assert "send.open" not in [button.key for button in app.button]


@pytest.mark.parametrize(
    ("language", "button", "question", "yes"),
    [
        ("en", "Send to 1,200 contacts", "This is practice", "Yes, send to 1,200 contacts"),
        ("pt_BR", "Enviar para 1.200 contatos", "Isto é treino", "Sim, enviar para 1.200 contatos"),
        ("es", "Enviar a 1,200 contactos", "Esto es práctica", "Sí, enviar a 1,200 contactos"),
    ],
)
def test_the_confirmation_names_the_count_and_that_it_is_practice(open_page, console, language, button, question, yes):
    app = open_page("send", language=language, draft=ready(console, 1200))
    assert app.button("send.open").label == button
    app.button("send.open").click().run()
    assert question in words(app)
    assert app.button("send.yes").label == yes


def test_a_real_confirmation_names_the_account_and_looks_different(open_page, monkeypatch, environment):
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    wiring.console.cache_clear()
    console = wiring.console()
    draft = ready(console)
    app = open_page("send", draft=draft)
    assert [strip["kind"] for strip in components(app, "mode_strip")] == ["practice"]

    app.segmented_control(f"send.mode.{draft}").set_value("live").run()

    assert not stored(console, draft).practice
    assert [strip["kind"] for strip in components(app, "mode_strip")] == ["live"]
    app.button("send.open").click().run()
    assert "ana@example.com" in words(app)
    assert "charged" in words(app)
    assert ACCOUNT["OMNI_TOKEN"] not in words(app) + str(components(app, "mode_strip"))


def test_confirming_makes_one_campaign_and_the_address_names_it(open_page, console):
    draft = ready(console)
    first = open_page("send", draft=draft)
    second = open_page("send", draft=draft)
    second.button("send.open").click().run()
    confirm(first)
    second.button("send.open").click()
    second.button("send.yes").click().run()

    assert address(first) == address(second) == "1"
    assert [each.id for each in console.overview()] == [1]
    assert first.title[0].value == "November"
    assert "send.pause" in [button.key for button in first.button]


def test_a_draft_that_was_sent_opens_its_campaign_and_never_the_confirmation(open_page, console):
    draft = ready(console)
    confirm(open_page("send", draft=draft))
    app = open_page("send", draft=draft)
    assert address(app) == "1"
    assert "send.open" not in [button.key for button in app.button]


def test_pause_resume_and_cancel(open_page, console):
    app = confirm(open_page("send", draft=ready(console)))
    app.button("send.pause").click().run()
    assert console.campaign(1).state == "paused"
    assert "Paused by hand." in words(app)
    app.button("send.resume").click().run()
    assert console.campaign(1).state == "running"
    app.button("send.cancel").click().run()
    assert "3 pending contacts will not receive this campaign." in words(app)
    app.button("send.cancel").click()
    app.button("send.cancel.yes").click().run()
    assert console.campaign(1).state == "cancelled"
    assert console.progress(1).counts["cancelled"] == 3


def test_a_change_made_in_another_tab_before_is_reported_and_breaks_nothing(open_page, console):
    app = confirm(open_page("send", draft=ready(console)))
    console.cancel(1)
    app.button("send.pause").click().run()
    assert not app.exception
    assert console.campaign(1).state == "cancelled"


def test_progress_adds_up_and_names_who_needs_attention(open_page, console, monkeypatch):
    monkeypatch.setenv("OMNI_PRACTICE_FAULTS", "refused=1")
    wiring.console.cache_clear()
    console = wiring.console()
    app = confirm(open_page("send", draft=ready(console)))
    console.work_on(1, lambda _progress: None)
    app.run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert (shown["Accepted"], shown["Refused"], shown["Left"]) == ("0", "3", "0")
    assert list(app.dataframe[0].value["row"]) == ["2", "3", "4"]
    assert "send.results" in [button.key for button in app.button]
    assert go_to(app, "results").title[0].value == "Results"


def test_a_database_lost_after_the_launch_is_reported_and_the_campaign_kept(open_page, console, monkeypatch):
    create, failures = console.campaigns.create, iter([True])

    def gone_after_the_commit(*given):
        created = create(*given)
        if next(failures, False):
            raise StoreError("store.unavailable", detail="gone")
        return created

    monkeypatch.setattr(console.campaigns, "create", gone_after_the_commit)
    app = open_page("send", draft=ready(console))

    app = confirm(app)
    assert "The database does not answer (gone)" in words(app).replace("\\", "")
    assert "nothing was sent" not in words(app).lower()

    app.run()
    assert [each.contacts for each in console.overview()] == [3]
    assert address(app) == str(console.overview()[0].id)


def test_an_unknown_practice_fault_is_named_on_the_page(open_page, monkeypatch):
    monkeypatch.setenv("OMNI_PRACTICE_FAULTS", "sometimes=0.5")
    wiring.console.cache_clear()

    [error] = open_page("contacts").error
    assert "OMNI_PRACTICE_FAULTS" in error.value.replace("\\", "")
    assert "unknown fault 'sometimes'" in error.value
