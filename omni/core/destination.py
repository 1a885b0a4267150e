"""Phone numbers and e-mail addresses as the provider expects them, read from the text of a cell without guessing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from omni.core.email_address import read_address
from omni.core.email_typos import likely_address, likely_domain
from omni.core.phone_number import read_number

SmsObstacle = Literal["phone.landline_in_sms", "phone.service_in_sms", "phone.no_mobile_in_sms"]
"""Reasons why a number cannot get an SMS, as codes of findings."""

NO_MOBILE: Final[Mapping[str, str]] = {"55": "^55[0-9]{2}7[0-9]{7}$"}
"""Numbers, by calling code, that libphonenumber still takes for mobiles although no mobile has them any more.

In Brazil: the eight digits beginning with 7 of Nextel's trunking service, shut down in 2018. Every mobile has nine
digits since 2016 (Anatel, Resolução 553/2010). Valid in re and in RE2.
"""
ERROR_VALUES: Final = r"^\s*(?:#(?:N/[AD]|[¡¿]?[A-ZÁÉÍÓÚÑÇÃÕ][A-ZÁÉÍÓÚÑÇÃÕ_]*[!?]|[¡]?DIV/0!)|Err:[0-9]{3}|#{4,})\s*$"
"""Texts that spreadsheet programs show in place of a value, as a pattern in the syntax of re and of RE2."""
_LONGEST_ERROR: Final = 80
"""Characters of such a text with blanks around it, at most."""
_SERVICES: Final = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


@dataclass(frozen=True, slots=True)
class Destination:
    """The destination read from one cell.

    ``value`` is None when the cell is empty, and when the destination cannot be determined; in that case ``problem``
    holds the reason as a code. ``repaired`` means that ``value`` differs from the text of the cell, apart from
    blanks around it. ``warning`` is a code for a remark about a value that is sent anyway. ``proposal`` is the value
    that would be sent if the operator confirmed it, or that is sent because the operator has confirmed it.
    """

    value: str | None
    repaired: bool = False
    problem: str | None = None
    warning: str | None = None
    proposal: str | None = None


def normalise_phone(
    text: str, country: str = "BR", *, allow_foreign: bool = True, add_nine: bool = False
) -> Destination:
    """Return the phone number in ``text`` as E.164 digits without ``+``.

    A number without ``+`` or ``00`` belongs to ``country`` (ISO 3166, two letters; ``ValueError`` when libphonenumber
    does not know it), with or without that country's code. It is never tried as a foreign number, because most typing
    errors are a valid number in some country.

    Problems: ``phone.`` area_code_missing, nine_missing, scientific, too_short, too_long, letters, several, invalid,
    error_value (``#N/D``),
    and foreign when ``allow_foreign`` is off. Warnings: ``phone.`` foreign_allowed, mexico_one, and nine_added when
    ``add_nine`` is on, which accepts an old Brazilian mobile number and adds the digit it lacks. mexico_one and
    nine_added take precedence over foreign_allowed, since the country code already shows that a number is foreign.
    """
    reading = read_number(text, country)
    if reading is None:
        return Destination(None)
    number, warning, proposal = reading.number, reading.note, None
    if reading.proposal is not None:
        if not add_nine:
            return Destination(None, problem=reading.problem, proposal=_digits(reading.proposal))
        number, warning = reading.proposal, "phone.nine_added"
        proposal = _digits(number)
    if number is None:
        return Destination(None, problem="phone.error_value" if _is_error(text) else reading.problem)
    if number.country_code != phonenumbers.country_code_for_region(country):
        proposal = _digits(number)
        if not allow_foreign:
            return Destination(None, problem="phone.foreign", proposal=proposal)
        warning = warning or "phone.foreign_allowed"
    value = _digits(number)
    return Destination(value, value != text.strip(), None, warning, proposal)


def sms_obstacle(value: str) -> SmsObstacle | None:
    """Return the code of the reason why a number returned by ``normalise_phone`` cannot get an SMS; None if it may.

    By libphonenumber's types: fixed lines, and the numbers of services such as 0800, 0300 and 4004. Where a mobile
    cannot be told from a fixed line, as in Mexico and the United States, there is no obstacle.
    """
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(f"+{value}"))
    except phonenumbers.NumberParseException:
        return None
    if kind == PhoneNumberType.FIXED_LINE:
        return "phone.landline_in_sms"
    if kind in _SERVICES:
        return "phone.service_in_sms"
    if kind == PhoneNumberType.MOBILE and any(re.fullmatch(known, value) for known in NO_MOBILE.values()):
        return "phone.no_mobile_in_sms"
    return None


def normalise_email(text: str, *, correct_typos: bool = False) -> Destination:
    """Return the e-mail address in ``text``, with its domain in lower case and its local part as typed.

    Problems: ``email.`` malformed, several, too_long, and error_value (``#N/D``); ``omni.core.email_address`` defines a
    valid address. A domain one typing error away from a large provider's gets a warning (``email.typo``) and a
    proposal; with ``correct_typos`` the proposal is used (``email.typo_corrected``).
    """
    value, problem = read_address(text)
    if value is None:
        if _is_error(text):
            return Destination(None, problem="email.error_value")
        proposal = likely_address(text) if problem == "email.malformed" else None
        return Destination(None, problem=problem, proposal=proposal)
    local, _, domain = value.rpartition("@")
    likely = likely_domain(domain)
    if likely is None:
        return Destination(value, value != text.strip())
    proposal = f"{local}@{likely}"
    if correct_typos:
        return Destination(proposal, True, warning="email.typo_corrected", proposal=proposal)
    return Destination(value, value != text.strip(), warning="email.typo", proposal=proposal)


def _is_error(text: str) -> bool:
    """Tell whether a spreadsheet program shows this text in place of a value that it could not calculate."""
    return len(text) <= _LONGEST_ERROR and bool(re.match(ERROR_VALUES, text))


def _digits(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
