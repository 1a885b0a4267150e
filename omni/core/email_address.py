"""Reading of the one e-mail address in the text of a cell, or the reason why there is not exactly one.

A practical subset of RFC 5321 (4.1.2, 4.5.3.1) and RFC 5322 (3.4.1): no quoted local parts, no address literals, a
domain of at least two labels, which may be international.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 254
"""Characters of an address at most (RFC 5321, 4.5.3.1.3, less the brackets)."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])")
_IN_BRACKETS: Final = re.compile(r"[^<>@]*<([^<>]*)>")
NOT_FOR_MAIL: Final = frozenset({"c.us", "s.whatsapp.net", "g.us"})
"""Domains of WhatsApp ids, which look like addresses: ``5511987650001@c.us``."""
_SEPARATORS: Final = re.compile(r"[\s;,/|]+")


def read_address(text: str) -> tuple[str | None, str | None]:
    """Return the address and the code of a problem, of which at least one is None; both are None for an empty text.

    The domain comes back in lower case, the local part as typed. Problems: ``email.malformed``, ``email.several``, and
    ``email.too_long`` for a single text longer than an address can be.
    """
    shown = "".join(char for char in text if char.isprintable() or char.isspace()).strip()
    if not shown:
        return None, None
    bare = shown.strip("'\"= ")
    if framed := _IN_BRACKETS.fullmatch(bare):
        bare = framed[1]
    if bare[:7].lower() == "mailto:":
        bare = bare[7:].partition("?")[0]
    bare = bare.strip().rstrip(";,.").strip()
    if sum("@" in piece for piece in _SEPARATORS.split(bare)) > 1:
        return None, "email.several"
    if len(bare) > LONGEST:
        return None, "email.too_long"
    local, _, domain = bare.rpartition("@")
    known = _domain(domain)
    if (
        known is None
        or known in NOT_FOR_MAIL
        or len(local) > 64
        or len(local) + 1 + len(known) > LONGEST
        or not _LOCAL.fullmatch(local)
    ):
        return None, "email.malformed"
    return f"{local}@{known}", None


def _domain(typed: str) -> str | None:
    """Return ``typed`` in lower case, or None when it is no domain.

    An international domain keeps its own letters, by IDNA 2008: «faß.de» is another domain than «fass.de».
    """
    lowered = re.sub("[。．｡]", ".", typed).lower()
    try:
        ascii_form = lowered if lowered.isascii() else _encoded(lowered)
    except UnicodeError:
        return None
    if len(ascii_form) > 253 or not _DOMAIN.fullmatch(ascii_form):
        return None
    return lowered if "xn--" in ascii_form else ascii_form


def _encoded(domain: str) -> str:
    """Return the ASCII form of an international domain. Raises ``UnicodeError`` for one that cannot exist."""
    import idna  # its tables take time and memory, and few sheets need them

    return idna.encode(domain, uts46=True).decode("ascii")
