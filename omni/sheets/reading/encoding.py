"""Detection of a text file's encoding, and conversion of its bytes to UTF-8.

A file may mix two encodings: a program appends lines to a file that another one wrote, or joins columns of two sources.
Where both UTF-8 and other bytes occur, each letter is read in its own encoding.
"""

from __future__ import annotations

import codecs
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
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
# Second bytes of letters in UTF-8 that are blanks, quotes or dashes in Windows-1252, so «Ã» before them is doubtful.
_DOUBTFUL_SECONDS: Final = frozenset(b"\x91\x92\x93\x94\x96\x97\xa0")
_FEW: Final = 0.1
"""Share of UTF-8 letters among all, below which doubtful ones do not show that a file is mixed."""
_LEAST_PLAUSIBLE: Final = 0.9
"""Share of frequent letters among the UTF-8 sequences of a mixed file; elsewhere such bytes occur by chance."""
_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_TO_REMEMBER: Final = 1_000
"""Most rows of another encoding whose numbers are kept."""
_NAMES: Final = {"cp1252": "windows-1252", "mac_roman": "mac-roman", "utf_8": "utf-8", "utf-8-sig": "utf-8"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file as UTF-8 without byte-order mark, and the name of its encoding for display.

    In a file of two encodings, ``encoding`` is the one of most lines, ``other`` the second one, ``odd_lines`` counts
    the lines in it, and ``odd_rows`` are the first of their numbers, as a spreadsheet program counts rows.
    """

    text: bytes
    encoding: str
    other: str | None = None
    odd_lines: int = 0
    odd_rows: tuple[int, ...] = ()


def as_utf8(data: bytes, wanted: str | None = None) -> Decoded:
    """Convert ``data`` to UTF-8.

    With ``wanted`` that encoding is used instead of detecting one. Raises ``SheetError`` when it is unknown or does not
    fit, and for zero bytes, which no text contains.
    """
    body, encoding = _without_mark(data, wanted)
    is_marked = wanted is None and encoding is not None
    if encoding == "utf-8" and is_marked and not _fits(body, encoding) and _is_mixed(body):
        encoding = None
    if encoding is None:
        if _fits(body, "utf-8"):
            encoding = "utf-8"
        elif _is_mixed(body):
            return _mixed(body)
        else:
            encoding = _single_byte(body)
    elif not _fits(body, encoding):
        raise SheetError("file.encoding", encoding=_display_name(encoding))
    text = body if encoding == "utf-8" else _recoded(body, encoding)
    return Decoded(_without_zeros(text), _display_name(encoding))


def _without_zeros(text: bytes) -> bytes:
    """Return the text. Raises ``SheetError`` for zero bytes."""
    if b"\0" in text:
        raise SheetError("file.binary")
    return text


def _is_mixed(data: bytes) -> bool:
    """Tell whether a file that is not UTF-8 has letters in UTF-8 beside others in Windows-1252.

    Letters that are doubtful, because Windows-1252 would read them as «Ã» before a quote, count only where there are
    many others.
    """
    found = Counter(_SEQUENCE.findall(data))
    in_utf8 = sum(n for sequence, n in found.items() if _is_frequent(sequence))
    certain = sum(n for sequence, n in found.items() if _is_frequent(sequence) and not _is_doubtful(sequence))
    if in_utf8 < _LEAST_PLAUSIBLE * found.total() or not in_utf8:
        return False
    others = Counter(_SEQUENCE.sub(b"", data).translate(None, bytes(range(128))))
    fits = sum(n * _weight(byte, _USUAL) for byte, n in others.items())
    if fits < 0.5 * others.total():
        return False
    return certain > 0 or in_utf8 >= _FEW * others.total()


def _is_frequent(sequence: bytes) -> bool:
    char = sequence.decode("utf-8", "replace")
    # Four bytes are an emoji; the rest is found in texts of a phone or a word processor.
    return char in _LETTERS or len(sequence) == 4 or char in "€…•—’‘\u200b\u200d\u200e\ufe0f\ufeff"


def _is_doubtful(sequence: bytes) -> bool:
    return len(sequence) == 2 and sequence[1] in _DOUBTFUL_SECONDS


def _mixed(data: bytes) -> Decoded:
    """Read each letter of a file in its own encoding: valid UTF-8 as such, other bytes as Windows-1252."""
    text = data.decode("utf-8", _FALLBACK).encode("utf-8", "replace")
    utf8: list[int] = []
    others: list[int] = []
    row, is_open = 1, False
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            (utf8 if _fits(line, "utf-8") else others).append(row)
        is_open ^= bool(line.count(b'"') % 2)
        row += not is_open
    odd, names = (others, ("utf-8", _USUAL)) if len(utf8) >= len(others) else (utf8, (_USUAL, "utf-8"))
    rows = tuple(dict.fromkeys(odd))[:_TO_REMEMBER]
    return Decoded(_without_zeros(text), _display_name(names[0]), _display_name(names[1]), len(odd), rows)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that are not UTF-8; for the five that Windows-1252 leaves open, the C1 control of that value."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_letter(byte) for byte in wrong), error.end


def _letter(byte: int) -> str:
    letter = bytes([byte])
    return letter.decode(_USUAL, "ignore") or letter.decode("latin-1")


_FALLBACK: Final = "omni.windows-1252"
codecs.register_error(_FALLBACK, _as_windows_1252)


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
