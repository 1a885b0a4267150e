"""Checks of database addresses before one is opened, with errors that do not repeat the address.

A driver's error about an address that it misread quotes parts of it, which may include the password.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from omni.errors import SettingsError

_USER: Final = re.compile(r"[\w+]+://[^:/]*(?::[^@]*)?@")
"""The start of an address up to the first ``@``, which SQLAlchemy takes for the end of the password."""


def sqlite_address(file: Path) -> str:
    """Return the address of an SQLite file, with the special characters of its path escaped."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def check_address(address: str, name: str) -> URL:
    """Parse and check the address of an SQLite file or a PostgreSQL database.

    Raises ``SettingsError`` with the name of the setting, ``name``: ``settings.database_password`` for characters of
    the password that must be percent-encoded, ``settings.database_option`` for an option that libpq does not know, and
    ``settings.database_malformed`` for everything else.
    """
    behind, _, options = _behind_user(address).partition("?")
    if "@" in behind:
        raise SettingsError("settings.database_password", name=name)
    try:
        read = make_url(address)
    except (ArgumentError, ValueError):
        raise SettingsError("settings.database_malformed", name=name) from None
    if read.get_backend_name() == "sqlite":
        if read.database in (None, "", ":memory:") or "?" in address:
            raise SettingsError("settings.database_malformed", name=name)
    elif read.get_backend_name() == "postgresql":
        _check_options(options, name)
        _check_connecting(read, name)
    else:
        raise SettingsError("settings.database_malformed", name=name)
    return read


def _behind_user(address: str) -> str:
    found = _USER.match(address)
    return address[found.end() if found else 0 :]


def _check_options(options: str, name: str) -> None:
    from psycopg import pq

    known = {each.keyword.decode() for each in pq.Conninfo.get_defaults()}
    for option, _ in parse_qsl(options, keep_blank_values=True):
        if option not in known and "@" in options:  # more likely the second half of a password
            raise SettingsError("settings.database_password", name=name)
        if option not in known:
            raise SettingsError("settings.database_option", name=name, option=option)


def _check_connecting(address: URL, name: str) -> None:
    """Run the driver's own checks, which would otherwise fail only when it connects.

    Raises ``SettingsError`` ``settings.database_malformed``.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo, timeout_from_conninfo

    try:
        dialect = address.set(drivername="postgresql+psycopg").get_dialect()()
        _, words = dialect.create_connect_args(address)
        make_conninfo(**words)
        timeout_from_conninfo(dict(words))
    except (ArgumentError, ValueError, ProgrammingError):
        raise SettingsError("settings.database_malformed", name=name) from None
