"""Settings page: values in force and their sources, and never the token."""

from __future__ import annotations

import pytest

from omni.locale import Text
from omni.settings import SETTINGS
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from tests.pages.conftest import components, words

TOKEN = "hush-hush-0123456789"


def shown(app):
    """Return every setting on the page as name to (value, source)."""
    return {
        pair["name"]: (pair["value"], pair["note"]) for group in components(app, "facts") for pair in group["pairs"]
    }


def test_what_is_set_is_shown_with_its_source(monkeypatch, request):
    monkeypatch.setenv("OMNI_RATE", "12.5")
    monkeypatch.setenv("OMNI_COUNTRY", "MX")
    settings = shown(request.getfixturevalue("open_page")("settings"))

    assert settings["Rate"] == ("up to 12.5 requests per second", "from the environment")
    assert settings["Country of phones without a country code"] == ("Mexico", "from the environment")
    assert settings["Size of a request"] == ("up to 1,000 contacts per request", "default")
    assert settings["Database"] == ("SQLite", "default")


def test_without_an_account_the_settings_to_give_are_named(open_page):
    app = open_page("settings")

    assert shown(app)["User name"] == ("not set", "set it with OMNI_USERNAME")
    assert shown(app)["Token"] == ("not set", "set it with OMNI_TOKEN")
    codes = [block.value for block in app.code]
    assert any(code.startswith("export OMNI_USERNAME=") for code in codes)
    assert any(code.startswith("OMNI_USERNAME = ") for code in codes)


def test_every_setting_of_the_table_is_on_the_page(open_page):
    app = open_page("settings")

    cards = [[pair["name"] for pair in group["pairs"]] for group in components(app, "facts")]
    for group in ("account", "sending", "data", "practice"):
        assert [Text("en")(f"settings.{one.name}") for one in SETTINGS if one.group == group] in cards
    (table,) = [block.value for block in app.markdown if block.value.startswith("| Name |")]
    assert [line.split("`")[1] for line in table.splitlines()[2:]] == [one.name for one in SETTINGS]
    assert "Most rows in a spreadsheet, 5,000,000 by default" in table


def test_how_many_requests_are_open_at_once_is_shown(open_page):
    assert shown(open_page("settings"))["Requests open at once"] == ("up to 256 for each worker", "default")


@pytest.mark.parametrize("language", ["en", "pt_BR", "es"])
def test_the_token_is_nowhere_on_the_page(language, monkeypatch, request):
    monkeypatch.setenv("OMNI_USERNAME", "ana@example.com")
    monkeypatch.setenv("OMNI_TOKEN", TOKEN)
    app = request.getfixturevalue("open_page")("settings", language=language)

    assert "ana@example.com" in str(components(app, "facts"))
    assert TOKEN not in "".join(str(element.proto) for element in app.main if hasattr(element, "proto"))


def test_a_password_in_the_database_address_is_not_shown(console, monkeypatch):
    from dataclasses import replace

    from omni.ui.settings import facts

    settings = replace(console.settings, database_url="postgresql+psycopg://ana:hush@db.example.com/omni")
    monkeypatch.setattr(console, "settings", settings)

    shown = str(facts.groups(console))
    assert "PostgreSQL" in shown
    assert "hush" not in shown
    assert "db.example.com" not in shown


def test_who_sends_is_shown_with_the_last_sign_of_life(open_page, console):
    app = open_page("settings")
    assert "No worker is running." in words(app)

    database = open_database(console.settings.database_url)
    Ledger(database).join("seat.1", {"host": "worker-1.example.com", "pid": 4711}, "nobody")
    database.close()

    since, note = shown(open_page("settings"))["worker-1.example.com"]
    assert since.startswith("since ")
    assert note.startswith("process 4711, last heard from ")
