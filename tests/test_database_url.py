"""Addresses of databases are checked before a database is opened, and never appear in error messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from omni.cli import main
from omni.database_url import check_address, sqlite_address
from omni.errors import SettingsError
from omni.settings import load
from omni.store.opening import open_database
from tests.pages.conftest import ROOT
from tests.waiting import PATIENCE

NOWHERE = Path("does-not-exist.toml")

PASSWORD, MALFORMED, OPTION = (f"settings.database_{what}" for what in ("password", "malformed", "option"))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://omni:se@cret@localhost/db", PASSWORD),
        ("postgresql://omni:se@cr/et@localhost/db", PASSWORD),
        ("postgresql://omni:se@cr:et@localhost/db", PASSWORD),
        ("postgresql://omni:se@cr?et@localhost/db", PASSWORD),
        ("postgresql://omni:se@cr?et=secret@localhost/db", PASSWORD),
        ("postgresql://om/ni:secret@localhost/db", PASSWORD),
        ("postgresql://omni:secret@localhost:secret/db", MALFORMED),
        ("postgresql://omni:secret", MALFORMED),
        ("postgresql://omni:secret@/db?host=one&host=two&host=three&port=1&port=2", MALFORMED),
        ("postgresql://omni:secret@localhost/db?connect_timeout=soon", MALFORMED),
        ("mysql://omni:secret@localhost/db", MALFORMED),
        ("secret", MALFORMED),
        ("sqlite://", MALFORMED),
        ("sqlite:///:memory:", MALFORMED),
        ("sqlite:////srv/a?secret/omni.db", MALFORMED),
        ("postgresql://omni:secret@localhost/db?ssl=true", OPTION),
        ("postgresql://omni:secret@localhost/db?sslmode=require&prepare_threshold=0", OPTION),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_and_no_part_of_it_repeated(address, code):
    with pytest.raises(SettingsError) as raised:
        load({"OMNI_DATABASE_URL": address}, NOWHERE)
    assert raised.value.code == code
    assert raised.value.params["name"] == "OMNI_DATABASE_URL"
    assert not any(part in str(raised.value) for part in ("secret", "cret", "et@", "localhost"))
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://omni:se%40cr%2Fet@localhost:5432/db?sslmode=require",
        "postgresql+psycopg://omni@/db?host=/run/postgresql&application_name=omni@here",
        "postgresql://omni@server:pa/ss#word?@localhost/db",
        "postgresql://omni@/db?host=one:5432&host=two:5433&target_session_attrs=read-write&connect_timeout=5",
        "sqlite:////srv/omni/omni.db",
    ],
)
def test_an_address_that_can_be_opened_passes(address):
    assert load({"OMNI_DATABASE_URL": address}, NOWHERE).database_url == address


@pytest.mark.parametrize("folder", ["what?", "a%41", "#1 + ç"])
def test_a_data_folder_of_any_name_has_its_database_in_it(tmp_path, folder):
    data = tmp_path / folder
    settings = load({"OMNI_DATA": str(data)}, NOWHERE)

    open_database(settings.database_url).close()

    assert (data / "omni.db").is_file()
    assert [each.name for each in tmp_path.iterdir()] == [folder]
    assert check_address(sqlite_address(data / "omni.db"), "x").database == str(data / "omni.db")


@pytest.mark.parametrize("folder", ["~nobody-of-this-name/x", "a\0b"])
def test_a_data_folder_that_cannot_be_is_named(folder):
    with pytest.raises(SettingsError) as raised:
        load({"OMNI_DATA": folder}, NOWHERE)
    assert raised.value.params["name"] == "OMNI_DATA"


@pytest.mark.parametrize("address", ["postgresql://u:se@cret@localhost/db", "postgresql://u:cret@localhost/db?ssl=on"])
@pytest.mark.parametrize("command", [["status"], ["worker"], ["migrate", "--to"]])
def test_every_command_ends_with_two_and_one_sentence(command, address, environment, monkeypatch, capfd):
    if command[-1] == "--to":
        command = [*command, address]
    else:
        monkeypatch.setenv("OMNI_DATABASE_URL", address)

    assert main(command) == 2
    errors = capfd.readouterr().err
    assert ("--to" if "--to" in command else "OMNI_DATABASE_URL") in errors
    assert "cret" not in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("command", ["status", "worker"])
def test_a_data_folder_that_is_a_file_is_reported(command, environment, monkeypatch, capfd):
    environment.write_text("not a folder")
    monkeypatch.setenv("OMNI_LANGUAGE", "en")

    assert main([command]) == 2
    assert "The data folder cannot be used (File exists)" in capfd.readouterr().err


def test_every_page_says_it_in_a_sentence(environment, monkeypatch):
    from streamlit.testing.v1 import AppTest

    from omni import wiring

    monkeypatch.setenv("OMNI_DATABASE_URL", "postgresql://u:se@cret@localhost/db")
    wiring.console.cache_clear()
    app = AppTest.from_file(str(ROOT / "omni" / "ui" / "main.py"), default_timeout=PATIENCE).run()

    assert not app.exception
    (errors,) = app.error
    assert "%40" in errors.value
    assert "cret" not in errors.value
