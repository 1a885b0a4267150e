"""Number format codes (ECMA-376 part 1, 18.8.31) taken apart into sections and tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from omni.sheets.reading.sheet_language import locale_tag

TokenKind = Literal[
    "literal", "fill", "digit", "point", "comma", "percent", "exponent", "slash", "number", "general", "text",
    "year", "month", "minute", "day", "hour", "second", "fraction", "half", "elapsed", "era",
]  # fmt: skip
SectionKind = Literal["number", "date", "general", "text", "literal"]

_DATE_KINDS: Final = frozenset({"year", "month", "minute", "day", "hour", "second", "half", "elapsed"})
_LETTERS: Final[dict[str, TokenKind]] = {
    "y": "year",
    "e": "year",
    "m": "month",
    "d": "day",
    "h": "hour",
    "s": "second",
    "g": "era",
    "b": "era",
}
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*([-+]?\d+(?:\.\d*)?(?:[Ee][-+]?\d+)?)")
_ELAPSED: Final = re.compile(r"(h+|m+|s+)", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"\$([^-]*)(?:-(.*))?", re.DOTALL)
_HALF_OF_DAY: Final = re.compile(r"AM/PM|A/P", re.IGNORECASE)
_EXPONENT: Final = re.compile(r"E([+-])(?=[0#?])", re.IGNORECASE)
_SYSTEM: Final = {"f800": "date", "x-sysdate": "date", "f400": "time", "x-systime": "time"}
_MOST_SECTIONS: Final = 4
_LONGEST: Final = 1_000
"""Characters of a format code; Excel allows 255."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a section: a literal text, a placeholder for digits, or a part of a date."""

    kind: TokenKind
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of the parts that semicolons separate in a format code.

    ``condition`` is a comparison with a number. ``tag`` is the locale of its names, such as ``pt_BR``, or ``""``.
    ``system`` is set when the system's long date or time replaces the section.
    """

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None
    tag: str = ""
    system: Literal["", "date", "time"] = ""

    @property
    def kind(self) -> SectionKind:
        """The kind of value that the section shows; ``literal`` for one that shows only its own text."""
        kinds = {token.kind for token in self.tokens}
        if self.system or kinds & _DATE_KINDS:
            return "date"
        if "digit" in kinds:
            return "number"
        if "general" in kinds:
            return "general"
        return "text" if "text" in kinds else "literal"


def sections(code: str) -> tuple[Section, ...]:
    """Return the sections of a format code, four at most; those of General for a code that no program writes."""
    if len(code) > _LONGEST:
        code = "General"
    return tuple(_section(part) for part in _parts(code)[:_MOST_SECTIONS])


def _parts(code: str) -> list[str]:
    """Split a code at its semicolons, except those that are quoted, escaped, in brackets, or a width or a fill."""
    parts, start, at = [], 0, 0
    while at < len(code):
        char = code[at]
        if char in "\\_*":
            at += 2
        elif char in '"[':
            end = code.find('"' if char == '"' else "]", at + 1)
            at = len(code) if end < 0 else end + 1
        else:
            if char == ";":
                parts.append(code[start:at])
                start = at + 1
            at += 1
    parts.append(code[start:])
    return parts


def _section(code: str) -> Section:
    tokens: list[Token] = []
    condition: tuple[str, float] | None = None
    tag = system = ""
    at = 0
    while at < len(code):
        char = code[at]
        if char == '"':
            end = code.find('"', at + 1)
            end = len(code) if end < 0 else end
            tokens.append(Token("literal", code[at + 1 : end]))
            at = end + 1
        elif char == "\\":
            tokens.append(Token("literal", code[at + 1 : at + 2]))
            at += 2
        elif char == "_":
            tokens.append(Token("literal", " "))
            at += 2
        elif char == "*":
            tokens.append(Token("fill", code[at + 1 : at + 2]))
            at += 2
        elif char == "[":
            end = code.find("]", at)
            end = len(code) if end < 0 else end
            within = code[at + 1 : end]
            at = end + 1
            if compared := _CONDITION.fullmatch(within.strip()):
                condition = compared[1], float(compared[2])
            elif elapsed := _ELAPSED.fullmatch(within):
                tokens.append(Token("elapsed", elapsed[1].lower()))
            elif currency := _CURRENCY.fullmatch(within):
                tokens.append(Token("literal", currency[1]))
                given = (currency[2] or "").partition(",")[0]
                system = _SYSTEM.get(given.lower(), system)
                # The locale behind a currency's sign is the currency's, not that of any names.
                tag = tag if currency[1] else locale_tag(given) or tag
        else:
            token, at = _plain_token(code, at, tokens)
            tokens.append(token)
    marked = _with_fractions(_with_minutes(tokens))
    return Section(tuple(token for token in marked if token.text), condition, tag, system)  # type: ignore[arg-type]


def _plain_token(code: str, at: int, before: list[Token]) -> tuple[Token, int]:
    """Return the token that begins at a place outside of quotes and brackets, and the place behind it."""
    char = code[at]
    if code[at : at + 7].lower() == "general":
        return Token("general", "General"), at + 7
    if half := _HALF_OF_DAY.match(code, at):
        return Token("half", half[0]), half.end()
    has_digits = any(token.kind == "digit" for token in before)
    if has_digits and (exponent := _EXPONENT.match(code, at)):
        return Token("exponent", exponent[1]), exponent.end()
    if char in "0#?":
        return Token("digit", char), at + 1
    kind = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}.get(char)
    if kind:
        return Token(kind, char), at + 1  # type: ignore[arg-type]
    if char in "123456789":
        end = at
        while end < len(code) and code[end] in "0123456789":
            end += 1
        return Token("number", code[at:end]), end
    if char.lower() in _LETTERS:
        end = at
        while end < len(code) and code[end].lower() == char.lower():
            end += 1
        return Token(_LETTERS[char.lower()], code[at:end].lower()), end
    return Token("literal", char), at + 1


def _with_minutes(tokens: list[Token]) -> list[Token]:
    """Make minutes of an ``m`` or ``mm`` that follows hours or precedes seconds; any other one is a month."""
    found = list(tokens)
    parts = [at for at, token in enumerate(tokens) if token.kind in _DATE_KINDS - {"half"}]
    for place, at in enumerate(parts):
        token = tokens[at]
        if token.kind != "month" or len(token.text) > 2:
            continue
        before = tokens[parts[place - 1]] if place else None
        after = tokens[parts[place + 1]] if place + 1 < len(parts) else None
        follows_hours = before is not None and (
            before.kind == "hour" or (before.kind == "elapsed" and before.text[0] == "h")
        )
        precedes_seconds = after is not None and (
            after.kind == "second" or (after.kind == "elapsed" and after.text[0] == "s")
        )
        if follows_hours or precedes_seconds:
            found[at] = Token("minute", token.text)
    return found


def _with_fractions(tokens: list[Token]) -> list[Token]:
    """Make fractions of seconds of the zeros behind a point, in a section that shows a date or time."""
    if not any(token.kind in _DATE_KINDS for token in tokens):
        return tokens
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if token.kind == "digit" and last is not None and last.kind in ("point", "fraction"):
            digits = last.text if last.kind == "fraction" else ""
            found[-1] = Token("fraction", digits + "0")
        elif token.kind in ("digit", "number", "comma", "percent", "slash", "text", "general"):
            found.append(Token("literal", "" if token.kind in ("text", "general") else token.text))
        else:
            found.append(token)
    return [Token("literal", token.text) if token.kind == "point" else token for token in found]
