"""Detection of remote images in an e-mail, which the preview does not load."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_REMOTE: Final = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_REMOTE_IN_CSS: Final = re.compile(r"url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
_IMAGE_ATTRIBUTES: Final = frozenset({"src", "srcset", "background", "poster"})


class _Finder(HTMLParser):
    """Looks for remote addresses in image attributes, ``style`` attributes and ``style`` elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"
        for name, value in attrs:
            if name in _IMAGE_ATTRIBUTES and tag != "script":
                self.found |= any(_REMOTE.match(part) for part in (value or "").split(","))
            elif name == "style":
                self.found |= _REMOTE_IN_CSS.search(value or "") is not None

    def handle_data(self, data: str) -> None:
        if self._is_style:
            self.found |= _REMOTE_IN_CSS.search(data) is not None


def has_remote_images(html: str) -> bool:
    """Return whether an image, background or style in this HTML, well-formed or not, is on another host."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return finder.found
