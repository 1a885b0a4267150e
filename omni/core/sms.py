"""How long a text message is on this platform, as an estimate.

Sources: the provider's SMS pages. A text of standard characters is charged per 160 (joined parts 153); one
other character makes it 70 (joined parts 63, where GSM says 67). The standard table is printable ASCII
without ``[ ] |``; accented letters are outside it, and carriers do not support GSM's extension table.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_SMS_CHARACTERS = 1280
"""The longest text the sibling SMS API takes; the Fallback page states none."""

_STANDARD = frozenset(map(chr, range(0x20, 0x7F))) - frozenset("[]|") | frozenset("\r\n")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """``parts`` is what one message is charged as; ``lengthening`` names the characters that cost parts."""

    characters: int
    parts: int
    lengthening: tuple[str, ...]


def sms_size(text: str) -> SmsSize:
    """Characters and parts of a text message; one outside the basic plane counts twice, as in UTF-16."""
    lengthening = tuple(dict.fromkeys(c for c in text if c not in _STANDARD))
    length = sum(2 if ord(c) > 0xFFFF else 1 for c in text)
    single, joined = (70, 63) if lengthening else (160, 153)
    parts = 0 if length == 0 else 1 if length <= single else -(-length // joined)
    return SmsSize(length, parts, lengthening)
