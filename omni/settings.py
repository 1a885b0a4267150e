"""The settings: a table of their names and defaults, and the values read from the environment and secrets file.

The environment takes precedence over ``.streamlit/secrets.toml``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from omni.core.campaign import DEFAULT_BATCH
from omni.core.halt_rule import HaltRule, read_halt_rule
from omni.core.hours import Hours, read_hours
from omni.database_url import check_address, sqlite_address
from omni.errors import SettingsError
from omni.provider.endpoint import check_endpoint


def _root() -> Path:
    beside = Path(__file__).resolve().parents[1]
    is_installed = any(beside.glob("omni-*.dist-info"))
    return Path.cwd() if is_installed else beside


ROOT: Final = _root()
"""The folder of ``data/`` and ``.streamlit/``: the checkout; for an installed package, the working folder."""
PROVIDER: Final = "https://api-messaging.wavy.global/v1/omni/send"
"""The provider's endpoint. Source: provider's page "Fallback API", Connection Details."""

DEFAULT_SHAPE: Final = "messages"
"""Shape of the practice provider's answers unless another one is set."""

Group = Literal["account", "sending", "data", "practice"]
Source = Literal["environment", "file"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting by name.

    ``default`` is the value used when the setting is not given, written as an operator would write it; empty when
    there is none. README shows it, or ``default_in_words`` where that is clearer. ``group`` is the card of the
    settings page that shows the value in force, None for a setting without one. A setting that is
    ``environment_only`` is not read by ``load`` and not taken from the secrets file.
    """

    name: str
    default: str
    group: Group | None
    default_in_words: str = ""
    environment_only: bool = False


SETTINGS: Final = (
    Setting("OMNI_USERNAME", "", "account", "none: practice only"),
    Setting("OMNI_TOKEN", "", "account", "none: practice only"),
    Setting("OMNI_ENDPOINT", PROVIDER, "account", "the provider's address"),
    Setting("OMNI_DATA", str(ROOT / "data"), "data", "`data/`"),
    Setting("OMNI_DATABASE_URL", "", "data", "SQLite in that folder"),
    Setting("OMNI_RATE", "700", "sending"),
    Setting("OMNI_CONCURRENCY", "256", "sending"),
    Setting("OMNI_BATCH", str(DEFAULT_BATCH), "sending"),
    Setting("OMNI_COUNTRY", "BR", "sending"),
    Setting("OMNI_HALT", "3,5%", "sending"),
    Setting("OMNI_HOURS", "", "sending", "any"),
    Setting("OMNI_TIMEZONE", "America/Sao_Paulo", "sending"),
    Setting("OMNI_REPEAT_DAYS", "7", "sending"),
    Setting("OMNI_ANSWER", "", "sending", "found by itself"),
    Setting("OMNI_MAX_ROWS", "5000000", "data"),
    Setting("OMNI_MAX_COLUMNS", "1000", "data"),
    Setting("OMNI_MAX_MB", "500", "data"),
    Setting("OMNI_HOSTS", "", None, "none", environment_only=True),
    Setting("OMNI_LANGUAGE", "", None, "the system's", environment_only=True),
    Setting("OMNI_PRACTICE_FAULTS", "", "practice", "none"),
    Setting("OMNI_PRACTICE_LATENCY", "0", "practice"),
    Setting("OMNI_PRACTICE_SHAPE", DEFAULT_SHAPE, "practice"),
)
"""All settings, in the order of README and of the settings page."""
NAMES: Final = tuple(setting.name for setting in SETTINGS if not setting.environment_only)
MAX_RATE: Final = 10_000.0
_DEFAULTS: Final = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings in force, checked.

    ``rate`` is in requests a second, ``concurrency`` the upper limit of open requests per worker, ``batch`` the
    contacts per request; names with ``max_`` limit a spreadsheet. Real messages go out only in ``hours``; ``timezone``
    (IANA) is the zone of all times. A contact written to in the last ``recent_days`` days is written to again only if
    an operator decides so; 0 never asks. ``answer`` says where the ids are in answers, as JSON; ``""`` leaves that to
    the search.

    The token is left out of ``repr`` so that no log or error can show it.
    """

    data: Path
    database_url: str = field(repr=False)
    endpoint: str = PROVIDER
    username: str | None = None
    token: str | None = field(default=None, repr=False)
    rate: float = 700.0
    concurrency: int = 256
    batch: int = DEFAULT_BATCH
    country: str = "BR"
    max_rows: int = 5_000_000
    max_columns: int = 1_000
    max_megabytes: int = 500
    halt: HaltRule | None = HaltRule()  # noqa: RUF009 (frozen)
    hours: Hours | None = None
    timezone: str = "America/Sao_Paulo"
    recent_days: int = 7
    practice_faults: str = ""
    practice_latency: int = 0
    practice_shape: str = DEFAULT_SHAPE
    answer: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False, compare=False)
    """Source of each setting that was given; the others have their defaults."""

    @property
    def can_send_live(self) -> bool:
        """Tell whether there is an account; without one only practice is offered."""
        return bool(self.username and self.token)

    @property
    def drafts(self) -> Path:
        """Folder in which campaigns are prepared."""
        return self.data / "drafts"

    @property
    def sending(self) -> Path:
        """Folder of the files that the sender keeps beside the database: lock, spool, journals."""
        return self.data / "sending"

    @property
    def practice_record(self) -> Path:
        """File to which the practice provider writes the requests it received."""
        return self.data / "practice" / "received.jsonl"


