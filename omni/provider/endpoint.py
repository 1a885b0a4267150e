"""Rules for the address that a campaign is posted to: TLS to any machine, plain HTTP and practice only to this one."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from omni.errors import SettingsError

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_UNSAFE = re.compile(r"[^!-~]|[\\\"<>^`{|}]")


def check_endpoint(endpoint: str, *, practice: bool) -> None:
    """Refuse an address that must not be posted to.

    Raises ``SettingsError`` {value}: ``settings.endpoint_malformed``; ``settings.endpoint_insecure`` for plain HTTP to
    another machine; ``settings.endpoint_not_local`` for practice with another machine, even if the name resolves to
    this one. A user name or password in the address makes it malformed and is left out of the error.
    """
    if _UNSAFE.search(endpoint) or "@" in endpoint or "#" in endpoint:
        raise SettingsError("settings.endpoint_malformed", value=endpoint.rpartition("@")[2])
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError as err:
        raise SettingsError("settings.endpoint_malformed", value=endpoint) from err
    if parts.scheme not in ("https", "http") or not host or port == 0:
        raise SettingsError("settings.endpoint_malformed", value=endpoint)
    if practice and host not in LOOPBACK:
        raise SettingsError("settings.endpoint_not_local", value=endpoint)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise SettingsError("settings.endpoint_insecure", value=endpoint)


def is_loopback_only(endpoint: str, *, practice: bool) -> bool:
    """Tell whether a connection to ``endpoint`` must end on this machine, even if its name resolves to another."""
    return practice or endpoint.lower().startswith("http:")
