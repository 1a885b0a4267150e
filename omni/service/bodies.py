"""Many request bodies at once: columns of values and personal texts, inserted into JSON that is encoded only once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.rendering import Slot, names_used, slots_of
from omni.core.template import Template
from omni.provider.payload import NO_PHONE, json_string
from omni.provider.request_body import BETWEEN_CONTACTS, BodyPieces, body_pieces
from omni.sheets.checking.text_column import in_one_line
from omni.sheets.string_columns import Mask, one_chunk

Numbers = npt.NDArray[np.int64]

_ESCAPED_IN_JSON: Final = r'["\\\x00-\x1f]'
_ESCAPED_IN_HTML: Final = r"""[&<>"']"""


@dataclass(frozen=True)
class Bodies:
    """Construction of a campaign's request bodies.

    ``fields`` are the contactInfo keys. For those in ``phones``, a contact without a number gets ``NO_PHONE``.
    """

    template: Template
    fields: tuple[str, ...]
    phones: Collection[str]

    @cached_property
    def names(self) -> list[str]:
        """Placeholder names in the steps."""
        return names_used(self.template.steps)

    @cached_property
    def _slots(self) -> tuple[Slot, ...]:
        return slots_of(self.template.steps)

    @cached_property
    def _pieces(self) -> BodyPieces:
        return body_pieces(self.template, self._slots, self.fields)

    @cached_property
    def size_of_steps(self) -> int:
        """Approximate size in bytes of the part that a request's contacts share, without its personal values."""
        return sum(len(piece.encode()) for piece in self._pieces.tail if isinstance(piece, str))

    def lines(self, contacts: pa.Table, begins: Mask) -> tuple[pa.StringArray, Numbers]:
        """Return the bodies with a line break behind each, as one text a contact, and the size of each body in bytes.

        ``contacts`` has columns ``v:field`` and ``n:name``. A new request begins where ``begins`` is true. Its texts
        are those of its last contact; all its contacts have the same.
        """
        contact = _spliced(self._pieces.contact, [self._values(contacts, field) for field in self.fields])
        ends = np.append(begins[1:], True)
        last = contacts.filter(pa.array(ends))
        tails = self._tails(last)
        tail = pc.replace_with_mask(_repeated_text("", len(ends)), pa.array(ends), tails)
        before = pc.if_else(pa.array(begins), self._pieces.head, BETWEEN_CONTACTS)
        lines = _joined(before, contact, tail)
        sizes = np.add.reduceat(np.asarray(pc.binary_length(lines)), np.flatnonzero(begins)).astype(np.int64) - 1
        return lines, sizes

    def texts(self, contacts: pa.Table) -> pa.BinaryArray:
        """Return the personal texts of each contact joined into one; contacts with equal ones may share a request."""
        return _joined(*_alternating(self._texts(contacts), ",")).cast(pa.binary())

    def _tails(self, contacts: pa.Table) -> pa.StringArray:
        texts = self._texts(contacts)
        pieces = [piece if isinstance(piece, str) else texts[piece] for piece in self._pieces.tail]
        pieces.append("\n")
        return _joined(*pieces) if texts else _repeated_text("".join(map(str, pieces)), contacts.num_rows)

    def _texts(self, contacts: pa.Table) -> list[pa.StringArray]:
        """Return the text of every slot for each contact, as JSON strings."""
        values: dict[tuple[int, bool, bool], pa.StringArray] = {}

        def value(place: int, slot: Slot) -> pa.StringArray:
            known = (place, slot.html, slot.one_line)
            if known not in values:
                cells = one_chunk(contacts.column(f"n:{self.names[place]}"))
                cells = in_one_line(cells) if slot.one_line else cells
                values[known] = _escaped_in_json(_escaped_in_html(cells) if slot.html else cells)
            return values[known]

        return [
            _joined(
                '"',
                *(json_string(piece)[1:-1] if isinstance(piece, str) else value(piece, slot) for piece in slot.pieces),
                '"',
            )
            for slot in self._slots
        ]

    def _values(self, contacts: pa.Table, field: str) -> pa.StringArray:
        cells = one_chunk(contacts.column(f"v:{field}"))
        if field in self.phones:  # digits need no escape
            return pc.if_else(pc.equal(cells, ""), NO_PHONE, cells)
        return _escaped_in_json(cells)


def _spliced(pieces: Sequence[str], values: Sequence[pa.StringArray]) -> pa.StringArray | str:
    """Join the pieces with the values between them, each value in quotes."""
    if not values:
        return pieces[0]
    first, *rest = pieces
    parts: list[Any] = [first + '"']
    for value, piece in zip(values, rest, strict=True):
        parts += [value, f'"{piece}"']
    parts[-1] = parts[-1].removesuffix('"')
    return _joined(*parts)


def _alternating(columns: Sequence[pa.StringArray], between: str) -> list[Any]:
    return [part for column in columns for part in (between, column)][1:]


def _joined(*parts: Any) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _repeated_text(text: str, count: int) -> pa.StringArray:
    return pa.repeat(pa.scalar(text), count)


def _escaped_in_json(cells: pa.StringArray) -> pa.StringArray:
    return _rewrite_cells(cells, _ESCAPED_IN_JSON, lambda text: json_string(text)[1:-1])


def _escaped_in_html(cells: pa.StringArray) -> pa.StringArray:
    return _rewrite_cells(cells, _ESCAPED_IN_HTML, escape)


def _rewrite_cells(cells: pa.StringArray, pattern: str, rewrite: Callable[[str], str]) -> pa.StringArray:
    """Return ``cells`` with those that match ``pattern`` rewritten one by one; only few do."""
    matches = pc.match_substring_regex(cells, pattern)
    if not pc.any(matches).as_py():
        return cells
    return pc.replace_with_mask(cells, matches, pa.array([rewrite(cell) for cell in cells.filter(matches).to_pylist()]))
