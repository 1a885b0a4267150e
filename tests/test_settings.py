"""Settings come from the environment, then from the secrets file, and are checked before they are used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from omni.core.halt_rule import HaltRule
from omni.errors import SettingsError
from omni.settings import NAMES, PROVIDER, SETTINGS, Settings, load

NOWHERE = Path("does-not-exist.toml")
README = Path(__file__).resolve().parents[1] / "README.md"


def test_without_any_setting_only_practice_is_possible(tmp_path):
    settings = load({"OMNI_DATA": str(tmp_path)}, NOWHERE)

    assert not settings.can_send_live
    assert (settings.endpoint, settings.rate, settings.batch, settings.country) == (PROVIDER, 700.0, 1000, "BR")
    assert settings.database_url == f"sqlite:///{tmp_path / 'omni.db'}"


def test_the_environment_wins_over_the_file(tmp_path):
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('OMNI_USERNAME = "from-file"\nOMNI_TOKEN = "t"\nOMNI_BATCH = 50\n', "utf-8")

    settings = load({"OMNI_USERNAME": "from-environment"}, secrets)

    assert (settings.username, settings.token, settings.batch) == ("from-environment", "t", 50)


def test_a_checkout_keeps_its_data_wherever_it_is_run_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert load({}, NOWHERE).data == Path(__file__).resolve().parents[1] / "data"


def test_an_empty_variable_counts_as_not_set(tmp_path):
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('OMNI_COUNTRY = "MX"\n', "utf-8")

    assert load({"OMNI_COUNTRY": "  "}, secrets).country == "MX"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("OMNI_BATCH", "0", "settings.value"),
        ("OMNI_BATCH", "1001", "settings.value"),
        ("OMNI_BATCH", "10.5", "settings.value"),
        ("OMNI_BATCH", "many", "settings.value"),
        ("OMNI_RATE", "-3", "settings.value"),
        ("OMNI_RATE", "inf", "settings.value"),
        ("OMNI_COUNTRY", "Brasil", "settings.value"),
        ("OMNI_ENDPOINT", "http://api.example.com/v1", "settings.endpoint_insecure"),
        ("OMNI_ENDPOINT", "ftp://api.example.com", "settings.endpoint_malformed"),
        ("OMNI_ENDPOINT", "api.example.com", "settings.endpoint_malformed"),
        ("OMNI_ENDPOINT", "https://ana:secret@api.example.com", "settings.endpoint_malformed"),
        ("OMNI_ENDPOINT", "https://api.example.com:99999/", "settings.endpoint_malformed"),
        ("OMNI_USERNAME", "ana", "settings.credentials_missing"),
        ("OMNI_TOKEN", "abc", "settings.credentials_missing"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name, value, code):
    with pytest.raises(SettingsError) as raised:
        load({name: value}, NOWHERE)
    assert raised.value.code == code


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8899/x", "http://localhost/x", "http://[::1]:1/", PROVIDER])
def test_plain_http_is_for_loopback_only(endpoint):
    assert load({"OMNI_ENDPOINT": endpoint}, NOWHERE).endpoint == endpoint


def test_a_token_is_in_no_representation_and_in_no_error(tmp_path):
    token = "s3cr3t-value"
    assert token not in repr(load({"OMNI_USERNAME": "ana", "OMNI_TOKEN": token}, NOWHERE))

    with pytest.raises(SettingsError) as raised:
        load({"OMNI_USERNAME": "ana", "OMNI_TOKEN": f"{token}\nX"}, NOWHERE)
    assert token not in str(raised.value)

    broken = tmp_path / "secrets.toml"
    broken.write_text(f'OMNI_TOKEN = "{token}', "utf-8")
    with pytest.raises(SettingsError) as raised:
        load({}, broken)
    assert token not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMNI_HALT", "3"),
        ("OMNI_HALT", "3,500%"),
        ("OMNI_HOURS", "always"),
        ("OMNI_HOURS", "mon 20-8"),
        ("OMNI_TIMEZONE", "Brasilia"),
        ("OMNI_MAX_ROWS", "0"),
        ("OMNI_MAX_MB", "many"),
    ],
)
def test_what_steers_a_campaign_is_checked_too(name, value):
    with pytest.raises(SettingsError) as raised:
        load({name: value}, NOWHERE)
    assert raised.value.params["name"] == name


def test_what_steers_a_campaign_has_its_defaults_and_can_be_set():
    settings = load({}, NOWHERE)
    assert (settings.halt, settings.hours, settings.timezone) == (HaltRule(3, 0.05), None, "America/Sao_Paulo")
    settings = load({"OMNI_HALT": "off", "OMNI_HOURS": "mon-fri 8-20", "OMNI_TIMEZONE": "America/Lima"}, NOWHERE)
    assert settings.halt is None
    assert (settings.hours.zone, len(settings.hours.spans)) == ("America/Lima", 5)


def test_readme_lists_every_setting_with_its_default():
    rows = re.findall(r"^\| `(OMNI_\w+)` \| (.+) \| (.+) \|$", README.read_text("utf-8"), re.MULTILINE)

    assert [(name, default) for name, _, default in rows] == [
        (setting.name, setting.default_in_words or setting.default) for setting in SETTINGS
    ]
    assert [name for name, meaning, _ in rows if meaning.endswith("(environment only)")] == [
        setting.name for setting in SETTINGS if setting.environment_only
    ]


def test_the_defaults_of_the_table_are_those_of_settings(tmp_path):
    loaded = load({"OMNI_DATA": str(tmp_path)}, NOWHERE)

    assert loaded == Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'omni.db'}")


def test_a_default_that_is_given_changes_nothing(tmp_path):
    data = {"OMNI_DATA": str(tmp_path)}
    defaults = {setting.name: setting.default for setting in SETTINGS if setting.default} | data

    assert load(defaults, NOWHERE) == load(data, NOWHERE)
    assert load(defaults, NOWHERE).sources.keys() == set(defaults)


def test_a_setting_for_the_environment_only_is_not_read_from_the_file():
    only = {setting.name for setting in SETTINGS if setting.environment_only}
    assert only == {"OMNI_HOSTS", "OMNI_LANGUAGE"}
    assert only.isdisjoint(NAMES)
