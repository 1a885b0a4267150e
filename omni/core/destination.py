"""One destination as the provider wants it: digits with country code, or an e-mail address. Never a guess."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from omni.core.email_address import read_address
from omni.core.email_typos import likely_address, likely_domain
from omni.core.phone_number import read_number


@dataclass(frozen=True, slots=True)
class Destination:
    """What is sent for a cell.

    ``value`` is None when nothing is there, and when it cannot be known: then ``problem`` says why. ``repaired``
    says that ``value`` differs from the text as it stood, outer blanks aside. ``warning`` is a code for what the
    operator should know of a value that is sent all the same, ``proposal`` what would be sent if the operator said that
    it was meant, or what is, since that was said.
    """

    value: str | None
    repaired: bool = False
    problem: str | None = None
    warning: str | None = None
    proposal: str | None = None


def normalise_phone(
    text: str, country: str = "BR", *, allow_foreign: bool = True, add_nine: bool = False
) -> Destination:
    """The phone number in ``text`` as E.164 digits without ``+``.

    A number without ``+`` or ``00`` is one of ``country`` (ISO 3166, two letters; ``ValueError`` when libphonenumber
    does not know it), with or without that country's code. It is never tried as foreign, because most typing slips
    are a valid number somewhere. Problems: ``phone.`` area_code_missing, nine_missing, scientific, too_short,
    too_long, letters, several, invalid, and foreign with ``allow_foreign`` off. Warnings: ``phone.`` foreign_allowed,
    mexico_one, and nine_added with ``add_nine``, which takes an old Brazilian mobile with the digit it lacks. The
    last two come before foreign_allowed; that the number is foreign, its code shows.
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
        return Destination(None, problem=reading.problem)
    if number.country_code != phonenumbers.country_code_for_region(country):
        proposal = _digits(number)
        if not allow_foreign:
            return Destination(None, problem="phone.foreign", proposal=proposal)
        warning = warning or "phone.foreign_allowed"
    value = _digits(number)
    return Destination(value, value != text.strip(), None, warning, proposal)


def is_landline(value: str) -> bool:
    """Whether a number that ``normalise_phone`` gave is a fixed line and nothing else."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(f"+{value}")) == PhoneNumberType.FIXED_LINE
    except phonenumbers.NumberParseException:
        return False


def normalise_email(text: str, *, correct_typos: bool = False) -> Destination:
    """The e-mail address in ``text``: domain in lower case, local part as typed.

    Problems: ``email.malformed``, ``email.several``. Which addresses count: ``omni.core.email_address``. A domain one
    slip away from a large provider's is warned of (``email.typo``) with the proposal; ``correct_typos`` takes it
    (``email.typo_corrected``).
    """
    value, problem = read_address(text)
    if value is None:
        proposal = likely_address(text) if problem == "email.malformed" else None
        return Destination(None, problem=problem, proposal=proposal)
    local, _, domain = value.rpartition("@")
    meant = likely_domain(domain)
    if meant is None:
        return Destination(value, value != text.strip())
    proposal = f"{local}@{meant}"
    if correct_typos:
        return Destination(proposal, True, warning="email.typo_corrected", proposal=proposal)
    return Destination(value, value != text.strip(), warning="email.typo", proposal=proposal)


def _digits(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
