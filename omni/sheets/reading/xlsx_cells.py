"""Typed cells of an xlsx: found in its XML a megabyte at a time, with whole arrays of places instead of cell by cell.

Cells as spreadsheet programs write them are found so; a tag that is written in an unusual way is read by itself. A
worksheet whose cells do not say where they are is read one cell after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.archive import attributes, place_of
from omni.sheets.reading.typed_cells import CellCollector, CellKind, Format, TypedCells, number_of

Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]

_PADDING: Final = b"\0" * 16
_MOST_LETTERS: Final = 3
_MOST_ROW_DIGITS: Final = 7
_MOST_STYLE_DIGITS: Final = 5
_LONGEST_CELL: Final = 2**20
_KEPT_DIGITS: Final = 15
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ROW_OR_CELL: Final = re.compile(rb"<(row|c)(?=[\s/>])([^>]*)>([^<]*(?:<(?!/?(?:c|row)[\s/>])[^<]*)*)")
"""Tag of a row or cell, and everything up to the next one."""
_VALUE: Final = re.compile(rb"<v(?:\s[^>]*)?>([^<]*)</v\s*>")
_FORMULA: Final = re.compile(rb"<f\b")
_TYPES: Final = {"n": b"n", "": b"n", "b": b"b", "e": b"e", "s": b"s", "str": b"s", "inlineStr": b"s", "d": b"d"}
_EXCEL_EPOCH: Final = np.datetime64("1899-12-30", "ms")
_DAY: Final = np.timedelta64(1, "D") / np.timedelta64(1, "ms")

PLAIN_FORMATS: Final[frozenset[Format]] = frozenset({0, 1, 49, "General", "0", "@", "GENERAL", "general"})
"""Formats that show all digits of a whole number and nothing else."""


class XlsxCells:
    """Collects the typed cells of one worksheet from its XML.

    ``formats`` are those of the styles by their numbers; ``changing_texts`` are the numbers of the styles whose format
    changes a text.
    """

    def __init__(self, formats: list[Format], changing_texts: frozenset[int], *, is_1904: bool = False) -> None:
        self._formats: list[Format] = formats or [0]
        self._is_plain = np.array([code in PLAIN_FORMATS for code in self._formats])
        self._changing = np.array([at in changing_texts for at in range(len(self._formats))])
        self._is_1904 = is_1904
        self._found = CellCollector(self._formats)
        self._rest = b""
        self._zeros = CellCollector([0])
        self._has_results = False
        self._is_unplaced = False

    def take(self, chunk: bytes) -> None:
        """Add the cells of a part of the XML that is cut behind a tag."""
        if self._is_unplaced:
            return
        whole, cell, rest = (self._rest + chunk).rpartition(b"<c ")
        if len(rest) > _LONGEST_CELL:
            whole, cell, rest = whole + cell + rest, b"", b""
        self._rest = cell + rest
        self._read(whole)

    def cells(self, all_chunks: Callable[[], Iterable[bytes]], *, recalculates: bool) -> TypedCells:
        """Return the cells, after the last part; ``all_chunks`` yields all parts again, if cells are without a place.

        ``recalculates`` tells that programs calculate the workbook when they open it: if the results of all formulas
        are then 0, none of them was ever calculated.
        """
        rest, self._rest = self._rest, b""
        if not self._is_unplaced:
            self._read(rest)
        if self._is_unplaced:
            self._read_in_order(all_chunks())
        found = self._found.cells(is_1904=self._is_1904)
        if recalculates and not self._has_results:
            zeros = self._zeros.cells().uncalculated
            joined = {
                column: np.union1d(found.uncalculated.get(column, rows[:0]), rows) for column, rows in zeros.items()
            }
            found = replace(found, uncalculated={**found.uncalculated, **joined})
        return found

    def _read_in_order(self, chunks: Iterable[bytes]) -> None:
        """Read a worksheet in which rows and cells follow the one before them."""
        self._found, self._zeros, self._has_results = CellCollector(self._formats), CellCollector([0]), False
        row, column = 0, -1
        for part in _whole_rows(chunks):
            for name, tag, content in _ROW_OR_CELL.findall(part):
                given = attributes(tag)
                if name == b"row":
                    row, column = int(given["r"]) if given.get("r", "").isdecimal() else row + 1, -1
                    continue
                place = _PLACE.fullmatch(given.get("r", ""))
                column = place_of(place[1].encode()) if place else column + 1
                self._add_one(column, int(place[2]) if place else row, given, content)

    def _read(self, xml: bytes) -> None:
        """Add the cells of XML that ends between two cells."""
        data = np.frombuffer(xml + _PADDING, np.uint8)
        tags = np.flatnonzero(data[: len(xml)] == ord("<"))
        second, third = data[tags + 1], data[tags + 2]
        is_cell = (second == ord("c")) & ((third == ord(" ")) | (third == ord(">")) | (third < ord(" ")))
        at = np.flatnonzero(is_cell)
        if not len(at):
            return
        tags = np.append(tags, [len(xml)] * 4)
        at = at[data[tags[at + 1] - 2] != ord("/")]  # without the empty cells, which have only a format
        starts, ends = tags[at], tags[at + 1] - 1
        cells = _Tags(data, starts, ends)
        odd = np.flatnonzero(~cells.is_usual)
        for place in odd.tolist():
            end = xml.find(b"</c", ends[place])
            following = int(tags[at[place + 1]]) if place + 1 < len(at) else len(xml)
            text = xml[starts[place] : following]
            head, _, content = text.partition(b">")
            given = attributes(head)
            found = _PLACE.fullmatch(given.get("r", ""))
            if found is None or end < 0:
                self._is_unplaced = True
                return
            self._add_one(place_of(found[1].encode()), int(found[2]), given, content)
        self._add_usual(data, tags, at, cells)

    def _add_usual(self, data: Bytes, tags: _Ints, at: _Ints, cells: _Tags) -> None:
        styles = np.where(cells.styles < len(self._formats), cells.styles, 0)
        is_text = cells.types == ord("s")
        changed = cells.is_usual & is_text & self._changing[styles]
        if changed.any():
            count = int(changed.sum())
            self._add(cells, changed, CellKind.TEXT, styles, np.zeros(count))
        with_value = cells.is_usual & ~is_text
        # A value follows the cell's tag, or its formula, which is one tag or two.
        follows = at + 1
        is_formula = data[tags[follows] + 1] == ord("f")
        behind = tags[follows + 1]
        is_one_tag = (data[behind - 2] == ord("/")) & (data[behind - 1] == ord(">"))
        follows = follows + np.where(is_formula, np.where(is_one_tag, 1, 2), 0)
        begins = tags[follows]
        has_value = (data[begins + 1] == ord("v")) & (data[begins + 2] == ord(">"))
        first, last = begins + 3, np.where(has_value, tags[np.minimum(follows + 1, len(tags) - 1)], begins + 3)
        has_value &= last > first
        uncalculated = with_value & is_formula & ~has_value & (cells.types == ord("n"))
        if uncalculated.any():
            self._add(cells, uncalculated, CellKind.UNCALCULATED, styles * 0, np.zeros(int(uncalculated.sum())))
        wanted = with_value & has_value
        if not wanted.any():
            self._has_results |= bool((is_formula & cells.is_usual & is_text).any())
            return
        texts = _texts_at(data, first[wanted], last[wanted])
        kinds, numbers = cells.types[wanted], np.zeros(len(texts))
        is_number = kinds == ord("n")
        numbers[is_number] = _as_numbers(texts.filter(pa.array(is_number)))
        numbers[kinds == ord("b")] = np.asarray(pc.equal(texts.filter(pa.array(kinds == ord("b"))), "1"))
        for kind, convert in ((ord("e"), self._found.error_place), (ord("d"), _days_of)):
            some = kinds == kind
            if some.any():
                numbers[some] = [convert(text) for text in texts.filter(pa.array(some)).to_pylist()]
        plain = np.zeros(len(texts), np.bool_)
        candidates = is_number & self._is_plain[styles[wanted]]
        if candidates.any():
            digits = texts.filter(pa.array(candidates))
            plain[candidates] = np.asarray(pc.ascii_is_decimal(digits))
            too_long = candidates.copy()
            too_long[candidates] = np.asarray(pc.greater(pc.binary_length(digits), _KEPT_DIGITS)) & plain[candidates]
            if too_long.any():
                self._add_masked(cells, wanted, too_long, CellKind.LONG, styles * 0, numbers)
        formulas = is_formula[wanted]
        self._has_results |= bool((formulas & (numbers != 0)).any()) or bool(
            (is_formula & cells.is_usual & is_text).any()
        )
        zeros = formulas & is_number & (numbers == 0)
        if zeros.any():
            mask = _within(wanted, zeros)
            columns, rows = cells.places(mask)
            nothing = np.zeros(len(rows), np.int32)
            self._zeros.add(columns, rows, nothing + CellKind.UNCALCULATED, nothing, np.zeros(len(rows)))
        for kind, some in (
            (CellKind.NUMBER, (is_number & ~plain) | (kinds == ord("d"))),
            (CellKind.TRUTH, kinds == ord("b")),
            (CellKind.ERROR, kinds == ord("e")),
        ):
            if some.any():
                self._add_masked(cells, wanted, some, kind, styles if kind is CellKind.NUMBER else styles * 0, numbers)

    def _add_masked(
        self, cells: _Tags, wanted: _Mask, some: _Mask, kind: CellKind, styles: _Ints, numbers: npt.NDArray[np.float64]
    ) -> None:
        self._add(cells, _within(wanted, some), kind, styles, numbers[some])

    def _add(self, cells: _Tags, mask: _Mask, kind: CellKind, styles: _Ints, values: npt.NDArray[np.float64]) -> None:
        columns, rows = cells.places(mask)
        self._found.add(columns, rows, np.full(len(rows), kind, np.int32), styles[mask].astype(np.int32), values)

    def _add_one(self, column: int, row: int, given: dict[str, str], content: bytes) -> None:
        """Add a cell by its attributes and its content."""
        style = int(given["s"]) if given.get("s", "").isdecimal() else 0
        style = style if style < len(self._formats) else 0
        kind = _TYPES.get(given.get("t", "n"), b"s")
        value, is_formula = _VALUE.search(content), bool(_FORMULA.search(content))
        text = value[1].strip().decode("utf-8", "replace") if value else ""
        if kind == b"s":
            self._has_results |= is_formula
            if self._changing[style]:
                self._found.add_one(column, row, CellKind.TEXT, style)
        elif not text:
            if is_formula and kind == b"n":
                self._found.add_one(column, row, CellKind.UNCALCULATED)
        elif kind == b"b":
            self._found.add_one(column, row, CellKind.TRUTH, 0, text in ("1", "true"))
        elif kind == b"e":
            self._found.add_one(column, row, CellKind.ERROR, 0, self._found.error_place(text))
        else:
            number = _days_of(text) if kind == b"d" else number_of(text)
            if is_formula and number == 0:
                self._zeros.add_one(column, row, CellKind.UNCALCULATED)
            self._has_results |= is_formula and number != 0
            if not self._is_plain[style] or not text.isdecimal():
                self._found.add_one(column, row, CellKind.NUMBER, style, number)
            elif len(text) > _KEPT_DIGITS:
                self._found.add_one(column, row, CellKind.LONG)


class _Tags:
    """Places, styles and types of cells, from their tags as programs write them.

    ``is_usual`` marks the tags that were understood and whose cells are not empty.
    """

    def __init__(self, data: Bytes, starts: _Ints, ends: _Ints) -> None:
        self._data = data
        self._at = starts + 2
        usual = self._skip(b' r="')
        self._columns = np.zeros(len(starts), np.int64)
        letters = np.ones(len(starts), np.bool_)
        for _ in range(_MOST_LETTERS):
            char = data[self._at]
            letters &= (char >= ord("A")) & (char <= ord("Z"))
            self._columns = np.where(letters, self._columns * 26 + char - (ord("A") - 1), self._columns)
            self._at += letters
        self._rows = self._number(_MOST_ROW_DIGITS)
        usual &= self._skip(b'"') & (self._columns > 0) & (self._rows > 0)
        styled = self._skip(b' s="')
        self.styles = np.where(styled, self._number(_MOST_STYLE_DIGITS, styled), 0)
        usual &= ~styled | self._skip(b'"', styled)
        typed = self._skip(b' t="')
        self.types = np.full(len(starts), ord("n"), np.uint8)
        if typed.any():
            for name, kind in (("s", "s"), ("str", "s"), ("inlineStr", "s"), ("b", "b"), ("e", "e"), ("n", "n")):
                found = self._skip(f'{name}"'.encode(), typed)
                self.types[found] = ord(kind)
                typed = typed & ~found
        self.is_usual = usual & ~typed & (self._at == ends) & (data[np.minimum(ends, len(data) - 1)] == ord(">"))

    def places(self, mask: _Mask) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return columns (from 0) and rows of the cells of a mask."""
        return (self._columns[mask] - 1).astype(np.int32), self._rows[mask].astype(np.int32)

    def _skip(self, text: bytes, only: _Mask | None = None) -> _Mask:
        """Move behind ``text`` where it is next, and return where that is."""
        found = np.ones(len(self._at), np.bool_) if only is None else only.copy()
        for offset, char in enumerate(text):
            found &= self._data[np.minimum(self._at + offset, len(self._data) - 1)] == char
        self._at = self._at + found * len(text)
        return found

    def _number(self, most: int, only: _Mask | None = None) -> _Ints:
        """Move behind the digits that are next, ``most`` at most, and return their value."""
        value = np.zeros(len(self._at), np.int64)
        more = np.ones(len(self._at), np.bool_) if only is None else only.copy()
        for _ in range(most):
            digit = self._data[np.minimum(self._at, len(self._data) - 1)] - np.uint8(ord("0"))
            more &= digit < 10
            if not more.any():
                break
            value = np.where(more, value * 10 + digit, value)
            self._at = self._at + more
        return value


