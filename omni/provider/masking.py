"""A secret of ours in what came back: whoever answers may repeat our headers, in an error page for one."""

from __future__ import annotations

import json
from html import escape
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = b"********"
_SHORTEST: Final = 8
"""Characters. Something shorter may stand in an id by chance, and an id must not change."""


def masked(raw: bytes, secret: str | None) -> bytes:
    """``raw`` without ``secret``, however it was written down: as it is, in JSON, in HTML or in an address."""
    if not secret or len(secret) < _SHORTEST:
        return raw
    in_json = json.dumps(secret)[1:-1]
    written = {secret, in_json, in_json.replace("/", "\\/"), escape(secret), quote(secret, safe=""), quote_plus(secret)}
    for each in sorted(written, key=len, reverse=True):
        raw = raw.replace(each.encode(), MASK)
    return raw
