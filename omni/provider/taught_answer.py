"""Where the ids are in the provider's answers, as an operator taught it: expressions in JMESPath.

``items`` finds the list of objects with the ids, ``batch`` the id of the request. ``id``, ``correlation`` and
``contact`` are read within each item: its id or ids, its correlationId, and what names its contact (a destination, a
correlationId that was sent, or a contactInfo).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property, lru_cache
from typing import Any, Final

import jmespath  # type: ignore[import-untyped]  # it publishes no types
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

from omni.errors import SettingsError
from omni.provider.answer_search import AnswerList, Item
from omni.provider.sent_request import SentRequest

LONGEST: Final = 500
"""Characters of an expression."""


@dataclass(frozen=True)
class TaughtAnswer:
    """Expressions that find the ids; ``""`` for what the answer does not have.

    Raises ``SettingsError``: ``answer.expression`` (with ``field``, ``value`` and ``detail``) for one that is not
    JMESPath, ``answer.id_missing`` without one for the id.
    """

    items: str = "@"
    id: str = ""
    batch: str = ""
    correlation: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            try:
                if len(value) > LONGEST:
                    raise ValueError
                if value:
                    jmespath.compile(value)
            except (JMESPathError, ValueError, RecursionError) as err:
                detail = " ".join(str(err).split("\\n")[0].split())
                raise SettingsError(
                    "answer.expression", field=field.name, value=value[:LONGEST], detail=detail[:LONGEST]
                ) from err
        if not self.id:
            raise SettingsError("answer.id_missing")

    @cached_property
    def _compiled(self) -> Mapping[str, Any]:
        return {name: jmespath.compile(value) for name, value in asdict(self).items() if value}

    def found_in(self, value: object, sent: SentRequest) -> list[Item] | None:
        """Return the ids in an answer as items, or None if the expressions find no id in it."""
        listed = self._search("items", value)
        if listed is None:
            return None
        entries = listed if isinstance(listed, list) else [listed]
        here = AnswerList("items", len(entries))
        found = [self._item(entry, here, at, sent) for at, entry in enumerate(entries)]
        if not any(item.ids for item in found):
            return None
        batch = [Item([("batch", text)], None, False, None, (), None, is_root=True) for text in _texts(
            self._search("batch", value)
        )]  # fmt: skip
        return [*batch, *found]

    def _item(self, entry: object, here: AnswerList, at: int, sent: SentRequest) -> Item:
        correlation = next(iter(_texts(self._search("correlation", entry))), None)
        named = self._search("contact", entry)
        told = named.values() if isinstance(named, dict) else named if isinstance(named, list) else [named]
        echoes = [echo for each in told if (echo := sent.echoed(each)) is not None]
        if correlation is not None and correlation in sent.own_ids:
            echoes = [sent.own_ids[correlation]]
        echo = frozenset.intersection(*echoes) if echoes else None
        if echo and isinstance(named, dict):
            echo = sent.with_info(echo, named)
        ids = [("id", text) for text in _texts(self._search("id", entry))]
        return Item(ids, correlation, False, echo, ((here, at),), None)

    def _search(self, name: str, value: object) -> object:
        expression = self._compiled.get(name)
        if expression is None:
            return None
        try:
            found: object = expression.search(value)
        except (JMESPathError, RecursionError, TypeError, ValueError, KeyError, AttributeError):
            # An expression may not fit an answer in another form.
            return None
        return found

    def as_json(self) -> str:
        """Return the expressions as JSON, without those that are empty."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)


def taught_from_json(text: str) -> TaughtAnswer:
    """Read what ``as_json`` wrote, or the value of ``OMNI_ANSWER``.

    Raises ``SettingsError``: ``answer.not_json``, ``answer.unknown_field``, and those of ``TaughtAnswer``.
    """
    try:
        given = json.loads(text)
    except ValueError as err:
        raise SettingsError("answer.not_json", value=text[:LONGEST]) from err
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise SettingsError("answer.not_json", value=text[:LONGEST])
    names = [field.name for field in fields(TaughtAnswer)]
    for name in given:
        if name not in names:
            raise SettingsError("answer.unknown_field", field=name, names=", ".join(names))
    return TaughtAnswer(**given)


@lru_cache(8)
def taught_of(text: str) -> TaughtAnswer | None:
    """Return what was taught, from the JSON that is kept; None for ``""``."""
    return taught_from_json(text) if text else None


def _texts(found: object) -> list[str]:
    """Return ids as texts; a list of them in its order."""
    if isinstance(found, list):
        return [text for each in found for text in _texts(each)]
    if isinstance(found, bool) or found is None or found == "":
        return []
    return [str(found)] if isinstance(found, str | int) else []
