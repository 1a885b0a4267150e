"""Single tags of XML that others wrote, found without parsing: nothing is expanded, whatever the file declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

_ATTRIBUTE: Final = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes written in a tag, by their names without prefix."""
    return {
        name.rpartition(b":")[2].decode("ascii", "replace"): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def tags(xml: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of every tag of that name, with or without prefix, in the order of the text."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        xml = xml.decode("utf-16").encode("utf-8")
    for found in re.finditer(rb"<(?:[\w.-]+:)?%s((?:\s[^<]*)?)/?>" % name.encode("ascii"), xml):
        yield attributes(found[1])
