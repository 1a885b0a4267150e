"""Answers as values: JSON in any encoding, JSON within a string, lines of JSON, a bare id, and answers cut short.

``read`` never fails. What cannot be read as JSON to its end is read up to the first fault, and ids that stand behind it
are returned by their looks.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from omni.provider.answer_names import UUID, looks_like_id

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_STRINGS_WITHIN: Final = 3
_MOST_LINES: Final = 10_000
_TOKEN: Final = re.compile(
    r"[\s]*(?:(?P<sign>[{}\[\],:])"
    r'|"(?P<text>(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+)"'
    r"|(?P<number>-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)(?=[\s,\]}])"
    r"|(?P<word>true|false|null)(?=[\s,\]}]))"
)
_BEHIND: Final = re.compile(rf"(?<![0-9A-Za-z-])(?:{UUID})(?![0-9A-Za-z-])")
_INEXACT: Final = re.compile(r"[:\[,]\s*-?\d+(?:[.eE]|\d{19})")
"""A number that a float, or orjson's integers, may not hold to the last digit; it may be an id."""
_MOST_BEHIND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer as a value.

    ``is_whole`` is False if it breaks off or is not JSON; ``behind`` are then the ids, in order, that follow the part
    that could be read.
    """

    value: object
    is_whole: bool = True
    behind: tuple[str, ...] = ()


def read(raw: bytes) -> ReadAnswer:
    """Read an answer. Numbers with a fraction or with more than 19 digits become strings, digit for digit."""
    text = _decoded(raw)
    try:
        return ReadAnswer(within(_loaded(text)))
    except (ValueError, RecursionError):
        pass
    bare = text.strip()
    lines = bare.split("\n", _MOST_LINES)
    if 1 < len(lines) <= _MOST_LINES:
        try:
            return ReadAnswer([_loaded(line) for line in lines if line.strip()])
        except (ValueError, RecursionError):
            pass
    words = [word.strip(" \r\t,;\"'") for word in lines if word.strip()]
    if words and all(looks_like_id(word) for word in words):
        return ReadAnswer(words[0] if len(words) == 1 else words)
    value, end, is_whole = _prefix(text)
    if is_whole:
        return ReadAnswer(value)
    behind = tuple(found[0] for _, found in zip(range(_MOST_BEHIND), _BEHIND.finditer(text, end), strict=False))
    return ReadAnswer(value, is_whole=False, behind=behind)


def _decoded(raw: bytes) -> str:
    """Decode as UTF-8, UTF-16 (by its mark or its zeros), or else Windows-1252."""
    if raw.startswith(_UTF16):
        return raw.decode("utf-16", "replace")
    if len(raw) > 3 and 0 in raw[:4]:
        return raw.decode(json.detect_encoding(raw[:4]), "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("cp1252", "replace")


def _loaded(text: str) -> object:
    """Parse JSON. Raises ``ValueError`` or ``RecursionError``."""
    value: object = orjson.loads(text)
    if _INEXACT.search(text):
        value = json.loads(text, parse_float=str, parse_int=_whole)
    return value


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def within(value: object) -> object:
    """Parse JSON that was sent as a string; return any other value as it is."""
    for _ in range(_STRINGS_WITHIN):
        if not (isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"')):
            break
        try:
            value = _loaded(value)
        except (ValueError, RecursionError):
            break
    return value


def _prefix(text: str) -> tuple[object, int, bool]:
    """Read JSON of any depth up to its first fault: the value so far, where it ends, and whether that is the end."""
    root: list[Any] = []
    open_now: list[Any] = [root]
    names: list[str | None] = [None]
    expects_value, place = True, 0
    while found := _TOKEN.match(text, place):
        sign, kind = found["sign"], found.lastgroup
        inside = open_now[-1]
        if len(open_now) == 1 and root:
            break
        if sign == ",":
            if expects_value or len(open_now) == 1:
                break
            expects_value = True
        elif sign == ":":
            break
        elif sign in ("}", "]"):
            if inside is root or isinstance(inside, dict) != (sign == "}") or (expects_value and inside):
                break
            open_now.pop()
            names.pop()
            expects_value = False
        else:
            if not expects_value:
                break
            name: str | None = None
            if isinstance(inside, dict):
                colon = _TOKEN.match(text, found.end()) if kind == "text" else None
                if colon is None or colon["sign"] != ":":
                    break
                name = _unescaped(found["text"])
                found = _TOKEN.match(text, colon.end())
                if found is None or (found["sign"] or "{") not in "{[":
                    place = colon.end()
                    break
                sign, kind = found["sign"], found.lastgroup
            value = _value(found, sign, kind)
            if name is None:
                inside.append(value)
            else:
                inside[name] = value
            if sign:
                open_now.append(value)
                names.append(name)
            expects_value = bool(sign)
        place = found.end()
    is_whole = bool(root) and len(open_now) == 1 and not text[place:].strip()
    return (root[0] if root else None), place, is_whole


def _value(found: re.Match[str], sign: str | None, kind: str | None) -> Any:
    if sign:
        return {} if sign == "{" else []
    if kind == "text":
        return _unescaped(found["text"])
    if kind == "number":
        return found["number"]
    return {"true": True, "false": False}.get(found["word"])


def _unescaped(text: str) -> str:
    return str(json.loads(f'"{text}"')) if "\\" in text else text
