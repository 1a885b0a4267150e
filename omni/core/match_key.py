"""By what a destination on the do-not-contact list is recognised, however it was written then or is now.

What somebody typed to find a destination, as destinations are kept.
"""

from __future__ import annotations

import re
from typing import Final

OLD_AND_NEW_MOBILE: Final = r"^(55[0-9]{2})9([6-9][0-9]{7})$"
"""A Brazilian mobile with its ninth digit; without it, it is the same phone. (The same in re and in RE2.)"""
_MOBILE: Final = re.compile(OLD_AND_NEW_MOBILE)


def match_key(destination: str) -> str:
    """The key of a normalised destination: E.164 digits, or an e-mail address in any letter case."""
    if "@" in destination:
        # Local parts are ASCII and domains in lower case already; casefold would change letters that Arrow leaves.
        return destination.lower()
    found = _MOBILE.fullmatch(destination)
    return found[1] + found[2] if found else destination


_PHONE_MARKS: Final = re.compile(r"[\s()+./-]")


def without_marks(search: str) -> str:
    """The digits of a phone, or part of one, in whatever dress; any other text as it is."""
    bare = _PHONE_MARKS.sub("", search)
    return bare if bare.isdecimal() else search
