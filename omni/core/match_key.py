"""Keys that recognise a destination in any spelling: for the do-not-contact list, and for searches by an operator."""

from __future__ import annotations

import re
from typing import Final

OLD_AND_NEW_MOBILE: Final = r"^(55[0-9]{2})9([6-9][0-9]{7})$"
"""A Brazilian mobile number with its ninth digit; without the digit it is the same phone. Valid in re and in RE2."""
ARGENTINE_MOBILE: Final = r"^549([0-9]{10})$"
"""An Argentine mobile number as dialled from abroad; written without the 9 it is the same line. Valid in re and RE2."""
FORMER_MEXICAN: Final = r"^521([0-9]{10})$"
"""A Mexican mobile number as dialled from abroad until 2019; without the 1 it is the same line."""
SAME_LINE: Final = (
    ("55", OLD_AND_NEW_MOBILE, r"\1\2"),
    ("549", ARGENTINE_MOBILE, r"54\1"),
    ("521", FORMER_MEXICAN, r"52\1"),
)
"""Start of the numbers that a rule is about, the pattern of those that it changes, and their key."""
_RULES: Final = tuple((re.compile(pattern), kept) for _, pattern, kept in SAME_LINE)
_PHONE_MARKS: Final = re.compile(r"[\s()+./-]")


def match_key(destination: str) -> str:
    """Return the key of a normalised destination: E.164 digits, or an e-mail address in any letter case."""
    if "@" in destination:
        # Local parts are ASCII and domains are in lower case already; casefold would change letters that the column
        # version of this rule, done by Arrow, does not change.
        return destination.lower()
    for pattern, kept in _RULES:
        if found := pattern.fullmatch(destination):
            return found.expand(kept)
    return destination


def without_marks(search: str) -> str:
    """Return the digits of a whole or partial phone number without its marks; any other text is returned unchanged."""
    bare = _PHONE_MARKS.sub("", search)
    return bare if bare.isdecimal() else search
