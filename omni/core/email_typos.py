"""Corrections for mistyped e-mail addresses: likely domains of large providers, and repairs of malformed addresses.

A slip is one edit in the provider's name, one edit in the ending after it, or both: a letter left out, added, changed,
or swapped with the next one. No correction is proposed for a domain that is itself a provider's, nor where another real
name is as likely: a name that is short or an ordinary word must be spelt right, and for those only an ending that does
not exist is corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase, digits
from typing import Final

import phonenumbers

from omni.core.email_address import LONGEST, read_address

_ONE_ENDING: Final = {"gmail": "com", "icloud": "com"}
"""Names with one ending in the whole world: any other ending is a slip."""
_DISTINCTIVE: Final = {
    "hotmail": "com com.br es fr it de nl be ca cl pt co.uk co.jp com.ar com.mx com.co com.pe com.ve com.tr",
    "yahoo": "com com.br com.ar com.mx com.co com.pe com.ve com.cl cl es fr it de ca in co.uk co.in co.jp pt com.au",
    "outlook": "com com.br es fr it de pt cl be com.ar com.mx com.pe com.co co.uk",
    "googlemail": "com",
    "protonmail": "com ch",
    "rocketmail": "com",
    "globomail": "com",
    "zipmail": "com.br",
    "superig": "com.br",
}
"""Distinctive names with their endings, commonest first: a name one edit away from one of them is a slip."""
_ORDINARY: Final = {
    "uol": "com.br com com.ar",
    "bol": "com.br com",
    "terra": "com.br com cl es com.ar com.mx com.co com.pe",
    "globo": "com",
    "ig": "com.br com",
    "oi": "com.br com",
    "r7": "com",
    "live": "com com.br com.ar com.mx cl com.pt co.uk fr it nl ca",
    "msn": "com",
    "aol": "com com.br",
    "me": "com",
    "mac": "com",
    "ymail": "com",
    "mail": "com",
    "email": "com",
    "gmx": "com net de",
    "prodigy": "net.mx",
    "fibertel": "com.ar",
    "arnet": "com.ar",
    "speedy": "com.ar",
    "adinet": "com.uy",
    "cantv": "net",
    "etb": "net.co",
}
"""Short names and ordinary words with their endings, commonest first: a name one edit away may be a real one."""
_ENDINGS: Final = (
    "com", "com.br", "com.ar", "com.mx", "com.co", "com.pe", "com.ve", "com.uy", "net", "net.mx", "net.co",
)  # fmt: skip
_MISTAKEN_FOR_COM: Final = frozenset({"co", "cm", "om", "cam"})
"""Endings that exist and are nevertheless slips after a distinctive name."""
_REAL_ENDINGS: Final = frozenset({
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "app", "dev", "cam", "eu", "uk",
})  # fmt: skip
_OTHER_NAMES: Final = frozenset({"cloud"})
"""Words one edit away from a distinctive name that are real names themselves."""
_LETTERS: Final = ascii_lowercase + digits + "-"


def likely_domain(domain: str) -> str | None:
    """Return the domain of the large provider that was probably intended.

    None for a provider's own domain, and for one that resembles none.
    """
    if domain in _providers():
        return None
    if whole := _without_dots().get(domain):
        return whole
    name, _, ending = domain.partition(".")
    if name in _ONE_ENDING and ending.count(".") < 2:
        return f"{name}.{_ONE_ENDING[name]}"
    for meant in _name_slips().get(name, ()):
        if ending in _endings_of(meant):
            return f"{meant}.{ending}"
        if meant in _ONE_ENDING and ending == "com.br":
            return f"{meant}.com"
        for right in _ending_slips().get(ending, ()):
            if right in _endings_of(meant) and (meant not in _ORDINARY or not _is_real_ending(ending)):
                return f"{meant}.{right}"
    return None


def likely_address(text: str) -> str | None:
    """Return the address that one simple repair makes of a malformed one, or None.

    Repairs: a comma or semicolon for a point, blanks around ``@`` and points, ``@`` or a point more than once, and the
    domain of ``likely_domain``. A text longer than the longest address is not repaired: the repairs take time quadratic
    in a run of blanks.
    """
    bare = text.strip()
    if len(bare) > LONGEST:
        return None
    for repaired in (
        re.sub(r"\s*([@.])\s*", r"\1", bare),
        bare.replace(",", ".").replace(";", "."),
        re.sub(r"@{2,}", "@", bare),
        re.sub(r"\.{2,}", ".", bare),
    ):
        if repaired != bare:
            value, _ = read_address(repaired)
            if value is not None and value.count("@") == 1:
                return value
    local, at, domain = bare.rpartition("@")
    provider = likely_domain(domain.lower())
    return read_address(f"{local}@{provider}")[0] if at and local and provider else None


def _endings_of(name: str) -> list[str]:
    """List the endings of a provider's addresses, commonest first."""
    return (_ONE_ENDING.get(name) or _DISTINCTIVE.get(name) or _ORDINARY[name]).split()


def _is_real_ending(ending: str) -> bool:
    last = ending.rpartition(".")[2]
    return last in _REAL_ENDINGS or (last.upper() in phonenumbers.SUPPORTED_REGIONS and ending[-3:] != ".br")


@cache
def _providers() -> frozenset[str]:
    names = (*_ONE_ENDING, *_DISTINCTIVE, *_ORDINARY)
    return frozenset(f"{name}.{ending}" for name in names for ending in _endings_of(name))


@cache
def _name_slips() -> dict[str, tuple[str, ...]]:
    """Map a name, right or one edit away, to the providers it may be; a name one edit away from two maps to none."""
    right = {name: (name,) for name in (*_ONE_ENDING, *_DISTINCTIVE, *_ORDINARY)}
    slips: dict[str, tuple[str, ...]] = {}
    for name in (*_ONE_ENDING, *_DISTINCTIVE):
        for slip in _one_edit_away(name):
            # Operators seldom mistype the first letter, and «jmail» is a name of its own.
            if slip[:1] == name[:1] or slip in (name[1:], name[1] + name[0] + name[2:]):
                slips[slip] = (*slips.get(slip, ()), name)
    unambiguous = {slip: names for slip, names in slips.items() if len(set(names)) == 1 and slip not in _OTHER_NAMES}
    return unambiguous | right


@cache
def _ending_slips() -> dict[str, tuple[str, ...]]:
    """Map an ending one edit away from a right one to the endings it may be."""
    found: dict[str, tuple[str, ...]] = {}
    for right in _ENDINGS:
        for slip in _one_edit_away(right):
            is_other = _is_real_ending(slip) and slip not in _MISTAKEN_FOR_COM
            if slip not in _ENDINGS and not is_other:
                found[slip] = (*found.get(slip, ()), right)
    return found


@cache
def _without_dots() -> dict[str, str]:
    """Map a distinctive provider's domain without its dots, or its first dot, to the domain: ``gmailcom``."""
    domains = [f"{name}.{ending}" for name in (*_ONE_ENDING, *_DISTINCTIVE) for ending in _endings_of(name)]
    return {slip: domain for domain in domains for slip in (domain.replace(".", ""), domain.replace(".", "", 1))}


def _one_edit_away(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS if letter != tail[0])
        if len(tail) > 1 and tail[0] != tail[1]:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in _LETTERS)
