"""Clean values for texts: without the blanks, controls and invisible characters that spreadsheets carry unseen.

They come from copied web pages, chats and word processors, and would be sent: a no-break or zero-width character makes
an SMS of 160 characters one of 70. The patterns are in the syntax that Python and RE2 share, so that
``omni.sheets.checking.text_column`` applies them to whole columns.
"""

from __future__ import annotations

import re
from typing import Final

LINE_BREAK: Final = r"\r\n|[\r\v\f\x{85}\x{2028}\x{2029}]"
INVISIBLE: Final = (
    r"[\x00-\x08\x0e-\x1f\x7f-\x{84}\x{86}-\x{9f}\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}"
    r"\x{180b}-\x{180e}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{206f}\x{3164}\x{feff}"
    r"\x{ffa0}\x{fff9}-\x{fffb}]"
)
"""Controls, soft hyphens, directional marks and zero-width characters, but no joiners: see ``JOINER``."""
JOINER: Final = r"[\x{200c}\x{200d}]"
"""Zero-width joiners, which belong to emoji (a family is several people joined) and to some scripts."""
_ALONE = r"\x00-\x{2ff}\x{2000}-\x{206f}\x{3000}"
LOOSE_JOINER: Final = rf"(^|[{_ALONE}]){JOINER}+|{JOINER}+([{_ALONE}]|$)"
"""Joiners beside a Latin letter, a digit, a blank or nothing: they join nothing."""
BLANKS: Final = r"[\t \x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{2800}\x{3000}]+"
BLANKS_AT_BREAK: Final = r" ?\n ?"
EMPTY_LINES: Final = r"\n{3,}"
NO_BREAK_HYPHEN: Final = "\u2011"
STEPS: Final = (
    (LINE_BREAK, "\n"),
    (INVISIBLE, ""),
    (LOOSE_JOINER, r"\1\2"),
    (NO_BREAK_HYPHEN, "-"),
    (BLANKS, " "),
    (BLANKS_AT_BREAK, "\n"),
    (EMPTY_LINES, "\n\n"),
)
"""Replacements in their order; the blanks and line breaks at both ends are removed after them."""


def python_pattern(pattern: str) -> str:
    """Return a pattern of this module for Python's ``re``, which writes ``\\x{2028}`` as ``\\u2028``."""
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: f"\\u{int(found[1], 16):04x}", pattern)


_COMPILED: Final = tuple((re.compile(python_pattern(pattern)), text) for pattern, text in STEPS)


def clean_text(value: str) -> str:
    """Return the value as it is inserted into texts.

    Invisible characters are removed, runs of blanks become one blank, line breaks become ``\\n`` and at most two of
    them follow each other, and nothing blank is left at either end. Joiners within emoji and scripts stay.
    """
    for pattern, text in _COMPILED:
        value = pattern.sub(text, value)
    return value.strip(" \n")


def in_one_line(value: str) -> str:
    """Return a clean value with a blank in place of line breaks, as SMS, calls and subjects need it."""
    return re.sub(r"\n+", " ", value)


def visible(value: str) -> str:
    """Return a cell with signs for what cannot be seen: ``·`` for blanks, ``↵`` for line breaks, ``▯`` for others."""
    for pattern, sign in _SIGNS:
        value = pattern.sub(sign, value)
    return value


_SIGNS: Final = tuple(
    (re.compile(python_pattern(pattern)), sign)
    for pattern, sign in (
        (LINE_BREAK + r"|\n", "↵"),
        (INVISIBLE, "▯"),
        (LOOSE_JOINER, r"\1▯\2"),
        (r"[\t\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{2800}\x{3000}]", "·"),
        (r"^ +| +$| {2,}", "·"),
    )
)
