"""Text and JSON in the form in which the text columns of either database hold them."""

from __future__ import annotations

import json
from typing import Any

import orjson


def storable(text: str) -> str:
    """Return the text without what a database refuses: NUL characters and lone surrogates become ``?``."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")


def to_text(value: object) -> str:
    """Return a value as JSON; what JSON cannot express is written as its ``str``."""
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:
        # A lone surrogate, which an answer may well contain, or a key that is not text.
        return storable(json.dumps(value, default=str, ensure_ascii=False))


def from_text(text: str) -> Any:  # any JSON value
    """Return the value that ``to_text`` wrote."""
    return orjson.loads(text)
