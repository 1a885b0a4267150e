"""Reading of the one phone number in the text of a cell, or the reason why there is not exactly one.

The text is first stripped of marks of every script, labels, links, carrier placeholders and decimal tails.
libphonenumber then decides whether the number exists. Rules added here: several numbers in one cell, digits lost to
scientific notation, Brazilian numbers that parse but are incomplete (no area code, no ninth digit), and Mexican numbers
as they were dialled until 2019.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, ValidationResult

_SCIENTIFIC: Final = re.compile(r"\+?(\d+)(?:[.,](\d*))?[eE]\+?(\d{1,4})")
_NUMBER_SEPARATORS: Final = re.compile(r"[/;|,&\\\n]|:{2,}|\s(?:e|y|o|ou|or|and)\s", re.IGNORECASE)
_UNEXPECTED_SIGN: Final = re.compile(r"[^\d\s.,;:/\\|&()\[\]{}'\"_~-]")
_DIGITS_AND_MARKS: Final = re.compile(r"\+?[\d.-]*")
_BRAZIL, _MEXICO = 55, 52
_FORMER_MEXICAN: Final = re.compile(r"(1|01|04[45])(\d{10})")
_REASONS: Final = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.area_code_missing",
    ValidationResult.TOO_SHORT: "phone.too_short",
    ValidationResult.TOO_LONG: "phone.too_long",
}
_ODD_MARKS: Final = {
    **dict.fromkeys("\n\r\x0b\x0c\x85\u2028\u2029", "\n"),
    **dict.fromkeys("\u2212\u2043\u02d7", "-"),
    **dict.fromkeys("‘’´`′‵“”″‟‛", "'"),
    **dict.fromkeys("·•∙․‧", "."),
    **dict.fromkeys("\ufe62\u207a", "+"),
    **dict.fromkeys("\u2800\u3164\uffa0\u115f\u1160", " "),
    **dict.fromkeys("☎☏✆℡📞📟📱📲💬", " "),
}
_LONGEST: Final = 200
"""Characters of a phone number with labels, blanks and marks around it, at most."""
_ASCII_DIGITS: Final = frozenset("0123456789")
_LABEL = (
    r"(?:tel(?:[eé]fon[eo]|ephone|em[oó]vel)?|cel(?:ular|l)?|fon[eo]|phone|ph|mobile|m[oó]v(?:el|il)|"
    r"whats(?:app?)?|wpp?|zap|fixo|fijo|res(?:id(?:encial)?)?|com(?:ercial)?|casa|trab(?:alho|ajo)?|recados?|"
    r"contac?to|n[uú]mero|num|nro|n[º°o]?|ddd|tim|vivo|claro|oi|movistar|telcel|entel|tigo|[tcmfw](?=[.:]))"
)
# In «Cel 2:» and «fone2 11…» the digit numbers the fields of a form and is not part of the phone number.
_COUNT = r"(?:\s?[1-9](?=\s*[:)])|[1-9](?=\s))?"
_LABEL_AHEAD: Final = re.compile(rf"^[\s(\[]*(?:{_LABEL}{_COUNT}[\s.:/()\[\]-]*)+(?=[+\d])", re.IGNORECASE)
_LABEL_BEHIND: Final = re.compile(rf"(?<=\d)[\s(\[/-]*{_LABEL}[\s.)\]]*$", re.IGNORECASE)
# WhatsApp ids (one per device: «5511…:12@…») and links hold a number with its country code but without the plus.
_WHATSAPP_ID: Final = re.compile(r"\+?(\d{1,20})(?::\d{1,5})?@(?:c\.us|s\.whatsapp\.net)", re.IGNORECASE)
_WHATSAPP_LINK: Final = re.compile(
    r"^[^\d]{0,40}?(?:https?://)?(?:www\.)?(?:(?P<path>wa\.me/)|(?:api|web)\.whatsapp\.com/send|whatsapp://send)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_PHONE_IN_PATH: Final = re.compile(r"\+?(\d{1,20})(?:[/?#\s].*)?", re.DOTALL)
_PHONE_IN_QUERY: Final = re.compile(r"[?&;]phone=([^&#;]*)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"^(?:tel|callto|sms|whatsapp):(?:/*)(?=[+\d(])", re.IGNORECASE)
# In Brazil «0xx11» means «dial 0, a carrier of your choice, 11», so it is replaced by the trunk zero.
_CARRIER_PLACEHOLDER: Final = re.compile(
    r"(?<![\dA-Za-z])(?:0?[\s(.-]*(?:xx|\*\*)|0[\s(.-]*x)[\s().-]*(?=\d)", re.IGNORECASE
)
_DECIMAL_TAIL: Final = re.compile(r"(?<=\d)[.,]0$|(?<=^)([^.,]*\d)[.,]00$")
_GROUPED: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+),00?|(\d{1,3}(?:,\d{3})+)\.00?")


@dataclass(frozen=True, slots=True)
class Reading:
    """The number read from a text: a valid ``number`` or the code of a ``problem``, never both.

    ``note`` is a code for an assumption that was made; ``proposal`` is a number that would be valid if the operator
    confirmed it.
    """

    number: PhoneNumber | None = None
    problem: str | None = None
    note: str | None = None
    proposal: PhoneNumber | None = None


def read_number(text: str, country: str) -> Reading | None:
    """Read the phone number in ``text``; None when the text is empty.

    ``country`` is ISO 3166, two letters; ``ValueError`` when libphonenumber does not know it. The rules are those of
    ``omni.core.destination.normalise_phone``.
    """
    home = _metadata(country)
    shown = plain(text)
    if not shown:
        return None
    if short := _SCIENTIFIC.fullmatch(shown.strip("'\"=")):
        mantissa, fraction, exponent = short[1], short[2] or "", int(short[3])
        if len(fraction) < exponent or fraction[exponent:].strip("0"):
            return Reading(problem="phone.scientific")
        bare = mantissa + fraction[:exponent]
    else:
        bare = strip_decoration(shown)
    if problem := _unreadable(bare):
        return Reading(problem=problem)
    return _parsed(digits_in(bare), bare.lstrip(" ([").startswith("+"), country, home)


@cache
def _metadata(country: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None:
        raise ValueError(f"no phone numbers are known for country {country!r}")
    return metadata


def _unreadable(bare: str) -> str | None:
    """Return the code of the problem that keeps ``bare`` from being one number, without parsing its digits."""
    if _DIGITS_AND_MARKS.fullmatch(bare):
        return None
    pieces = [len(digits_in(piece)) for piece in _NUMBER_SEPARATORS.split(bare)]
    words = [len(digits_in(word)) for word in re.split(r"[\s(+]+", bare)]
    long_pieces = sum(size >= 8 for size in pieces)
    if long_pieces >= 2 or sum(size >= 8 for size in words) >= 2 or _has_shorthand(bare):
        return "phone.several"
    if any(char.isalpha() for char in bare):
        return "phone.letters"
    if _UNEXPECTED_SIGN.search(re.sub(r"^[\s(\[]*\+", "", bare)):
        return "phone.invalid"
    return None


def _has_shorthand(bare: str) -> bool:
    """Tell whether only the end of a second number is written, as in ``3333-4444/4445``."""
    ahead, slash, behind = bare.rpartition("/")
    return bool(slash) and len(digits_in(ahead)) >= 8 and 1 <= len(digits_in(behind)) <= 7


def _parsed(digits: str, plus: bool, country: str, home: PhoneMetadata) -> Reading:
    """Read ``digits`` as a valid number, or return its problem.

    ``plus`` means that a ``+`` was before them; without it, digits that begin with an international prefix are tried
    as a foreign number and all others as a number of ``country`` only.
    """
    if len(digits.lstrip("0")) < 3:
        return Reading(problem="phone.too_short")
    readings = [digits] if plus else []
    if not plus and digits.startswith("00"):
        readings.append(digits[2:])
        if ahead := re.match(home.international_prefix or "00", digits):
            readings.append(digits[ahead.end() :])  # 00, a carrier's code, country code
    first: Reading | None = None
    for reading in readings:
        found = _validated("+" + reading, None)
        if found.number is not None:
            return found
        first = first or found
    if first is not None:
        return first
    if country == "BR" and len(digits) in (8, 9) and not digits.startswith(("0", "90", "800")):
        return _without_area_code(digits)  # the result of ``_brazilian`` in a fraction of the time
    return _validated(digits, country)


def _validated(written: str, country: str | None) -> Reading:
    """Let libphonenumber parse ``written``, and apply the rules for Brazil and Mexico to the result."""
    try:
        number = phonenumbers.parse(written, country)
    except NumberParseException as err:
        problem = {
            NumberParseException.TOO_LONG: "phone.too_long",
            NumberParseException.TOO_SHORT_NSN: "phone.too_short",
            NumberParseException.TOO_SHORT_AFTER_IDD: "phone.too_short",
        }.get(err.error_type, "phone.invalid")
        return Reading(problem=problem)
    valid = phonenumbers.is_valid_number(number)
    if number.country_code == _BRAZIL and (found := _brazilian(number, written, valid)):
        return found
    if valid:
        return Reading(number)
    if number.country_code == _MEXICO and (found := _mexican(number)):
        return found
    return Reading(problem=_REASONS.get(phonenumbers.is_possible_number_with_reason(number), "phone.invalid"))


def _brazilian(number: PhoneNumber, written: str, valid: bool) -> Reading | None:
    """Return the problem of an incomplete Brazilian number; None when libphonenumber's verdict is enough."""
    national = phonenumbers.national_significant_number(number)
    if written.startswith("90") and len(national) < len(written):
        # libphonenumber takes 90 for a collect call; in a sheet it is the start of a local number, or of a foreign
        # number without its plus.
        return Reading(problem="phone.area_code_missing" if len(written) == 8 else "phone.too_long")
    if len(national) in (8, 9) and not (valid and national.startswith("800")):
        return _without_area_code(national)
    if valid:
        return None
    if len(national) == 10 and national[2] in "6789":
        longer = PhoneNumber(country_code=_BRAZIL, national_number=int(f"{national[:2]}9{national[2:]}"))
        if phonenumbers.is_valid_number(longer):
            return Reading(problem="phone.nine_missing", proposal=longer)
    return None


