"""JSON as the text columns hold it."""

from __future__ import annotations

from typing import Any

import orjson


def to_text(value: object) -> str:
    """A value as JSON; what JSON has no word for is written as its ``str``."""
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def from_text(text: str) -> Any:  # JSON can be anything
    """The value that ``to_text`` wrote."""
    return orjson.loads(text)
