"""Masking of the token in an answer: a server or proxy may repeat the request's headers, as in an error page."""

from __future__ import annotations

import json
from html import escape
from typing import Final
from urllib.parse import quote, quote_plus

from omni.provider.curl import MASK

_SHORTEST: Final = 8
"""Characters. A shorter secret may be part of an id by chance, and an id must not change."""


def masked(raw: bytes, secret: str | None) -> bytes:
    """Replace ``secret`` in ``raw`` by a mask, in any spelling: as it is, in JSON, in HTML or in a URL.

    A secret shorter than 8 characters is not replaced.
    """
    if not secret or len(secret) < _SHORTEST:
        return raw
    in_json = json.dumps(secret)[1:-1]
    spellings = {
        secret,
        in_json,
        in_json.replace("/", "\\/"),
        escape(secret),
        quote(secret, safe=""),
        quote_plus(secret),
    }
    for spelling in sorted(spellings, key=len, reverse=True):
        raw = raw.replace(spelling.encode(), MASK.encode())
    return raw
