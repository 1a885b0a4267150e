"""Do-not-contact list: filled from pasted text or a spreadsheet, used by every check, exported as CSV."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from omni.core.destination import normalise_email, normalise_phone
from omni.core.field_kind import FieldKind
from omni.core.hours import iso
from omni.errors import folder_error
from omni.locale import Text
from omni.sheets.arrow_files import open_sheet, open_table, write_table
from omni.sheets.checking.column_mapping import propose
from omni.sheets.checking.email_column import screen_emails
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.limits import Limits
from omni.sheets.reading.reader_process import read_into
from omni.sheets.sheet import ReadOptions, Sheet
from omni.sheets.string_columns import one_chunk
from omni.sheets.writing.csv_writer import write_csv
from omni.store.people.do_not_contact import DoNotContact

_LINES_SHOWN: Final = 20
"""Most unreadable lines or rows that an import lists."""
_TRIES: Final = 5
_AT_MARKS: Final = re.compile(r"[;,|\t]+")
_AT_WORDS: Final = re.compile(r"\s*/\s*|(?<![@\w.-])[^\W\d_]+(?![@\w.-]):?")
_AT_BLANKS: Final = re.compile(r"\s+")
_FIELDS: Final[Mapping[str, FieldKind]] = {
    **dict.fromkeys((f"phone{at}" for at in range(1, 6)), "phone"),
    **dict.fromkeys((f"email{at}" for at in range(1, 4)), "email"),
}


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


def add_text(people: DoNotContact, text: str, country: str, source: str, who: str) -> ListImport:
    """Add every phone number and address in ``text`` to the list; a line may hold several, in any notation.

    A number without a country code belongs to ``country``. An old Brazilian mobile counts with the digit it lacks.
    Words beside a number or an address are ignored.
    """
    found: list[str] = []
    unread: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        for piece in [line] if _destination(line, country) else _AT_MARKS.split(line):
            recognised = _destinations(piece, country)
            found += recognised
            if piece.strip() and not recognised:
                unread.append((number, piece.strip()))
    return _add_found(people, found, unread, source, who)


def add_sheet(people: DoNotContact, path: Path, country: str, source: str, who: str, limits: Limits) -> ListImport:
    """Add the phones and addresses of a spreadsheet to the list: all columns that hold some, hidden rows included.

    Raises ``SheetError``, and ``StoreError`` when the disk refuses the parsed file.
    """
    # An operator who filtered the file before saving it did not mean that the hidden people may be contacted again.
    everything = ReadOptions(include_hidden=True, include_hidden_columns=True)
    try:
        with tempfile.TemporaryDirectory(prefix="omni-") as folder:
            read_into(Path(folder), path, everything, limits)
            return _add_columns(people, open_sheet(Path(folder)), country, source, who)
    except OSError as err:
        raise folder_error(err) from err


def listed_now(people: DoNotContact, folder: Path) -> DoNotContactKeys:
    """Return the current list; its keys are kept in ``folder``, once for each revision."""
    for _ in range(_TRIES):
        revision = people.revision()
        file = folder / f"keys-{revision}.arrow"
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


def _add_columns(people: DoNotContact, sheet: Sheet, country: str, source: str, who: str) -> ListImport:
    columns = list(dict.fromkeys(propose(sheet.columns, _FIELDS, sheet.table.slice(0, 200)).values()))
    columns = columns or [sheet.columns[0]]
    found: list[str] = []
    unread: list[tuple[int, str]] = []
    for header in columns:
        cells = one_chunk(sheet.table.column(header))
        phones, emails = screen_phones(cells, country, add_nine=True), screen_emails(cells)
        for row, cell, number, address in zip(
            sheet.rows.to_pylist(), cells.to_pylist(), phones.values.to_pylist(), emails.values.to_pylist(), strict=True
        ):
            if number or address:
                found.append(number or address)
            elif cell.strip():
                unread.append((row, cell))
    imported = _add_found(people, found, sorted(unread), source, who)
    looked_at = sheet.assumptions.sheet
    return replace(
        imported, columns=columns, other_sheets=[name for name in sheet.assumptions.sheets if name != looked_at]
    )


def _destinations(piece: str, country: str) -> list[str]:
    """Return the destinations in a piece of a line: all of it, or its parts between slashes or words, or its words."""
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
        file = Path(building).replace(folder / f"keys-{revision}.arrow")
    except OSError as err:
        raise folder_error(err) from err
    for old in folder.glob("keys-*.arrow"):
        if old != file:
            with suppress(OSError):  # another session may have it open
                old.unlink()


def _lines(people: DoNotContact) -> Iterable[list[str]]:
    for entry in people.all():
        when = iso(entry.added_at)
        yield [entry.destination, entry.source, entry.added_by, when]
