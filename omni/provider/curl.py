"""``curl`` commands: one written for a request, and the body of a request found in one that was pasted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Final

from omni.errors import TemplateError

MASK: Final = "********"
LONGEST_ARGUMENT: Final = 100_000
"""Bytes of body that are still put on the command line: Linux accepts 128 KiB per argument."""

_COMMAND = re.compile(r"^[ \t]*(?:[$>#%][ \t]+)?curl(?:\.exe)?(?=[\s\\^])", re.MULTILINE)
_PIECE = re.compile(
    r"""(?P<space>(?:\s|\\\r?\n)+)
      | '(?P<single>[^']*)(?:'|\Z)
      | \$'(?P<ansi>(?:[^'\\]|\\.)*)(?:'|\Z)
      | "(?P<double>(?:[^"\\]|\\.)*)(?:"|\Z)
      | (?P<plain>(?:[^\s'"\\$]|\\.|\$(?!')|\\\Z)+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = {
    "plain": re.compile(r"\\(.)", re.DOTALL),
    "double": re.compile(r'\\([$`"\\\n])'),
    "ansi": re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)", re.DOTALL),
}
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_DATA = re.compile(r"(-d|--(?:data|data-raw|data-binary|data-ascii|json)(?:=|\Z))(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command line without its quotes.

    ``_marks`` are (place in the text, place in the source), which locate an error in the pasted command.
    """

    text: str
    _marks: tuple[tuple[int, int], ...]

    def source(self, place: int) -> int:
        """Return the place in the command of the character at ``place`` of the word."""
        mark, source = self._marks[max(0, bisect_right(self._marks, (place, 1 << 62)) - 1)]
        return source + place - mark

    def cut(self, start: int) -> Word:
        """Return the word without its first ``start`` characters."""
        rest = [(place - start, source) for place, source in self._marks if place > start]
        return Word(self.text[start:], ((0, self.source(start)), *rest))


def curl_command(endpoint: str, body: bytes, *, username: str, body_file: str = "request.json") -> str:
    """Write the POST as a command for a POSIX shell; it works once the mask is replaced by the token.

    A body over 100,000 bytes does not fit on a command line: the command then reads it from ``body_file``.
    """
    data = f"--data-raw {quote(body.decode())}"
    if len(body) > LONGEST_ARGUMENT:
        data = f"--data-binary {quote('@' + body_file)}"
    return " \\\n  ".join(
        (
            "curl --request POST",
            f"--url {quote(endpoint)}",
            f"--header {quote('UserName: ' + username)}",
            f"--header {quote('AuthenticationToken: ' + MASK)}",
            "--header 'Content-Type: application/json'",
            data,
        )
    )


def body_of(text: str) -> Word | None:
    """Return the JSON that the first ``curl`` command in ``text`` posts, or None if it posts none.

    Raises ``TemplateError`` ``template.curl_file`` {file} if the command reads it from a file.
    """
    command = _COMMAND.search(text)
    words = _words(text, command.end()) if command else iter(())
    for word in words:
        option = _DATA.fullmatch(word.text)
        if option is None:
            continue
        data = word.cut(option.start(2)) if option[2] else next(words, None)
        if data is not None and data.text.startswith("@"):
            raise TemplateError("template.curl_file", file=data.text[1:])
        if data is not None and data.text.lstrip().startswith(("{", "[")):
            return data
    return None


def _words(text: str, start: int) -> Iterator[Word]:
    """Yield the words of a command line as a POSIX shell reads them; a quote left open ends with the text."""
    parts: list[str] = []
    marks: list[tuple[int, int]] = []
    length = 0
    for piece in _PIECE.finditer(text, start):
        kind = piece.lastgroup or ""
        if kind == "space":
            if marks:
                yield Word("".join(parts), tuple(marks))
            parts, marks, length = [], [], 0
            continue
        for source, run in _runs(kind, piece[kind], piece.start(kind)):
            parts.append(run)
            marks.append((length, source))
            length += len(run)
    if marks:
        yield Word("".join(parts), tuple(marks))


def _runs(kind: str, quoted: str, source: int) -> Iterator[tuple[int, str]]:
    """Yield a quoted part with its escapes undone, as runs of (place in the source, text)."""
    done = 0
    for escape in _ESCAPE[kind].finditer(quoted) if kind in _ESCAPE else ():
        if escape.start() > done:
            yield source + done, quoted[done : escape.start()]
        yield source + escape.start(), _unescaped(kind, escape[1])
        done = escape.end()
    if done < len(quoted) or not quoted:
        yield source + done, quoted[done:]


def _unescaped(kind: str, escaped: str) -> str:
    if escaped == "\n":
        return ""
    if kind != "ansi":
        return escaped
    if escaped[0] in "xuU" and len(escaped) > 1:
        code = int(escaped[1:], 16)
    elif escaped[0] in "01234567":
        code = int(escaped, 8)
    else:
        return _ANSI.get(escaped, escaped)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
