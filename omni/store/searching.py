"""What somebody typed to find a destination, as destinations are kept."""

from __future__ import annotations

import re
from typing import Final

_PHONE_MARKS: Final = re.compile(r"[\s()+./-]")


def without_marks(search: str) -> str:
    """The digits of a phone, or part of one, in whatever dress; any other text as it is."""
    bare = _PHONE_MARKS.sub("", search)
    return bare if bare.isdecimal() else search
