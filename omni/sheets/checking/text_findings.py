"""Values of a column as texts use them, with findings about damaged letters: encoded twice, or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.checking.findings import findings_about
from omni.sheets.checking.text_column import LONGEST, are_marked, clean_texts, repaired_cells, without_marks
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask, holds, one_chunk

ENCODED_TWICE: Final = "text.encoded_twice"
"""Code of the warning about letters that were encoded twice («JosÃ©»), or for HTML («Jos&eacute;»), with the repaired
text as a proposal."""
REPAIRED: Final = "text.repaired"
"""Code of the report about such a text that was repaired because the operator agreed."""
LETTERS_LOST: Final = "text.letters_lost"
"""Code of the warning about letters that became a question mark or U+FFFD, or half of themselves; nothing can bring
them back."""

_REPLACED: Final = r"\x{fffd}"
# A question mark within a word, or at the end of one in a cell of words with capitals, such as names of people and
# cities. Links keep theirs: «/?id=1».
_LOST: Final = (
    r"^[^/=@]*\pL\?+\pL[^/=@]*$|"
    r"^(?:\p{Lu}[\pL'’.-]*\?*|d[aeiou]s?|del|la|las|los|e|y|\?[\pL]+)"
    r"(?: (?:\p{Lu}[\pL'’.-]*\?*|d[aeiou]s?|del|la|las|los|e|y|\?[\pL]+))*$"
)
# A letter that was encoded twice and lost its second byte, which Windows-1252 does not have: «Ãngela» for «Ángela»,
# «GARCÃA» for «GARCÍA». No word begins so but «Ão».
_HALVED: Final = r"(?:^|[^\pL\pM])Ã[A-NP-Za-np-zÁÉÍÓÚÂÊÔÇÑáéíóúâêôçñ]|\p{Lu}ÃA"
_HONEST: Final = 0.2
"""Share of the cells with a question mark from which a column holds questions rather than damaged names."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The values of a column as they are inserted into texts.

    ``tidied`` marks the cells in which blanks, invisible characters or an apostrophe in front were changed. ``damaged``
    has the findings about damaged letters, in the form of ``SCHEMA``.
    """

    values: pa.ChunkedArray
    tidied: Mask
    damaged: pa.Table

    @property
    def is_changed(self) -> bool:
        """True if any value differs from its cell."""
        return bool(self.tidied.any()) or REPAIRED in self.damaged.column("code").unique().to_pylist()


def texts_in(sheet: Sheet, header: str, name: str, *, repair: bool) -> Texts:
    """Prepare a column of the sheet for the texts that use it as ``name``; with ``repair``, undo double encoding."""
    column = sheet.table.column(header)
    cells = one_chunk(column)
    proposals = repaired_cells(cells)
    is_twice = np.asarray(pc.is_valid(proposals))
    mended = pc.coalesce(proposals, cells) if repair and is_twice.any() else cells
    is_marked = are_marked(column)
    values = without_marks(clean_texts(mended), is_marked=is_marked)
    tidied = np.asarray(pc.not_equal(values, mended))
    code = REPAIRED if repair else ENCODED_TWICE
    meant = without_marks(clean_texts(proposals.filter(pa.array(is_twice))), is_marked=is_marked)
    twice = findings_about(sheet, is_twice, cells, code=code, header=header, field=name, proposals=meant)
    is_lost = (_lost(values) & ~(is_twice & repair)) | (_halved(values) & ~is_twice)
    lost = findings_about(sheet, is_lost, cells, code=LETTERS_LOST, header=header, field=name)
    return Texts(pa.chunked_array([values]), tidied, pa.concat_tables([twice, lost]))


def _lost(texts: pa.StringArray) -> Mask:
    """Mark texts with letters that became U+FFFD, or a question mark in a column of names."""
    replaced = pc.match_substring_regex(texts, _REPLACED)
    asks = pc.match_substring(texts, "?")
    lost = np.zeros(len(texts), np.bool_)
    if n := pc.sum(asks).as_py():
        short = pc.less_equal(pc.utf8_length(texts), LONGEST)
        lost = np.asarray(pc.and_(pc.and_(asks, short), pc.match_substring_regex(texts, _LOST)))
        within = np.asarray(pc.match_substring_regex(texts, r"\pL\?+\pL"))
        filled = pc.sum(pc.not_equal(texts, "")).as_py()
        if filled > 10 and n > filled * _HONEST and not within.any():
            lost = np.zeros(len(texts), np.bool_)
    found: Mask = lost | np.asarray(replaced)
    return found


def _halved(texts: pa.StringArray) -> Mask:
    """Mark texts with the first half of a letter that was encoded twice."""
    if not holds(texts, "Ã"):
        return np.zeros(len(texts), np.bool_)
    short = pc.less_equal(pc.utf8_length(texts), LONGEST)
    found: Mask = np.asarray(pc.and_(short, pc.match_substring_regex(texts, _HALVED)))
    return found


def sample_of(texts: Texts, sheet: Sheet, header: str, most: int) -> list[tuple[int, str, str]]:
    """Return the first tidied cells of a column: row number, text in the sheet, text as it is sent."""
    places = pa.array(np.flatnonzero(texts.tidied)[:most])
    before, after = sheet.table.column(header).take(places), texts.values.take(places)
    rows = sheet.rows.take(places)
    return list(zip(rows.to_pylist(), before.to_pylist(), after.to_pylist(), strict=True))
