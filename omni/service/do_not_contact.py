"""Do-not-contact list: filled from pasted text or a spreadsheet, used by every check, exported as CSV."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from omni.core.destination import normalise_email, normalise_phone
from omni.core.hours import iso
from omni.core.match_key import match_key
from omni.errors import SheetError, folder_error
from omni.locale import Text
from omni.sheets.arrow_files import open_sheet, open_table, write_table
from omni.sheets.checking.destination_columns import destination_columns
from omni.sheets.checking.email_column import screen_emails
from omni.sheets.checking.opt_out import opt_out_columns, read_answers
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.limits import Limits
from omni.sheets.reading.reader_process import read_into
from omni.sheets.sheet import ReadOptions, Sheet
from omni.sheets.string_columns import one_chunk
from omni.sheets.writing.csv_writer import write_csv
from omni.store.people.do_not_contact import DoNotContact

_LINES_SHOWN: Final = 20
"""Most unreadable lines or rows that an import lists."""
_SAMPLES: Final = 3
_SAMPLE_ROWS: Final = 200
_LONGEST_PIECE: Final = 500
"""Characters of a piece of text in which destinations are looked for."""
_TRIES: Final = 5
_AT_MARKS: Final = re.compile(r"[;,|\t]+")
_AT_WORDS: Final = re.compile(r"\s*/\s*|(?<![@\w.-])[^\W\d_]+(?![@\w.-]):?")
_AT_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class DoNotContactKeys:
    """The list at one revision: match keys, mapped from disk."""

    revision: int
    keys: pa.StringArray


@dataclass(frozen=True, slots=True)
class ListImport:
    """Result of an import from a text or a spreadsheet.

    ``read`` destinations were found, ``added`` of them are new. Of ``unread`` lines or rows that were not understood,
    ``not_understood`` has the first ones: number and text. ``columns`` are the columns that were read, ``other_sheets``
    the sheets of the workbook that were not.
    """

    read: int
    added: int
    unread: int
    not_understood: Sequence[tuple[int, str]]
    columns: Sequence[str] = ()
    other_sheets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of an imported file: the number of destinations found in it, and the first few."""

    header: str
    found: int
    samples: Sequence[str]


@dataclass(frozen=True, slots=True)
class FileChoices:
    """Choices about a spreadsheet to add to the list.

    ``columns`` are the headers to read, None for all that hold destinations. With ``opt_out``, only rows that opted out
    by this column are read.
    """

    columns: Sequence[str] | None = None
    opt_out: str | None = None


_EVERYTHING: Final = FileChoices()


@dataclass(frozen=True, slots=True)
class ListPreview:
    """Destinations that a spreadsheet would add to the list.

    Of ``read`` destinations, ``new`` are not on the list yet. ``unused`` are the columns that are not read; the other
    values are as in ``ListImport``. ``opt_out`` has the columns by which only some of the ``rows`` opted out, with
    their number: the file may hold everybody, and not only those who must not be contacted.
    """

    read: int
    new: int
    unread: int
    not_understood: Sequence[tuple[int, str]]
    columns: Sequence[ListColumn]
    unused: Sequence[str]
    other_sheets: Sequence[str]
    rows: int
    opt_out: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class _Found:
    """The destinations of a spreadsheet, and the rows that were not understood."""

    destinations: Sequence[str]
    unread: Sequence[tuple[int, str]]
    columns: Sequence[ListColumn]
    unused: Sequence[str]
    other_sheets: Sequence[str]
    rows: int
    opt_out: Sequence[tuple[str, int]]


def add_text(people: DoNotContact, text: str, country: str, source: str, who: str) -> ListImport:
    """Add every phone number and address in ``text`` to the list; a line may hold several, in any notation.

    A number without a country code belongs to ``country``. An old Brazilian mobile counts with the digit it lacks.
    Words beside a number or an address are ignored.
    """
    found: list[str] = []
    unread: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if whole := _destination(line, country):
            found.append(whole)
            continue
        several, rest = _several(line, country)
        found += several
        unread += [(number, piece) for piece in rest]
    return _add_found(people, found, unread, source, who)


