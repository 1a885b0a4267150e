"""Reader of xlsx, xls and ods: the sheet with the contacts as a grid of text, rows and columns as the program shows.

Numbers, dates and truth values become the text that an operator expects, and are distinguished from text that looks the
same. fastexcel returns every cell as text on request: ``5511900000001``, ``10.5``, ``2024-01-05 00:00:00``, ``true``.
Cells that look like the last three, or like a number of more than 15 digits, are ambiguous. Read again as dates,
fastexcel returns date cells and never text; read again as truth values, it returns numbers and truth values and never
text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import SheetError
from omni.sheets.reading.archive import check_sizes, check_well_formed, chunks, is_xml, open_archive
from omni.sheets.reading.merged_cells import filled_down, merged_header
from omni.sheets.reading.number_formats import shown_with_zeros, with_zeros
from omni.sheets.reading.ods_survey import survey_ods
from omni.sheets.reading.sheet_choice import SheetContacts, chosen, contacts_on, unread, unread_notes
from omni.sheets.reading.survey import Survey, check_extent
from omni.sheets.reading.table_start import (
    SAMPLE_ROWS,
    SHOWN_COLUMNS,
    first_rows,
    lines_above,
    start_notes,
    start_of_table,
)
from omni.sheets.reading.xls_survey import survey_xls
from omni.sheets.reading.xlsx_survey import Part, survey_xlsx, worksheets
from omni.sheets.sheet import Assumptions, Grid, Note, ReadOptions, UnreadSheet, column_letter

WorkbookFormat = Literal["xlsx", "xls", "ods"]
MakeRoom = Callable[[int], None]
"""Called with the number of cells for which memory is about to be allocated."""
_SurveyOf = Callable[[int, int], Survey]
_Load = Callable[[str, int], tuple[Survey, fastexcel.ExcelSheet]]
Reload = Callable[[str, list[int]], dict[int, pa.Array]]
"""Reads columns again as a fastexcel dtype; cells of another type come back null."""

_DECIMAL: Final = r"^-?\d+\.\d+$"
_DATE: Final = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?)?$"
_TRUTH: Final = r"^(?:true|false)$"
# Excel keeps 15 digits; further ones were lost when the number was typed.
_LONG: Final = r"^-?\d{16,}$"
_AMBIGUOUS: Final = "|".join((_DECIMAL, _DATE, _TRUTH, _LONG))
_EPOCH: Final = "1899-12-3"  # day 0: a cell that holds a time and no date
# From row 0 and without header: otherwise fastexcel drops empty rows at the top, and row numbers shift.
_ALL_ROWS: Final[dict[str, Any]] = {"header_row": None, "skip_rows": 0}


def read_workbook(path: Path, kind: WorkbookFormat, options: ReadOptions, make_room: MakeRoom) -> Grid:
    """Read the sheet named in ``options`` of the workbook at ``path``, else the visible one that holds the contacts.

    Raises ``SheetError``.
    """
    with _translated(), ThreadPoolExecutor(1) as pool:
        parts, survey_of = _survey(path, kind, make_room)
        # calamine trusts the ending of a path, but detects the format of bytes itself. On opening an xlsx it reads the
        # shared strings; the sheet is surveyed at the same time.
        opening = pool.submit(fastexcel.read_excel, path if path.suffix.lower() == f".{kind}" else path.read_bytes())
        names = [part.name for part in parts] or opening.result().sheet_names
        if options.sheet is not None and options.sheet not in names:
            raise SheetError("sheet.unknown", sheet=options.sheet, sheets=", ".join(names))

        def load(name: str, beside: int) -> tuple[Survey, fastexcel.ExcelSheet]:
            survey = survey_of(names.index(name), beside)
            return survey, opening.result().load_sheet(name, dtypes="string", **_ALL_ROWS)

        if len(names) == 1:
            survey, loaded = load(names[0], 0)
            if not _is_filled(loaded):
                raise SheetError("file.empty")
            return _grid(opening.result(), loaded, kind, names, survey, options, ())
        return _chosen_grid(opening.result, load, kind, names, options)


def _chosen_grid(
    book: Callable[[], fastexcel.ExcelReader], load: _Load, kind: WorkbookFormat, names: list[str], options: ReadOptions
) -> Grid:
    """Look at every sheet and read one. At most two are in memory at a time: the best one so far, and the next."""
    found: list[SheetContacts] = []
    kept: tuple[str, Survey, fastexcel.ExcelSheet] | None = None
    refused: SheetError | None = None
    for name in names:
        try:
            survey, loaded = load(name, check_extent(kept[1]) if kept else 0)
        except SheetError as err:
            if name == options.sheet:
                raise
            refused = refused or err
            found.append(SheetContacts(name, None, is_visible=True))
            continue
        if not _is_filled(loaded):
            continue
        found.append(SheetContacts(name, contacts_on(loaded.to_arrow().columns), loaded.visible == "visible"))
        if name == (options.sheet or _name_chosen(found)):
            kept = name, survey, loaded
    name = options.sheet or _name_chosen(found)
    contacts = next((one.contacts for one in found if one.name == name), None)
    if contacts is None or (refused is not None and not contacts and options.sheet is None):
        raise refused if refused is not None and options.sheet is None else SheetError("file.empty")
    if kept is None or kept[0] != name:
        kept = name, *load(name, 0)
    return _grid(book(), kept[2], kind, names, kept[1], options, unread(found, name))


def _name_chosen(found: list[SheetContacts]) -> str:
    shown = [one for one in found if one.is_visible and one.contacts is not None]
    return chosen(shown).name if shown else ""


def _is_filled(loaded: fastexcel.ExcelSheet) -> bool:
    return bool(loaded.width and loaded.height)


def _survey(path: Path, kind: WorkbookFormat, make_room: MakeRoom) -> tuple[list[Part], _SurveyOf]:
    """Return the worksheets (of an xlsx only), and a function that surveys the sheet at a place and makes room for it.

    The function also gets the number of cells for which memory is in use beside that sheet. calamine unpacks every
    sheet of an xls or ods when it opens the file, so those are all surveyed beforehand.
    """
    if kind == "xlsx":
        with open_archive(path) as archive:
            parts = worksheets(archive)
            entries = {part.entry for part in parts}
            check_sizes(archive, (name for name in archive.namelist() if name not in entries and is_xml(name)))

        def survey_one(place: int, beside: int) -> Survey:
            with open_archive(path) as archive:
                found = survey_xlsx(archive, parts[place].entry)
                make_room(check_extent(found) + beside)
                return replace(found, zeros=shown_with_zeros(archive, parts[place].entry))

        return parts, survey_one
    if kind == "xls":
        surveys = survey_xls(path.read_bytes())
    else:
        with open_archive(path) as archive:
            surveys = survey_ods(archive)
            check_well_formed(chunks(archive, "content.xml"), "content.xml")
    make_room(sum(map(check_extent, surveys)))
    return [], lambda place, beside: surveys[place]


def _grid(
    book: fastexcel.ExcelReader,
    loaded: fastexcel.ExcelSheet,
    kind: WorkbookFormat,
    names: list[str],
    survey: Survey,
    options: ReadOptions,
    unread_sheets: tuple[UnreadSheet, ...],
) -> Grid:
    def reload(dtype: Any, places: list[int]) -> dict[int, pa.Array]:
        wanted = [positions[place] for place in places]
        again = book.load_sheet(loaded.name, use_columns=wanted, dtypes=dtype, **_ALL_ROWS).to_arrow()
        return dict(zip(places, again.columns, strict=True))

    positions = [info.absolute_index for info in loaded.available_columns()]
    whole = loaded.to_arrow().columns
    columns = {at: column for at, column in enumerate(whole) if column.null_count < len(column)}
    if not columns:
        raise SheetError("file.empty")
    if kind == "ods":
        columns = _with_times(columns, reload)
    texts, notes = typed_text({at: pc.fill_null(column, "") for at, column in columns.items()}, options.decimal, reload)
    zeros_shown = 0
    for at, column in texts.items():
        if zeros := survey.zeros.get(positions[at]):
            texts[at], shown = with_zeros(column, zeros)
            zeros_shown += shown
    notes |= {"zeros_shown": zeros_shown} if zeros_shown else {}
    cells = pa.table({str(at): column for at, column in texts.items()})
    places_of = [positions[at] for at in columns]
    sample = [list(row.values()) for row in cells.slice(0, max(SAMPLE_ROWS, options.header_row or 0)).to_pylist()]
    start = start_of_table(sample, options.header_row)
    header, height = [""] * cells.num_columns, start.height
    if height:
        header, last = merged_header(sample, start, places_of, survey.merged, may_grow=options.header_row is None)
        height = last - start.place + 1
    above_body = start.place + height
    body, filled = filled_down(cells.slice(above_body), places_of, above_body + 1, survey.merged)
    all_notes = [
        *start_notes(sample, start, height),
        *unread_notes(unread_sheets),
        *([Note("merged_filled", {"n": filled})] if filled else []),
        *(Note(code, {"n": n}) for code, n in sorted(notes.items())),
    ]
    return Grid(
        cells=body,
        header=header,
        positions=places_of,
        first_row=above_body + 1,
        hidden=survey.hidden,
        hidden_columns=frozenset(at for at, position in enumerate(places_of) if survey.hides(position)),
        assumptions=Assumptions(
            format=kind,
            header_row=above_body if height else 0,
            header_height=height,
            header_is_guess=not start.is_certain,
            above=lines_above(sample, start.place),
            first_rows=first_rows(sample, start.place, above_body),
            letters=tuple(map(column_letter, places_of[:SHOWN_COLUMNS])),
            sheet=loaded.name,
            sheets=tuple(names),
            decimal=options.decimal,
            notes=tuple(all_notes),
            unread_sheets=unread_sheets,
        ),
    )


def _with_times(columns: dict[int, pa.Array], reload: Reload) -> dict[int, pa.Array]:
    """Fill in the times of day of an ods, which fastexcel leaves out when it returns text."""
    gaps = [at for at, column in columns.items() if column.null_count]
    for at, times in reload("duration", gaps).items() if gaps else ():
        texts = pa.array([None if time is None else str(time) for time in times.to_pylist()], pa.string())
        columns[at] = pc.coalesce(columns[at], texts)
    return columns


@contextmanager
def _translated() -> Iterator[None]:
    """Translate fastexcel's errors into ``SheetError``."""
    try:
        yield
    except fastexcel.FastExcelError as err:
        if "password" in str(err).lower():
            raise SheetError("file.encrypted") from err
        raise SheetError("file.unreadable", detail=str(err).splitlines()[0][:200]) from err