def load(environ: Mapping[str, str] | None = None, secrets: Path | None = None) -> Settings:
    """Read the settings in force. Raises ``SettingsError`` naming the setting, its value and what is expected."""
    from_file = _from_file(secrets or ROOT / ".streamlit" / "secrets.toml")
    from_environment = {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if name in NAMES and value.strip()
    }
    given = from_file | from_environment
    sources: dict[str, Source] = {name: "environment" if name in from_environment else "file" for name in given}
    data = _folder(given.get("OMNI_DATA") or _DEFAULTS["OMNI_DATA"])
    username, token = given.get("OMNI_USERNAME", "").strip(), given.get("OMNI_TOKEN", "").strip()
    zone = _zone(given.get("OMNI_TIMEZONE") or _DEFAULTS["OMNI_TIMEZONE"])
    if bool(username) != bool(token):
        raise SettingsError("settings.credentials_missing")
    return Settings(
        data=data,
        database_url=_database(given.get("OMNI_DATABASE_URL", "")) or sqlite_address(data / "omni.db"),
        endpoint=_endpoint(given.get("OMNI_ENDPOINT") or _DEFAULTS["OMNI_ENDPOINT"]),
        username=_header_value("OMNI_USERNAME", username) or None,
        token=_header_value("OMNI_TOKEN", token) or None,
        rate=_number(given, "OMNI_RATE", 0.1, MAX_RATE),
        concurrency=int(_number(given, "OMNI_CONCURRENCY", 1, 1000, whole=True)),
        batch=int(_number(given, "OMNI_BATCH", 1, 1000, whole=True)),
        country=_country(given.get("OMNI_COUNTRY")),
        max_rows=int(_number(given, "OMNI_MAX_ROWS", 1, 100_000_000, whole=True)),
        max_columns=int(_number(given, "OMNI_MAX_COLUMNS", 1, 16_384, whole=True)),
        max_megabytes=int(_number(given, "OMNI_MAX_MB", 1, 10_000, whole=True)),
        halt=_halt(given.get("OMNI_HALT") or _DEFAULTS["OMNI_HALT"]),
        hours=_hours(given.get("OMNI_HOURS", ""), zone),
        timezone=zone,
        recent_days=int(_number(given, "OMNI_REPEAT_DAYS", 0, 365, whole=True)),
        practice_faults=given.get("OMNI_PRACTICE_FAULTS", ""),
        practice_latency=int(_number(given, "OMNI_PRACTICE_LATENCY", 0, 60_000, whole=True)),
        practice_shape=given.get("OMNI_PRACTICE_SHAPE", "").strip() or _DEFAULTS["OMNI_PRACTICE_SHAPE"],
        answer=_answer(given.get("OMNI_ANSWER", "")),
        sources=sources,
    )


def _from_file(path: Path) -> dict[str, str]:
    try:
        read = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as err:
        # The parser quotes the line it stumbled over, which may be the token's: only its kind is named.
        raise SettingsError("settings.secrets_unreadable", detail=type(err).__name__) from None
    return {name: str(value) for name, value in read.items() if name in NAMES}


def _answer(text: str) -> str:
    if not text.strip():
        return ""
    # Imported only where it is used: most installations never teach an answer.
    from omni.provider.taught_answer import taught_from_json

    return taught_from_json(text).as_json()


def _folder(text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as err:
        raise SettingsError("settings.value", name="OMNI_DATA", value=text, expected="/srv/omni, ~/omni") from err


def _database(text: str) -> str:
    if text:
        check_address(text, "OMNI_DATABASE_URL")
    return text


def _number(given: Mapping[str, str], name: str, low: float, high: float, *, whole: bool = False) -> float:
    text = given.get(name, _DEFAULTS[name])
    if re.fullmatch(r"\d+" if whole else r"\d+([.,]\d+)?", text.strip()):
        value = float(text.strip().replace(",", "."))
        if low <= value <= high:
            return value
    raise SettingsError("settings.value", name=name, value=text, expected=f"{low:g} – {high:g}")


def _halt(text: str) -> HaltRule | None:
    try:
        return read_halt_rule(text)
    except ValueError as err:
        raise SettingsError("settings.value", name="OMNI_HALT", value=text, expected="3,5%, off") from err


def _zone(text: str) -> str:
    try:
        ZoneInfo(text.strip())
    except (KeyError, ValueError, OSError) as err:
        expected = "America/Sao_Paulo, America/Mexico_City, …"
        raise SettingsError("settings.value", name="OMNI_TIMEZONE", value=text, expected=expected) from err
    return text.strip()


def _hours(text: str, zone: str) -> Hours | None:
    if text.strip().lower() in ("", "off"):
        return None
    try:
        return read_hours(text, zone)
    except ValueError as err:
        expected = "mon-fri 8-20, sat 9-14"
        raise SettingsError("settings.value", name="OMNI_HOURS", value=text, expected=expected) from err


def _header_value(name: str, text: str) -> str:
    if not text.isprintable() or not text.isascii():
        raise SettingsError("settings.value", name=name, value="********", expected="ASCII")
    return text


def _country(text: str | None) -> str:
    # The default is not checked: that would import libphonenumber for commands that do without it.
    return country_code(text, "OMNI_COUNTRY") if text else _DEFAULTS["OMNI_COUNTRY"]


def country_code(text: str, name: str) -> str:
    """Check a two-letter region that libphonenumber knows. Raises ``SettingsError`` naming the setting ``name``."""
    import phonenumbers

    country = text.strip().upper()
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise SettingsError("settings.value", name=name, value=text, expected="BR, MX, AR, CO, …")
    return country


def _endpoint(text: str) -> str:
    check_endpoint(text.strip(), practice=False)
    return text.strip()
