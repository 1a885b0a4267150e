"""Text files that are no tables with separators: each kind is refused by its name, with what to do instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from omni.errors import SheetError
from omni.sheets.reading.table_start import is_title, kind_of

_LINES: Final = 60
_KINDS: Final = (
    (re.compile(r"ID;P"), SheetError("file.other_spreadsheet", found="SYLK (.slk)")),
    (re.compile(r"TABLE\r?\n0\s*,\s*1\r?\n"), SheetError("file.other_spreadsheet", found="DIF (.dif)")),
    (re.compile(r"(?:#[^\n]*\n|version:[^\n]*\n|[ \t\r]*\n)*dn::? "), SheetError("file.address_book", found="LDIF")),
    (re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE), SheetError("file.not_a_sheet", found="iCalendar (.ics)")),
    (
        re.compile(r"(?:[A-Z][\w-]*: [^\n]*\n\s*)*MIME-Version: ", re.IGNORECASE),
        SheetError("file.not_a_sheet", found="MIME (.mht, .eml)"),
    ),
    (
        re.compile(r"(?:--[^\n]*\n|[ \t\r]*\n)*(?:INSERT INTO|CREATE TABLE) ", re.IGNORECASE),
        SheetError("file.not_a_sheet", found="SQL"),
    ),
    (re.compile(r"%!PS"), SheetError("file.not_a_sheet", found="PostScript")),
)  # fmt: skip
_MOMENT = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},? (?:às |a las )?\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?\s?m\.?)?"
# «[01/12/2026 09:00:01] Ana: oi» on iPhones, «01/12/2026 09:00 - Ana: oi» on Android.
_CHAT_LINE: Final = re.compile(rf"[\u200e\u200f]?(?:\[{_MOMENT}\] |{_MOMENT} - )", re.IGNORECASE)
_SIGN_BETWEEN: Final = re.compile(r"\s*[/\\&$=<>–—]+\s*|\s+-+\s+|\s*(?:->|=>|::)\s*")
_LONGEST_TITLES: Final = 1_000
_WIDE_GAP: Final = re.compile(r" {2,}")


def refuse_other_text(head: str) -> None:
    """Raise ``SheetError`` when a file that begins with ``head`` is of a kind that is no table."""
    begin = head[:4096].lstrip("\ufeff \t\r\n")
    for pattern, error in _KINDS:
        if pattern.match(begin):
            raise SheetError(error.code, **error.params)
    lines = [line for line in head[:65_536].splitlines()[:_LINES] if line.strip()]
    chat = sum(bool(_CHAT_LINE.match(line)) for line in lines)
    if lines and _CHAT_LINE.match(lines[0]) and 2 * chat >= len(lines):
        raise SheetError("file.chat")


def refuse_unseparated(head: str) -> None:
    """Raise ``SheetError`` when whole rows are in one cell each, apart by a sign that separates no columns.

    The first line shows it: it consists of titles, and most lines below have the sign between a contact and a text.
    """
    first, *lines = [line.strip() for line in head[:65_536].splitlines()[:_LINES] if line.strip()] or [""]
    signs = {found.group() for found in _SIGN_BETWEEN.finditer(first[:_LONGEST_TITLES])}
    if not lines or len(signs) != 1 or not all(map(is_title, _SIGN_BETWEEN.split(first))):
        return
    between = signs.pop()
    sign = between.strip()
    # A hyphen without blanks is part of a number.
    rows = [line.split(between if sign == "-" else sign) for line in lines]
    apart = sum({"contact", "text"} <= set(map(kind_of, row)) for row in rows if len(row) > 1)
    if 2 * apart > len(lines):
        raise SheetError("file.unseparated", sign=sign)


def refuse_fixed_width(head: str) -> None:
    """Raise ``SheetError`` when the columns of a file without separator are aligned by blanks."""
    lines = [line.rstrip() for line in head[:65_536].splitlines()[:_LINES] if line.strip()]
    if len(lines) > 1 and _has_aligned_columns(lines):
        raise SheetError("file.fixed_width")


def _has_aligned_columns(lines: Sequence[str]) -> bool:
    """Tell whether the second field begins or ends at the same place in nearly all lines, or all end at the same."""
    fields = [[found.span() for found in _WIDE_GAP.finditer(line.lstrip())] for line in lines]
    if len({len(line) for line in lines}) == 1 and len(lines) > 2 and sum(map(bool, fields)) > len(lines) / 2:
        return True
    if sum(map(bool, fields)) < 0.9 * len(lines):
        return False
    begins = [gaps[0][1] for gaps in fields if gaps]
    ends = [
        gaps[1][0] if len(gaps) > 1 else len(line.lstrip()) for gaps, line in zip(fields, lines, strict=True) if gaps
    ]
    gap_widths = {gaps[0][1] - gaps[0][0] for gaps in fields if gaps}
    is_aligned = any(sum(a == b for a, b in pairwise(places)) >= 0.8 * (len(places) - 1) for places in (begins, ends))
    return is_aligned and (len(gap_widths) > 1 or max(map(len, fields)) > 1)
