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
    **dict.fromkeys("\ufe62\u207a", "+"),
    **dict.fromkeys("\u2800\u3164\uffa0\u115f\u1160", " "),
    **dict.fromkeys("☎☏✆℡📞📟📱📲💬", " "),
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
    r"(?:tel(?:[eé]fon[eo]|ephone|em[oó]vel)?|cel(?:ular|l)?|fon[eo]|phone|ph|mobile|m[oó]v(?:el|il)|"
    r"whats(?:app?)?|wpp?|zap|fixo|fijo|res(?:id(?:encial)?)?|com(?:ercial)?|casa|trab(?:alho|ajo)?|recados?|"
    r"contac?to|n[uú]mero|num|nro|n[º°o]?|ddd|tim|vivo|claro|oi|movistar|telcel|entel|tigo|[tcmfw](?=[.:]))"
)
# «Cel 2:» and «fone2 11…» count the columns of a form; the digit is none of the number's.
_COUNT = r"(?:\s?[1-9](?=\s*[:)])|[1-9](?=\s))?"
_LABEL_AHEAD: Final = re.compile(rf"^[\s(\[]*(?:{_LABEL}{_COUNT}[\s.:/()\[\]-]*)+(?=[+\d])", re.IGNORECASE)
_LABEL_BEHIND: Final = re.compile(rf"(?<=\d)[\s(\[/-]*{_LABEL}[\s.)\]]*$", re.IGNORECASE)
# Links and the ids of WhatsApp hold a number with its country code, without the plus.
_LINK: Final = re.compile(
    r"^(?:(?:https?://)?(?:wa\.me/|(?:api|web)\.whatsapp\.com/send/?\?phone=)|whatsapp://send\?phone=)\+?(\d+)/?$|"
    r"^(\d+)@(?:c\.us|s\.whatsapp\.net)$",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"^(?:tel|callto|sms|whatsapp):(?:/*)(?=[+\d(])", re.IGNORECASE)
# In Brazil «0xx11» stands for «dial 0, a carrier of your choice, 11»: a trunk zero.
_CARRIER_HOLDER: Final = re.compile(
    r"(?<![\dA-Za-z])(?:0?[\s(.-]*(?:xx|\*\*)|0[\s(.-]*x)[\s().-]*(?=\d)", re.IGNORECASE
)
_DECIMAL_TAIL: Final = re.compile(r"(?<=\d)[.,]0$|(?<=^)([^.,]*\d)[.,]00$")
_GROUPED: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+),00?|(\d{1,3}(?:,\d{3})+)\.00?")


def plain(text: str) -> str:
    """``text`` in plain marks: ASCII digits, ``-`` for every dash, one kind of blank, nothing invisible."""
    return text.translate(_MARKS).strip()


def undressed(text: str) -> str:
    """What is left of ``plain`` text without quotes, links, labels, the ``xx`` of ``0xx11`` and a float's ``.0``."""
    bare = text.strip(" \n'\"=")
    if grouped := _GROUPED.fullmatch(bare):
        bare = grouped[1] or grouped[2]
    if link := _LINK.fullmatch(bare):
        bare = f"+{link[1] or link[2]}"
    bare = _SCHEME.sub("", _DECIMAL_TAIL.sub(r"\1", bare))
    bare = _LABEL_BEHIND.sub("", _LABEL_AHEAD.sub("", bare))
    return _CARRIER_HOLDER.sub("0", bare, count=1)


def digits_in(text: str) -> str:
    """The ASCII digits of ``text``, in order."""
    return "".join(filter(_ASCII_DIGITS.__contains__, text))


_ASCII_DIGITS: Final = frozenset("0123456789")
