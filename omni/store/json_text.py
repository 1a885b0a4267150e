"""Text and JSON as the text columns hold them, in either database."""

from __future__ import annotations

import json
from typing import Any

import orjson


def storable(text: str) -> str:
    """The text without what a database refuses: NUL characters and halves of surrogate pairs become ``?``."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")


def to_text(value: object) -> str:
    """A value as JSON; what JSON has no word for is written as its ``str``."""
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:
        # Half a surrogate pair, which an answer may well contain, or a key that is no text.
        return storable(json.dumps(value, default=str, ensure_ascii=False))


def from_text(text: str) -> Any:  # JSON can be anything
    """The value that ``to_text`` wrote."""
    return orjson.loads(text)