def preview_sheet(
    people: DoNotContact, path: Path, country: str, limits: Limits, choices: FileChoices = _EVERYTHING
) -> ListPreview:
    """Return what ``add_sheet`` would add to the list. Raises the same errors."""
    found = _read_file(path, country, limits, choices)
    distinct = dict.fromkeys(found.destinations)
    listed = set(people.keys()[1])
    return ListPreview(
        read=len(distinct),
        new=len({match_key(each) for each in distinct} - listed),
        unread=len(found.unread),
        not_understood=found.unread[:_LINES_SHOWN],
        columns=found.columns,
        unused=found.unused,
        other_sheets=found.other_sheets,
        rows=found.rows,
        opt_out=found.opt_out,
    )


def add_sheet(
    people: DoNotContact,
    path: Path,
    country: str,
    source: str,
    who: str,
    limits: Limits,
    choices: FileChoices = _EVERYTHING,
) -> ListImport:
    """Add the phones and addresses of a spreadsheet to the list: all columns that hold some, hidden rows included.

    Raises ``SheetError``, and ``StoreError`` when the disk refuses the parsed file.
    """
    found = _read_file(path, country, limits, choices)
    imported = _add_found(people, found.destinations, found.unread, source, who)
    return replace(imported, columns=[column.header for column in found.columns], other_sheets=found.other_sheets)


def _read_file(path: Path, country: str, limits: Limits, choices: FileChoices) -> _Found:
    # An operator who filtered the file before saving it did not mean that the hidden people may be contacted again.
    everything = ReadOptions(include_hidden=True, include_hidden_columns=True)
    try:
        with tempfile.TemporaryDirectory(prefix="omni-") as folder:
            read_into(Path(folder), path, everything, limits)
            return _read_columns(open_sheet(Path(folder)), country, choices)
    except OSError as err:
        raise folder_error(err) from err


def listed_now(people: DoNotContact, folder: Path) -> DoNotContactKeys:
    """Return the current list; its keys are kept in ``folder``, once for each revision."""
    for _ in range(_TRIES):
        revision = people.revision()
        file = folder / f"list-{revision}.arrow"
        try:
            return DoNotContactKeys(revision, open_table(file).column("key").combine_chunks())
        except OSError:
            _write_keys(people, folder)
    # The list changes faster than it can be written: use this reading without keeping it.
    revision, keys = people.keys()
    return DoNotContactKeys(revision, pa.array(keys, pa.string()))


def write_list(people: DoNotContact, path: Path, text: Text) -> int:
    """Write the whole list to ``path`` as CSV; return the number of entries."""
    header = [text(f"people.{name}") for name in ("destination", "source", "added_by", "added_at")]
    return write_csv(path, header, _lines(people), delimiter="," if text.language == "en" else ";")


