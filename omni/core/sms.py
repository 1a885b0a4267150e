"""Estimated length of a text message (SMS) on the provider's platform.

Source: the provider's SMS pages. A text of standard characters is charged per 160 characters (153 in each part of a
joined message); one other character reduces this to 70 (63 in each part, where GSM specifies 67). The standard
characters are printable ASCII without ``[ ] |``; accented letters are not among them, and carriers do not support GSM's
extension table.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_SMS_CHARACTERS = 1280
"""The longest text that the provider's SMS API accepts; the Fallback API page states no limit."""

_STANDARD = frozenset(map(chr, range(0x20, 0x7F))) - frozenset("[]|") | frozenset("\r\n")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """Length of one message in characters and in charged ``parts``.

    ``lengthening`` lists the characters outside the standard table, which shorten the parts.
    """

    characters: int
    parts: int
    lengthening: tuple[str, ...]


def sms_size(text: str) -> SmsSize:
    """Measure a text message; a character outside the basic plane counts as two, as in UTF-16."""
    lengthening = tuple(dict.fromkeys(c for c in text if c not in _STANDARD))
    length = sum(2 if ord(c) > 0xFFFF else 1 for c in text)
    single, joined = (70, 63) if lengthening else (160, 153)
    parts = 0 if length == 0 else 1 if length <= single else -(-length // joined)
    return SmsSize(length, parts, lengthening)
