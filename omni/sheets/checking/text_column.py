"""Whole columns of values for texts: cleaned, and repaired where letters were encoded twice or written for HTML.

``clean_texts`` equals ``omni.core.clean_text.clean_text``, value for value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.entities import name2codepoint
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.clean_text import STEPS
from omni.sheets.string_columns import SafeBytes, holds, on_threads, parts, rewrite_unsafe

# First bytes of the characters that are changed; those of accented letters in Latin script are not among them.
_SAFE: Final = SafeBytes.all_but(b"\xc2\xcd\xd8\xe1\xe2\xe3\xef")
_TWO_BLANKS: Final = "  "
# UTF-8 read as Windows-1252: the first byte becomes one of these letters, and every further byte one of the others.
_TWICE: Final = r"[ÂÃÄÅÆÐÑâãðï][\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[ÃÂ] |Ã$"
# A text that begins with an apostrophe: any, one that is no part of a name or a quotation, one around the text.
_MARKED: Final = r"^\s*'[^\s']"
_LONE: Final = r"^'(?:\p{Lu}|\d(?:$|\d?[.,/]|\d\d)|[$€+(])[^']*$"
_AROUND: Final = r"^'([^']+)'$"
_MOST: Final = 0.5
"""Share of the filled cells from which a column is marked."""
_ENTITY: Final = r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,7});"
_COMPILED_ENTITY: Final = re.compile(_ENTITY)
_ENTITY_NAMES: Final = frozenset({*name2codepoint, "apos"})
_MOST_LAYERS: Final = 3
"""Times that a text may have been written for HTML."""
LONGEST: Final = 2_000
"""Characters of a cell that is examined for damaged letters."""


def prepared_texts(cells: pa.StringArray, *, repair: bool, is_marked: bool) -> pa.StringArray:
    """Return the cells as ``texts_in`` would, in one line each."""
    if repair:
        cells = pc.coalesce(repaired_cells(cells), cells)
    return in_one_line(without_marks(clean_texts(cells), is_marked=is_marked))


def are_marked(column: pa.ChunkedArray) -> bool:
    """Tell whether most filled cells of a column begin with an apostrophe, which a program put before texts."""
    if not pc.any(pc.starts_with(column, "'")).as_py():
        return False
    marked: int = pc.sum(pc.match_substring_regex(column, _MARKED)).as_py()
    return marked > 0 and marked >= _MOST * pc.sum(pc.match_substring_regex(column, r"\S")).as_py()


def without_marks(texts: pa.StringArray, *, is_marked: bool) -> pa.StringArray:
    """Remove the apostrophe with which clean texts begin, or those around them.

    Unless the column ``is_marked``, only one before a capital or a number is removed: ``'t Hooft`` is a name, and
    ``'99`` a year.
    """
    if not pc.any(pc.starts_with(texts, "'")).as_py():
        return texts
    marked = pc.match_substring_regex(texts, _MARKED if is_marked else _LONE)
    some = pc.replace_substring_regex(texts.filter(marked), _AROUND, r"\1") if is_marked else texts.filter(marked)
    bare = pc.utf8_trim(pc.replace_substring_regex(some, "^'", ""), characters=" \n")
    return pc.replace_with_mask(texts, marked, bare)


def clean_texts(cells: pa.StringArray) -> pa.StringArray:
    """Clean each cell; nulls stay."""

    def cleaned(part: tuple[int, int]) -> pa.StringArray:
        texts, _ = rewrite_unsafe(cells.slice(*part), _SAFE, _cleaned)
        has_two = pc.fill_null(pc.match_substring(texts, _TWO_BLANKS), False)
        return (
            pc.replace_with_mask(texts, has_two, _cleaned(texts.filter(has_two))) if pc.any(has_two).as_py() else texts
        )

    done = on_threads(cleaned, parts(len(cells)))
    return done[0] if len(done) == 1 else pa.concat_arrays(done)


def _cleaned(cells: pa.StringArray) -> pa.StringArray:
    for pattern, text in STEPS:
        if pc.any(pc.match_substring_regex(cells, pattern)).as_py():
            cells = pc.replace_substring_regex(cells, pattern, text)
    return pc.utf8_trim(cells, characters=" \n")


def in_one_line(cells: pa.StringArray) -> pa.StringArray:
    """Replace the line breaks of clean texts by blanks."""
    if not pc.any(pc.match_substring(cells, "\n")).as_py():
        return cells
    return pc.replace_substring_regex(cells, r"\n+", " ")


def repaired_cells(cells: pa.StringArray) -> pa.StringArray:
    """Return each cell with damaged letters (encoded twice, or ``&eacute;``) as it was meant, null for all others."""
    if not holds(cells, "&"):
        return _by_distinct(cells, _TWICE, _encoded_once)
    unescaped = _by_distinct(cells, _ENTITY, _unescaped)
    return pc.coalesce(_by_distinct(pc.coalesce(unescaped, cells), _TWICE, _encoded_once), unescaped)


def _by_distinct(cells: pa.StringArray, pattern: str, meant: Callable[[str], str]) -> pa.StringArray:
    """Apply ``meant`` to the distinct cells with the pattern; null where nothing changes."""
    nothing = pa.nulls(len(cells), pa.string())
    suspicious = pc.and_(pc.match_substring_regex(cells, pattern), pc.less_equal(pc.utf8_length(cells), LONGEST))
    suspicious = pc.fill_null(suspicious, False)
    if not pc.any(suspicious).as_py():
        return nothing
    distinct = cells.filter(suspicious).dictionary_encode()
    pairs = [(text, meant(text)) for text in distinct.dictionary.to_pylist()]
    changed = [new if new != old else None for old, new in pairs]
    return pc.replace_with_mask(nothing, suspicious, pa.array(changed, pa.string()).take(distinct.indices))


def _encoded_once(text: str) -> str:
    from ftfy import fix_encoding

    return str(fix_encoding(text))


def _unescaped(text: str) -> str:
    """Return the text with the characters that its entities stand for, also if they were escaped again."""
    for _ in range(_MOST_LAYERS):
        text, before = _COMPILED_ENTITY.sub(lambda found: _character(found[0]), text), text
        if text == before:
            break
    return text


def _character(entity: str) -> str:
    """Return the character of an entity, or what stands there if HTML has none: ``AT&T;``.

    Programs that write names in capitals do so with entities, too: ``JOS&EACUTE;``.
    """
    name = entity[1:-1]
    if name[0] == "#":
        return unescape(entity)
    names = (name, name.capitalize(), name.lower()) if name.isupper() else (name,)
    known = next((each for each in names if each in _ENTITY_NAMES), None)
    return entity if known is None else unescape(f"&{known};")
