"""What was probably meant by an address that is a slip away from a large provider's, or from being one at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from omni.core.email_address import read_address

# Where most people of Brazil and Latin America have their mail.
_GLOBAL: Final = ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com", "msn.com")
_REGIONAL: Final = (
    "hotmail.com.br", "outlook.com.br", "yahoo.com.br", "uol.com.br", "bol.com.br", "terra.com.br", "globo.com",
    "globomail.com", "ig.com.br", "oi.com.br", "r7.com", "zipmail.com.br", "yahoo.com.mx", "yahoo.com.ar",
    "yahoo.com.co", "yahoo.com.pe", "yahoo.com.ve", "yahoo.es", "yahoo.cl", "hotmail.es", "outlook.es", "hotmail.cl",
    "hotmail.com.ar", "hotmail.com.mx", "outlook.com.ar", "outlook.com.mx", "outlook.cl", "outlook.com.co",
    "live.com.mx", "live.com.ar", "live.cl", "prodigy.net.mx", "fibertel.com.ar", "speedy.com.ar", "arnet.com.ar",
    "ciudad.com.ar", "adinet.com.uy", "protonmail.com",
)  # fmt: skip
# Real ones that lie a slip away from the others: never taken for a slip themselves.
_REAL: Final = (
    "mail.com", "email.com", "ymail.com", "rocketmail.com", "googlemail.com", "aol.com", "aol.com.br", "me.com",
    "mac.com", "proton.me", "pm.me", "gmx.com", "gmx.net", "gmx.de", "zoho.com", "fastmail.com", "yandex.com",
    "yandex.ru", "mail.ru", "inbox.com", "hotmail.fr", "hotmail.it", "hotmail.de", "hotmail.be", "hotmail.nl",
    "hotmail.co.uk", "hotmail.pt", "outlook.fr", "outlook.it", "outlook.de", "outlook.pt", "outlook.be", "yahoo.fr",
    "yahoo.it", "yahoo.de", "yahoo.pt", "yahoo.ca", "yahoo.co.uk", "live.fr", "live.it", "live.nl", "live.co.uk",
    "live.ca", "live.com.pt", "tim.com.br", "globo.com.br", "terra.com", "terra.cl", "terra.es", "uol.com",
)  # fmt: skip
_MEANT: Final = {"gmail.com.br": "gmail.com", "icloud.com.br": "icloud.com", "hotmail.br": "hotmail.com.br",
                 "yahoo.br": "yahoo.com.br", "outlook.br": "outlook.com.br", "bol.com": "bol.com.br"}  # fmt: skip
_PROVIDERS: Final = (*_GLOBAL, *_REGIONAL)
_KNOWN: Final = frozenset((*_PROVIDERS, *_REAL))
_LONG_NAME: Final = 5
"""Letters of a provider's name from which another name may be a slip of it: ``sol.com.br`` is not ``uol.com.br``."""
_LONG_DOMAIN: Final = 12
"""Letters of a domain in which two slips may be found."""


@lru_cache(maxsize=50_000)
def likely_domain(domain: str) -> str | None:
    """The large provider whose domain was probably meant; None for a provider's own, and for one like no other."""
    if domain in _KNOWN or not domain.isascii():
        return None
    if domain in _MEANT:
        return _MEANT[domain]
    name = domain.partition(".")[0]
    slips = 2 if len(domain) >= _LONG_DOMAIN else 1
    best: tuple[int, str] | None = None
    for provider in _PROVIDERS:
        its_name = provider.partition(".")[0]
        if len(its_name) < _LONG_NAME and name != its_name:
            continue
        distance = OSA.distance(domain, provider, score_cutoff=slips)
        if distance <= slips and (best is None or distance < best[0]):
            best = distance, provider
    return best[1] if best else None


def likely_address(text: str) -> str | None:
    """The address that a malformed one becomes by one plain repair: a comma for a point, blanks around
    signs, a sign too many."""
    bare = text.strip()
    for repaired in (
        re.sub(r"\s*([@.])\s*", r"\1", bare),
        bare.replace(",", ".").replace(";", "."),
        re.sub(r"@{2,}", "@", bare),
        re.sub(r"\.{2,}", ".", bare),
    ):
        if repaired != bare:
            value, _ = read_address(repaired)
            if value is not None and value.count("@") == 1:
                return value
    local, at, domain = bare.rpartition("@")
    if not at or not local:
        return None
    provider = _WITHOUT_POINTS.get(domain.lower()) or likely_domain(domain.lower())
    return read_address(f"{local}@{provider}")[0] if provider else None


_WITHOUT_POINTS: Final = {domain.replace(".", ""): domain for domain in _PROVIDERS}