def typed_text(
    columns: dict[int, pa.Array], decimal: str, reload: Reload
) -> tuple[dict[int, pa.Array], dict[str, int]]:
    """Rewrite real numbers, dates and truth values in ``columns`` (by place, as text); also count them by note code.

    Dates become dd/mm/yyyy, with the time unless it is midnight; decimals get the sign ``decimal`` and at most the 15
    digits that Excel shows; truth values become TRUE and FALSE.
    """
    notes: dict[str, int] = {}
    ambiguous = {place: column for place, column in columns.items() if _any(column, _AMBIGUOUS)}
    dates = [place for place, column in ambiguous.items() if _any(column, _DATE)]
    others = [place for place, column in ambiguous.items() if _any(column, f"{_DECIMAL}|{_TRUTH}|{_LONG}")]
    done = dict(columns)
    for place, typed in reload("date", dates).items() if dates else ():
        done[place] = _rewritten(done[place], _DATE, typed, _date_text, notes, "dates_as_text")
    for place, typed in reload("boolean", others).items() if others else ():
        done[place] = _rewritten(done[place], _TRUTH, typed, str.upper, notes, None)
        done[place] = _rewritten(
            done[place], _DECIMAL, typed, lambda cell: _decimal_text(cell, decimal), notes, "numbers_as_text"
        )
        _rewritten(columns[place], _LONG, typed, str, notes, "digits_lost")
    return done, notes