def _without_area_code(national: str) -> Reading:
    # A short service number (4004-1234) looks like a local number whose area code is missing.
    local = national[0] in "23456789" if len(national) == 8 else national[0] == "9"
    return Reading(problem="phone.area_code_missing" if local else "phone.too_short")


def _mexican(number: PhoneNumber) -> Reading | None:
    """Convert a Mexican number as it was dialled until August 2019, or to a mobile from abroad (with the 1).

    Today a number has ten digits and no prefix (IFT, *Plan Técnico Fundamental de Numeración*). None when ``number``
    has no former prefix, or no valid number after it.
    """
    former = _FORMER_MEXICAN.fullmatch(phonenumbers.national_significant_number(number))
    if former is None:
        return None
    today = PhoneNumber(country_code=_MEXICO, national_number=int(former[2]))
    if not phonenumbers.is_valid_number(today):
        return None
    return Reading(today, note="phone.mexico_one" if former[1] == "1" else None)


def plain(text: str) -> str:
    """Return ``text`` in plain characters: ASCII digits, ``-`` for every dash, spaces, and nothing invisible."""
    return text.translate(_MARKS).strip()


def strip_decoration(text: str) -> str:
    """Strip quotes, links, labels, the ``xx`` of ``0xx11`` and a float's ``.0`` from text that ``plain`` returned."""
    bare = text.strip(" \n'\"=")
    if grouped := _GROUPED.fullmatch(bare):
        bare = grouped[1] or grouped[2]
    if linked := _number_on_whatsapp(bare):
        bare = f"+{linked}"
    if len(bare) > _LONGEST:
        return bare  # no phone; the patterns below would take quadratic time for it
    bare = _SCHEME.sub("", _DECIMAL_TAIL.sub(r"\1", bare))
    bare = _LABEL_BEHIND.sub("", _LABEL_AHEAD.sub("", bare))
    return _CARRIER_PLACEHOLDER.sub("0", bare, count=1)


def _number_on_whatsapp(bare: str) -> str | None:
    """Return the digits in a WhatsApp id or link, which may bring a text along; None for any other text."""
    if found := _WHATSAPP_ID.fullmatch(bare):
        return found[1]
    link = _WHATSAPP_LINK.match(bare) if "wa.me/" in bare.lower() or "whatsapp" in bare.lower() else None
    if link is None or "wa.me/" in link["rest"].lower() or "whatsapp." in link["rest"].lower():
        return None
    if link["path"]:
        in_path = _PHONE_IN_PATH.fullmatch(link["rest"])
        return in_path[1] if in_path else None
    in_query = _PHONE_IN_QUERY.search(link["rest"])
    return digits_in(unquote(in_query[1])) or None if in_query else None


def digits_in(text: str) -> str:
    """Return the ASCII digits of ``text``, in order."""
    return "".join(filter(_ASCII_DIGITS.__contains__, text))


class _Marks(dict[int, str]):
    """Translation table from characters to plain ones, filled when a character is first met.

    Invisible characters are removed.
    """

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
