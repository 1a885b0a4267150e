"""Search for the JSON in a pasted text: plain, after a byte order mark, in a ``curl`` command or amid other text."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Final

from omni.errors import TemplateError
from omni.provider.curl import Word, body_of

_CREDENTIALS = re.compile("authentication-?token", re.IGNORECASE)
_TRAILING: Final = " \t\r\n'\"`;,"
"""Characters after the JSON of a command that a selection by mouse often includes."""
_TRIES: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value found in a text.

    ``repeated_keys`` are keys that occurred more than once in one object, of which the last one counts.
    ``had_credentials`` means that a token was in the text around it.
    """

    value: object
    repeated_keys: tuple[str, ...]
    had_credentials: bool


class _Reader:
    """A JSON decoder that records repeated keys and changes no number."""

    def __init__(self) -> None:
        self.repeated: dict[str, None] = {}
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_int=self._integer)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        value = dict(pairs)
        if len(value) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.repeated[key] = None
                seen.add(key)
        return value

    @staticmethod
    def _integer(digits: str) -> int | float:
        # 64 bits have at most 20 digits. Infinity is refused later, when its place in the JSON is known.
        return int(digits) if len(digits) <= 20 else math.inf

    def read(self, text: str, start: int) -> tuple[object, int]:
        """Return the value that begins at ``start``, and its end. Raises ``TemplateError`` ``template.too_deep``."""
        try:
            value, end = self._decoder.raw_decode(text, start)
        except RecursionError as err:
            raise TemplateError("template.too_deep") from err
        return value, end


def find_json(text: str) -> Found:
    """Find the JSON value in ``text``.

    Raises ``TemplateError``: ``template.not_json`` {line, column_number, detail} with the place in ``text`` counted
    from 1; ``template.too_deep``; ``template.curl_file`` {file}.
    """
    text = text.removeprefix("\ufeff")
    begin = len(text) - len(text.lstrip())
    if text.startswith(("{", "["), begin):
        return _whole(text, begin)
    if body := body_of(text):
        return _posted(text, body)
    return _amid(text, begin)


def _whole(text: str, begin: int) -> Found:
    reader = _Reader()
    try:
        value, end = reader.read(text, begin)
    except json.JSONDecodeError as err:
        raise _not_json(text, err.pos, err.msg) from err
    if behind := text[end:].lstrip(_TRAILING):
        raise _not_json(text, len(text) - len(behind), "Extra data")
    return Found(value, tuple(reader.repeated), had_credentials=False)


def _posted(text: str, body: Word) -> Found:
    reader = _Reader()
    begin = len(body.text) - len(body.text.lstrip())
    try:
        value, end = reader.read(body.text, begin)
    except json.JSONDecodeError as err:
        raise _not_json(text, body.source(err.pos), err.msg) from err
    if behind := body.text[end:].strip():
        raise _not_json(text, body.source(body.text.index(behind, end)), "Extra data")
    return Found(value, tuple(reader.repeated), _CREDENTIALS.search(text) is not None)


def _amid(text: str, begin: int) -> Found:
    """Find the first object in ``text`` that may hold a template, and ignore the rest."""
    start = text.find("{")
    for _ in range(_TRIES):
        if start < 0:
            break
        reader = _Reader()
        try:
            value, _end = reader.read(text, start)
        except json.JSONDecodeError:
            pass
        else:
            if isinstance(value, dict) and value.keys() & {"template", "steps"}:
                return Found(value, tuple(reader.repeated), _CREDENTIALS.search(text) is not None)
        start = text.find("{", start + 1)
    raise _not_json(text, begin, "Expecting value")


def _not_json(text: str, place: int, detail: str) -> TemplateError:
    line = text.count("\n", 0, place) + 1
    return TemplateError(
        "template.not_json", line=line, column_number=place - text.rfind("\n", 0, place), detail=detail
    )