def _any(column: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())


def _rewritten(
    column: pa.Array,
    pattern: str,
    typed: pa.Array,
    text_of: Callable[[str], str],
    notes: dict[str, int],
    note: str | None,
) -> pa.Array:
    """Replace the cells that match ``pattern`` and are of the requested type (not null in ``typed``) by ``text_of``."""
    real = pc.and_(pc.match_substring_regex(column, pattern), pc.is_valid(typed))
    places = np.flatnonzero(np.asarray(real))
    if not len(places):
        return column
    if note:
        notes[note] = notes.get(note, 0) + len(places)
    found = column.take(pa.array(places)).dictionary_encode()
    texts = pa.array([text_of(cell) for cell in found.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(column, real, texts.take(found.indices))


def _decimal_text(cell: str, decimal: str) -> str:
    shown = format(Decimal(f"{float(cell):.15g}"), "f")
    whole, _, fraction = shown.partition(".")
    return f"{whole}{decimal}{fraction.rstrip('0')}" if fraction.strip("0") else whole


def _date_text(cell: str) -> str:
    date, time = cell[:10], cell[11:19]
    time = time.removesuffix(":00") if time.count(":") == 2 else time
    if date.startswith(_EPOCH) and time:
        return time
    year, month, day = date.split("-")
    shown = f"{day}/{month}/{year}"
    return shown if time in ("", "00:00") else f"{shown} {time}"