def _read_columns(sheet: Sheet, country: str, choices: FileChoices) -> _Found:
    for header in (*(choices.columns or ()), *filter(None, [choices.opt_out])):
        if header not in sheet.columns:
            raise SheetError("columns.not_in_file", header=header)
    known = destination_columns(sheet, country=country)
    holding = [header for header in sheet.columns if header in known or _holds_addresses(sheet, header, country)]
    holding = holding or [sheet.columns[0]]
    headers = holding if choices.columns is None else [each for each in sheet.columns if each in choices.columns]
    opted_out = {
        column.header: read_answers(sheet.table.column(column.header), column, {}).out
        for column in opt_out_columns(sheet.table, holding)
    }
    is_read = opted_out.get(choices.opt_out or "", np.ones(len(sheet.rows), dtype=bool))
    rows = sheet.rows.filter(pa.array(is_read)).to_pylist()
    found: list[str] = []
    unread: list[tuple[int, str]] = []
    columns = []
    for header in headers:
        cells = one_chunk(sheet.digits_of(header)).filter(pa.array(is_read))
        phones, emails = screen_phones(cells, country, add_nine=True), screen_emails(cells)
        before = len(found)
        for row, cell, number, address in zip(
            rows, cells.to_pylist(), phones.values.to_pylist(), emails.values.to_pylist(), strict=True
        ):
            if number or address:
                found.append(number or address)
            elif cell.strip():
                several, rest = _several(cell, country)
                found += several
                unread += [(row, piece) for piece in (rest if several else [cell])]
        columns.append(ListColumn(header, len(found) - before, tuple(found[before : before + _SAMPLES])))
    looked_at = sheet.assumptions.sheet
    return _Found(
        found,
        sorted(unread),
        columns,
        [header for header in sheet.columns if header not in headers],
        [name for name in sheet.assumptions.sheets if name != looked_at],
        len(sheet.rows),
        [(header, int(out.sum())) for header, out in opted_out.items() if 0 < out.sum() < len(out)],
    )


def _holds_addresses(sheet: Sheet, header: str, country: str) -> bool:
    """Tell whether the first cells of a column hold addresses, perhaps several in a cell or beside names."""
    cells = [cell for cell in sheet.table.column(header).slice(0, _SAMPLE_ROWS).to_pylist() if cell.strip()]
    found = sum("@" in cell and bool(_several(cell, country)[0]) for cell in cells)
    return found > 0 and found * 3 >= len(cells)


def _several(cell: str, country: str) -> tuple[list[str], list[str]]:
    """Return the destinations in a cell that is no single one, and its pieces that were not understood."""
    found: list[str] = []
    rest: list[str] = []
    for piece in _AT_MARKS.split(cell):
        recognised = _destinations(piece, country)
        found += recognised
        if piece.strip() and not recognised:
            rest.append(piece.strip())
    return found, rest


def _destinations(piece: str, country: str) -> list[str]:
    """Return the destinations in a piece of a line: all of it, or its parts between slashes or words, or its words."""
    if len(piece) > _LONGEST_PIECE:
        return []
    if whole := _destination(piece, country):
        return [whole]
    for separator in (_AT_WORDS, _AT_BLANKS):
        parts = [part for part in separator.split(piece) if any(char.isdecimal() or char == "@" for char in part)]
        recognised = [known for part in parts if (known := _destination(part, country))]
        if recognised and len(recognised) == len(parts):
            return recognised
    return []


def _destination(text: str, country: str) -> str | None:
    return normalise_email(text).value if "@" in text else normalise_phone(text, country, add_nine=True).value


def _add_found(
    people: DoNotContact, found: Sequence[str], unread: Sequence[tuple[int, str]], source: str, who: str
) -> ListImport:
    distinct = list(dict.fromkeys(found))
    added = people.add(distinct, source, who) if distinct else 0
    return ListImport(len(distinct), added, len(unread), unread[:_LINES_SHOWN])


def _write_keys(people: DoNotContact, folder: Path) -> None:
    """Write the current keys, completely or not at all, and drop those of earlier revisions."""
    revision, keys = people.keys()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, building = tempfile.mkstemp(suffix=".building", dir=folder)
        os.close(descriptor)
        write_table(Path(building), pa.table({"key": pa.array(keys, pa.string())}))
        file = Path(building).replace(folder / f"list-{revision}.arrow")
    except OSError as err:
        raise folder_error(err) from err
    # Files named by an earlier version hold keys by which the same line was not always recognised.
    for old in (*folder.glob("list-*.arrow"), *folder.glob("keys-*.arrow")):
        if old != file:
            with suppress(OSError):  # another session may have it open
                old.unlink()


def _lines(people: DoNotContact) -> Iterable[list[str]]:
    for entry in people.all():
        when = iso(entry.added_at)
        yield [entry.destination, entry.source, entry.added_by, when]
