"""What was probably meant by an address that is a slip away from a large provider's, or from being one at all.

A slip is one edit in the provider's name, one in what follows it, or both: a letter left out, put in, changed, or
swapped with the next. Nothing is said of a domain that is itself a provider's, nor where another real name is as
likely: short names and ordinary words must be right, and only an ending that does not exist is questioned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase, digits
from typing import Final

import phonenumbers

from omni.core.email_address import read_address

_SOLE: Final = {"gmail": "com", "icloud": "com"}
"""Names with one address the world over: whatever follows them else is a slip."""
_SINGULAR: Final = {
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
"""Names that nothing else is called: one edit away from them is a slip."""
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
_ENDINGS: Final = (
    "com", "com.br", "com.ar", "com.mx", "com.co", "com.pe", "com.ve", "com.uy", "net", "net.mx", "net.co",
)  # fmt: skip
_MISTAKEN_FOR_COM: Final = frozenset({"co", "cm", "om", "cam"})
"""Endings that exist and after a singular name are slips all the same."""
_REAL: Final = frozenset({
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "app", "dev", "cam", "eu", "uk",
})  # fmt: skip
_NOT_A_NAME: Final = frozenset({"cloud"})
_LETTERS: Final = ascii_lowercase + digits + "-"


def likely_domain(domain: str) -> str | None:
    """The large provider whose domain was probably meant; None for a provider's own, and for one like no other."""
    if domain in _providers():
        return None
    if whole := _run_together().get(domain):
        return whole
    name, _, ending = domain.partition(".")
    if name in _SOLE and ending.count(".") < 2:
        return f"{name}.{_SOLE[name]}"
    for meant in _names().get(name, ()):
        if ending in _offered(meant):
            return f"{meant}.{ending}"
        if meant in _SOLE and ending == "com.br":
            return f"{meant}.com"
        for right in _endings().get(ending, ()):
            if right in _offered(meant) and (meant not in _ORDINARY or not _exists(ending)):
                return f"{meant}.{right}"
    return None


def likely_address(text: str) -> str | None:
    """The address that a malformed one becomes by one plain repair: a comma for a point, blanks around
    signs, a sign too many."""
    bare = text.strip()
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


def _offered(name: str) -> list[str]:
    """The endings under which the provider gives addresses, the commonest first."""
    return (_SOLE.get(name) or _SINGULAR.get(name) or _ORDINARY[name]).split()


def _exists(ending: str) -> bool:
    last = ending.rpartition(".")[2]
    return last in _REAL or (last.upper() in phonenumbers.SUPPORTED_REGIONS and ending[-3:] != ".br")


@cache
def _providers() -> frozenset[str]:
    names = (*_SOLE, *_SINGULAR, *_ORDINARY)
    return frozenset(f"{name}.{ending}" for name in names for ending in _offered(name))


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """A name, right or one edit away, to the providers it may be; where an edit hits two names, to neither."""
    right = {name: (name,) for name in (*_SOLE, *_SINGULAR, *_ORDINARY)}
    slips: dict[str, tuple[str, ...]] = {}
    for name in (*_SOLE, *_SINGULAR):
        for slip in _one_edit_away(name):
            # People seldom miss the first letter for another one; «jmail» is a name of its own.
            if slip[:1] == name[:1] or slip in (name[1:], name[1] + name[0] + name[2:]):
                slips[slip] = (*slips.get(slip, ()), name)
    sure = {slip: names for slip, names in slips.items() if len(set(names)) == 1 and slip not in _NOT_A_NAME}
    return sure | right


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """An ending one edit away from a right one to those it may be."""
    found: dict[str, tuple[str, ...]] = {}
    for right in _ENDINGS:
        for slip in _one_edit_away(right):
            is_other = _exists(slip) and slip not in _MISTAKEN_FOR_COM
            if slip not in _ENDINGS and not is_other:
                found[slip] = (*found.get(slip, ()), right)
    return found


@cache
def _run_together() -> dict[str, str]:
    """``gmailcom``: a provider's domain without its dots."""
    singular = [f"{name}.{ending}" for name in (*_SOLE, *_SINGULAR) for ending in _offered(name)]
    return {slip: domain for domain in singular for slip in (domain.replace(".", ""), domain.replace(".", "", 1))}


def _one_edit_away(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS if letter != tail[0])
        if len(tail) > 1 and tail[0] != tail[1]:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in _LETTERS)
