"""What a request was sent with, as far as an answer may echo it: correlationIds, destinations and step types."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import orjson

from omni.core.field_kind import kind_of_field
from omni.provider.payload import CORRELATION_KEY

_SCHEME: Final = re.compile(r"^[a-z]{2,12}:(?://)?")
_PHONE_SIGNS: Final = re.compile(r"[\s().+\-/]")
_LEAST_DIGITS: Final = 8
_MOST_DIGITS: Final = 15
_NATIONAL: Final = 10
"""Digits of a national number: a number echoed without its country code is recognised by these, its last ones."""
_LONGEST_PHONE: Final = 35
"""Characters of a written phone, so that a UUID is none at a glance."""
_LONGEST: Final = 320


class SentRequest:
    """A request as it was sent, for the number of its ``contacts``.

    ``body`` returns the bytes that were posted. It is called only for answers that may echo something, and not at all
    if it is None. ``correlation_ids`` are those its contacts were sent with, if the caller knows them. ``places`` has
    the place of each contact in ``body``, or -1 if it is no longer there. ``step_types`` are the types of the steps, if
    they are known without the body.
    """

    def __init__(
        self,
        contacts: int,
        body: Callable[[], bytes] | None = None,
        correlation_ids: Sequence[str | None] | None = None,
        places: Sequence[int] | None = None,
        step_types: Sequence[str] | None = None,
    ) -> None:
        self.contacts = contacts
        self._places = places
        self._body = body
        self._given = correlation_ids
        self._types = step_types

    @cached_property
    def carries_ids(self) -> bool:
        """Whether any contact was sent with a correlationId of its own."""
        if self._given is not None:
            return any(self._given)
        return self._body is not None and f'"{CORRELATION_KEY}"'.encode() in self._body()

    @cached_property
    def _content(self) -> Mapping[str, Any]:
        try:
            content = orjson.loads(self._body()) if self._body else {}
        except ValueError:
            content = {}
        return content if isinstance(content, dict) else {}

    @cached_property
    def infos(self) -> Sequence[Mapping[str, str]]:
        """The ``contactInfo`` of each contact, or nothing if the body is not known."""
        found = [contact.get("contactInfo", {}) for contact in self._content.get("contacts", [])]
        if self._places is not None:
            found = [found[at] if 0 <= at < len(found) else {} for at in self._places]
        return found if len(found) == self.contacts else []

    @cached_property
    def correlation_ids(self) -> Sequence[str | None]:
        """The correlationId that each contact was sent with, or None."""
        if self._given is not None:
            return self._given
        return [info.get(CORRELATION_KEY) for info in self.infos] or [None] * self.contacts

    @cached_property
    def step_types(self) -> Sequence[str]:
        """The type of each step; one step of an unknown type if the body is not known."""
        if self._types is not None:
            return self._types
        steps = self._content.get("template", {}).get("steps", [])
        return [str(step.get("type", "")) for step in steps] or [""]

    @cached_property
    def own_ids(self) -> Mapping[str, frozenset[int]]:
        """Positions of the contacts by the correlationId they were sent with."""
        return _positions((own, at) for at, own in enumerate(self.correlation_ids) if own)

    @cached_property
    def _addresses(self) -> tuple[Mapping[str, frozenset[int]], Mapping[str, frozenset[int]]]:
        """Positions by destination (digits, or e-mail in lower case), and by the last digits of a phone."""
        found = [
            (key, at)
            for at, info in enumerate(self.infos)
            for name, value in info.items()
            if kind_of_field(name) != "text" and (key := address_key(value))
        ]
        return _positions(found), _positions((key[-_NATIONAL:], at) for key, at in found if "@" not in key)

    def echoed(self, value: object) -> frozenset[int] | None:
        """Return the positions of the contacts that ``value`` may name, or None if it names none.

        It names a contact as its correlationId, or as one of its destinations in any notation.
        """
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        text = str(value)
        if not text or len(text) > _LONGEST:
            return None
        return self.own_ids.get(text) or self.at_address(text)

    def at_address(self, text: str) -> frozenset[int] | None:
        """Return the positions of the contacts with this destination, or None."""
        key = address_key(text)
        if not key or not self.infos:
            return None
        whole, endings = self._addresses
        found = whole.get(key)
        if found is None and "@" not in key and len(key) >= _NATIONAL:
            # A number without its country code: certain if it ends like a single one that was sent.
            found = endings.get(key[-_NATIONAL:])
        return found

    def with_info(self, among: frozenset[int], told: Mapping[str, object]) -> frozenset[int]:
        """Narrow positions down to the contacts whose whole ``contactInfo`` is repeated in ``told``, if there are any.

        This tells contacts with the same number apart.
        """
        if len(among) < 2 or not self.infos:
            return among
        exact = frozenset(at for at in among if all(told.get(key) == value for key, value in self.infos[at].items()))
        return exact or among


def address_key(text: str) -> str:
    """Return a phone as its digits, an e-mail address in lower case, and ``""`` for anything else."""
    if "@" not in text and (not _LEAST_DIGITS <= len(text) <= _LONGEST_PHONE or text.isalpha()):
        return ""
    bare = _SCHEME.sub("", text.strip().lower())
    local, at, _ = bare.partition("@")
    digits = _PHONE_SIGNS.sub("", local)
    if digits.isascii() and digits.isdigit() and _LEAST_DIGITS <= len(digits.lstrip("0")) <= _MOST_DIGITS:
        return digits.lstrip("0")  # a WhatsApp address names a number before its @
    return bare if at else ""


def _positions(found: Any) -> dict[str, frozenset[int]]:
    positions: defaultdict[str, set[int]] = defaultdict(set)
    for key, at in found:
        positions[key].add(at)
    return {key: frozenset(at) for key, at in positions.items()}
