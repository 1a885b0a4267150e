"""The dress people put on phone numbers, taken off: marks of every script, labels, carrier holders, decimal tails."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ODD_MARKS: Final = {
    **dict.fromkeys("\n\r\x0b\x0c\x85\u2028\u2029", "\n"),
    **dict.fromkeys("\u2212\u2043\u02d7", "-"),
    **dict.fromkeys("‘’´`′‵“”″‟‛", "'"),
    **dict.fromkeys("·•∙․‧", "."),
    **dict.fromkeys("\u2800\u3164\uffa0\u115f\u1160", " "),
}


class _Marks(dict[int, str]):
    """Characters as the plain ones they stand for; invisible ones vanish. Filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        mark = self[code] = _plain_mark(chr(code))
        return mark


def _plain_mark(char: str) -> str:
    if char in _ODD_MARKS:
        return _ODD_MARKS[char]
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Me") or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd":
        return "-"
    if "\uff01" <= char <= "\uff5e":  # full-width forms
        return chr(ord(char) - 0xFEE0)
    return char


_MARKS: Final = _Marks()

_LABEL = (
    r"(?:tel(?:[eé]fon[eo]|ephone)?|cel(?:ular|l)?|fon[eo]|phone|mobile|m[oó]v(?:el|il)|whats(?:app?)?|wpp?|zap|"
    r"fixo|fijo|res(?:id(?:encial)?)?|com(?:ercial)?|contac?to|n[uú]mero|num|nro|n[º°o]?)"
)
_LABEL_AHEAD: Final = re.compile(rf"^[\s(]*(?:{_LABEL}[\s.:/)-]*)+(?=[+\d(])", re.IGNORECASE)
_LABEL_BEHIND: Final = re.compile(rf"(?<=\d)[\s(/-]*{_LABEL}[\s.)]*$", re.IGNORECASE)
# In Brazil «0xx11» stands for «dial 0, a carrier of your choice, 11»: a trunk zero.
_CARRIER_HOLDER: Final = re.compile(r"(?<![\dA-Za-z])0?[\s(.-]*(?:xx|\*\*)[\s).-]*(?=\d)", re.IGNORECASE)
_DECIMAL_TAIL: Final = re.compile(r"(?<=\d)[.,]0$|(?<=^)([^.,]*\d)[.,]00$")


def plain(text: str) -> str:
    """``text`` in plain marks: ASCII digits, ``-`` for every dash, one kind of blank, nothing invisible."""
    return text.translate(_MARKS).strip()


def undressed(text: str) -> str:
    """What is left of ``plain`` text without quotes, labels, the ``xx`` of ``0xx11`` and a float's ``.0``."""
    bare = text.strip(" \n'\"=")
    bare = _DECIMAL_TAIL.sub(r"\1", bare)
    bare = _LABEL_BEHIND.sub("", _LABEL_AHEAD.sub("", bare))
    return _CARRIER_HOLDER.sub("0", bare, count=1)


def digits_in(text: str) -> str:
    """The ASCII digits of ``text``, in order."""
    return "".join(filter(_ASCII_DIGITS.__contains__, text))


_ASCII_DIGITS: Final = frozenset("0123456789")