def _within(mask: _Mask, part: _Mask) -> _Mask:
    """Return a mask of all places that is ``part`` where ``mask`` is true."""
    whole = np.zeros(len(mask), np.bool_)
    whole[mask] = part
    return whole


def _texts_at(data: Bytes, first: _Ints, last: _Ints) -> pa.StringArray:
    """Return the texts between these places."""
    lengths = last - first
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    places = np.repeat(first - offsets[:-1], lengths) + np.arange(offsets[-1])
    return pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(data[places]))


def _as_numbers(texts: pa.StringArray) -> npt.NDArray[np.float64]:
    try:
        return np.asarray(texts.cast(pa.float64()))
    except pa.ArrowInvalid:  # blanks around a number, or no number at all
        return np.array([number_of(text) for text in texts.to_pylist()])


def _days_of(text: str) -> float:
    """Return the days that a date in ISO 8601 is in the usual date system."""
    try:
        moment = np.datetime64(text.strip().removesuffix("Z"), "ms")
    except ValueError:
        return 0.0
    return float((moment - _EXCEL_EPOCH).astype(np.int64)) / float(_DAY)


def _whole_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the XML in pieces of which none ends within a cell."""
    rest = b""
    for chunk in chunks:
        whole, end, rest = (rest + chunk).rpartition(b"</c>")
        yield whole + end
    yield rest
