"""Send page after a restore from a backup: it asks whether the campaign was sent before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from omni import wiring
from omni.locale import Text
from tests.builders import contact_rows, sms_template
from tests.pages.conftest import words
from tests.pages.prepared import prepare


@pytest.fixture
def live(environment: Path, monkeypatch: pytest.MonkeyPatch):
    """Open the console with an account; with ``restored``, block a contact and then restore an earlier backup first."""
    monkeypatch.setenv("OMNI_USERNAME", "ana@example.com")
    monkeypatch.setenv("OMNI_TOKEN", "s3cr3t-value")

    def end() -> None:
        wiring.console().drafts._database.close()
        wiring.console.cache_clear()

    def begun(restored: bool = False) -> wiring.Console:
        end()
        if restored:
            file, backup = environment / "omni.db", environment / "backup.db"
            shutil.copy(file, backup)
            wiring.console().lists.block_text("11 98765-4321", "ana")
            end()
            for name in ("omni.db-wal", "omni.db-shm"):
                (environment / name).unlink(missing_ok=True)
            shutil.copy(backup, file)
        return wiring.console()

    yield begun
    wiring.console.cache_clear()


def draft_of(console: wiring.Console) -> str:
    """Prepare a draft for live sending."""
    draft = prepare(console, sms_template(), contact_rows(3))
    now = console.drafts.get(draft)
    assert now is not None
    console.drafts.save(draft, {**now.body, "practice": False}, now.name, now.revision)
    return draft


def box(app):
    return [each for each in app.checkbox if each.key.startswith("send.put_back.")]


@pytest.mark.parametrize("language", ["en", "pt_BR", "es"])
def test_a_draft_is_sent_only_after_confirming_that_it_was_not_sent_before(open_page, live, language):
    text = Text(language)
    draft = draft_of(live())
    console = live(restored=True)
    assert console.lists.do_not_contact.count() == 0
    app = open_page("send", draft=draft, language=language)
    before, _, after = text("put_back.about", when="|").partition("|")
    assert before in words(app)
    assert after in words(app)
    button = app.button("send.open")
    assert button.disabled
    assert button.help == text("put_back.first")
    [asked] = box(app)
    assert asked.label == text("put_back.not_sent")
    app = asked.check().run()
    app.button("send.open").click().run()
    app.button("send.open").click()
    app.button("send.yes").click().run()
    [made] = console.overview()
    assert (made.practice, made.contacts) == (False, 3)


def test_a_restore_while_the_page_is_open_stops_the_sending(open_page, live):
    draft = draft_of(live())
    app = open_page("send", draft=draft)
    assert not box(app)
    app.button("send.open").click().run()
    app.button("send.open").click()
    console = live(restored=True)
    app = app.button("send.yes").click().run()
    assert console.overview() == []
    assert box(app)
    assert app.button("send.open").disabled


def test_practice_delivers_nothing_and_is_not_asked_about(open_page, live):
    draft = prepare(live(), sms_template(), contact_rows(3))
    live(restored=True)
    app = open_page("send", draft=draft)
    assert not box(app)
    assert not app.button("send.open").disabled
