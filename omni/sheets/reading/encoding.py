"""Detection of a text file's encoding, and conversion of its bytes to UTF-8."""

from __future__ import annotations

import codecs
import string
from collections import Counter
from collections.abc import Iterator
from typing import Final

from omni.errors import SheetError

_BLOCK: Final = 2**20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Byte-order marks. UTF-32 comes before UTF-16, because its mark begins like that of UTF-16."""

_FOREIGN_SHARE: Final = 0.4
"""No language in Latin script has a larger share of accented letters among all letters."""

# Frequent characters of Brazilian and Latin American lists. Excel writes Windows-1252, so the encodings of DOS and old
# Macs are chosen only when they fit clearly better.
_LETTERS: Final = frozenset("áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑªº°“”‘’–\xa0")
# Those of them that Portuguese and Spanish do not use: «José» of an old Mac would read as «JosÄ» in cp850.
_RARE: Final = frozenset("äèëìîïòöùûÄÈËÌÎÏÒÖÙÛ")
_RARE_WEIGHT: Final = 0.9
_USUAL: Final = "cp1252"
_OLD: Final = ("cp850", "mac_roman")
_MARGIN: Final = 0.2
_NAMES: Final = {"cp1252": "windows-1252", "mac_roman": "mac-roman", "utf_8": "utf-8", "utf-8-sig": "utf-8"}


def as_utf8(data: bytes, wanted: str | None = None) -> tuple[bytes, str]:
    """Convert ``data`` to UTF-8 without byte-order mark; also return the name of its encoding for display.

    With ``wanted`` that encoding is used instead of detecting one. Raises ``SheetError`` when it is unknown or does not
    fit, and for zero bytes, which no text contains.
    """
    body, encoding = _without_mark(data, wanted)
    if encoding is None:
        encoding = "utf-8" if _fits(body, "utf-8") else _single_byte(body)
    elif not _fits(body, encoding):
        raise SheetError("file.encoding", encoding=_display_name(encoding))
    text = body if encoding == "utf-8" else _recoded(body, encoding)
    if b"\0" in text:
        raise SheetError("file.binary")
    return text, _display_name(encoding)


def _without_mark(data: bytes, wanted: str | None) -> tuple[bytes, str | None]:
    """Remove a byte-order mark; also return the encoding, if the mark, ``wanted`` or zero bytes determine it."""
    marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), None)
    if wanted is None:
        if marked:
            return data[len(marked[0]) :], marked[1]
        return data, _unmarked_utf16(data)
    try:
        name = codecs.lookup(wanted).name
    except LookupError as err:
        raise SheetError("file.encoding_unknown", encoding=wanted) from err
    if marked and name in (marked[1], marked[1][:6], "utf-8-sig"):
        return data[len(marked[0]) :], marked[1]
    return data, "utf-16-le" if name == "utf-16" else name


def _unmarked_utf16(data: bytes) -> str | None:
    head = data[: _BLOCK // 64 * 2]
    half = len(head) // 2
    if half >= 4 and head[1::2].count(0) > half * 0.7 and head[::2].count(0) == 0:
        return "utf-16-le"
    if half >= 4 and head[::2].count(0) > half * 0.7 and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _pieces(data: bytes, encoding: str) -> Iterator[str]:
    """Decode the text in pieces, so that a large file is never held as another copy. Raises ``UnicodeError``."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), _BLOCK):
        yield decoder.decode(data[start : start + _BLOCK])
    yield decoder.decode(b"", final=True)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        for _ in _pieces(data, encoding):
            pass
    except (ValueError, LookupError, TypeError):  # UnicodeError, and the errors of codecs that are not for text
        return False
    return True


def _recoded(data: bytes, encoding: str) -> bytes:
    return b"".join(piece.encode("utf-8", "replace") for piece in _pieces(data, encoding))


def _single_byte(data: bytes) -> str:
    """Choose the one-byte encoding that turns most non-ASCII bytes into letters; charset-normalizer if none does."""
    non_ascii = Counter(data.translate(None, bytes(range(128))))
    fits = {
        encoding: sum(count * _weight(byte, encoding) for byte, count in non_ascii.items()) / non_ascii.total()
        for encoding in (_USUAL, *_OLD)
    }
    best = max(_OLD, key=fits.__getitem__)
    chosen = best if fits[best] > fits[_USUAL] + _MARGIN else _USUAL
    letters = non_ascii.total() + len(data) - len(data.translate(None, string.ascii_letters.encode()))
    if fits[chosen] < 0.5 or (non_ascii.total() > 20 and non_ascii.total() > _FOREIGN_SHARE * letters):
        chosen = _statistical(data) or chosen
    return chosen if _fits(data, chosen) else "latin-1"


def _weight(byte: int, encoding: str) -> float:
    letter = bytes([byte]).decode(encoding, "ignore")
    return _RARE_WEIGHT if letter in _RARE else float(letter in _LETTERS)


def _statistical(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    lines = [line for line in data[: 16 * _BLOCK].splitlines() if not line.isascii()]
    found = from_bytes(b"\n".join(lines[:2000])).best()
    return found.encoding if found and _fits(data, found.encoding) else None


def _display_name(encoding: str) -> str:
    return _NAMES.get(encoding, encoding.replace("_", "-"))
