"""Keys that recognise a destination in any spelling: for the do-not-contact list, and for searches by an operator."""

from __future__ import annotations

import re
from typing import Final

OLD_AND_NEW_MOBILE: Final = r"^(55[0-9]{2})9([6-9][0-9]{7})$"
"""A Brazilian mobile number with its ninth digit; without the digit it is the same phone. Valid in re and in RE2."""
_MOBILE: Final = re.compile(OLD_AND_NEW_MOBILE)
_PHONE_MARKS: Final = re.compile(r"[\s()+./-]")


def match_key(destination: str) -> str:
    """Return the key of a normalised destination: E.164 digits, or an e-mail address in any letter case."""
    if "@" in destination:
        # Local parts are ASCII and domains are in lower case already; casefold would change letters that the column
        # version of this rule, done by Arrow, does not change.
        return destination.lower()
    found = _MOBILE.fullmatch(destination)
    return found[1] + found[2] if found else destination


def without_marks(search: str) -> str:
    """Return the digits of a whole or partial phone number without its marks; any other text is returned unchanged."""
    bare = _PHONE_MARKS.sub("", search)
    return bare if bare.isdecimal() else search
