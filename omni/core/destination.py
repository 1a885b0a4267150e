"""One destination as the provider wants it: digits with country code, or an e-mail address. Never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from omni.core.email_address import read_address
from omni.core.phone_number import read_number

DestinationKind = Literal["mobile", "fixed", "other", ""]

_KINDS: Final[dict[int, DestinationKind]] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """What is sent for a cell.

    ``value`` is None when nothing is there, and when it cannot be known: then ``problem`` says why. ``repaired``
    says that ``value`` differs from the text as it stood, outer blanks aside. ``kind`` is what libphonenumber takes
    a phone for; empty without a value and for e-mail.
    """

    value: str | None
    repaired: bool = False
    problem: str | None = None
    kind: DestinationKind = ""


def normalise_phone(text: str, country: str = "BR", *, allow_foreign: bool = True) -> Destination:
    """The phone number in ``text`` as E.164 digits without ``+``.

    A number without ``+`` or ``00`` is one of ``country`` (ISO 3166, two letters; ``ValueError`` when libphonenumber
    does not know it), with or without that country's code. It is never tried as foreign, because most typing slips
    are a valid number somewhere. Problems: ``phone.`` area_code_missing, nine_missing, scientific, too_short,
    too_long, letters, several, invalid, and foreign with ``allow_foreign`` off.
    """
    number = read_number(text, country)
    if number is None:
        return Destination(None)
    if isinstance(number, str):
        return Destination(None, problem=number)
    if not allow_foreign and number.country_code != phonenumbers.country_code_for_region(country):
        return Destination(None, problem="phone.foreign")
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    kind = _KINDS.get(phonenumbers.number_type(number), "other")
    return Destination(value, value != text.strip(), None, kind)


def normalise_email(text: str) -> Destination:
    """The e-mail address in ``text``: domain in lower case, local part as typed.

    Problems: ``email.malformed``, ``email.several``. Which addresses count: ``omni.core.email_address``.
    """
    value, problem = read_address(text)
    return Destination(value, value is not None and value != text.strip(), problem)
