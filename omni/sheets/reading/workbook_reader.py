"""Reader of xlsx, xls and ods: the sheet with the contacts as a grid of text, rows and columns as the program shows.

fastexcel returns every cell as text on request. Numbers, dates and truth values, which a survey of the file finds with
their formats, are then replaced by the text that the program shows for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import SheetError
from omni.sheets.reading.archive import check_sizes, check_well_formed, chunks, is_xml, open_archive
from omni.sheets.reading.listed_contacts import names_apart
from omni.sheets.reading.merged_cells import merged_header, unmerged
from omni.sheets.reading.ods_survey import signs_of_ods, survey_ods
from omni.sheets.reading.sheet_choice import SheetContacts, chosen, contacts_on, unread, unread_notes
from omni.sheets.reading.sheet_language import LANGUAGES, SheetLanguage, Signs, guess_language
from omni.sheets.reading.shown_cells import shown_cells
from omni.sheets.reading.survey import Survey, check_extent
from omni.sheets.reading.table_start import (
    SAMPLE_ROWS,
    SHOWN_COLUMNS,
    first_rows,
    lines_above,
    start_notes,
    start_of_table,
)
from omni.sheets.reading.typed_cells import Rows
from omni.sheets.reading.unusual_workbook import usual_copy
from omni.sheets.reading.xls_survey import signs_of_xls, survey_xls
from omni.sheets.reading.xlsx_survey import Part, styles_of, survey_xlsx, worksheets
from omni.sheets.sheet import Assumptions, Grid, Note, ReadOptions, UnreadSheet, column_letter

WorkbookFormat = Literal["xlsx", "xls", "ods"]
MakeRoom = Callable[[int], None]
"""Called with the number of cells for which memory is about to be allocated."""
_SurveyOf = Callable[[int, int], Survey]
_Load = Callable[[str, int], tuple[Survey, fastexcel.ExcelSheet]]
# From row 0 and without header: otherwise fastexcel drops empty rows at the top, and row numbers shift.
_ALL_ROWS: Final[dict[str, Any]] = {"header_row": None, "skip_rows": 0}
_ROWS_OF_WORDS: Final = 20
"""First rows whose words show the language."""
ROWS_NAMED: Final = 100
"""Most rows that a note names."""


def read_workbook(path: Path, kind: WorkbookFormat, options: ReadOptions, make_room: MakeRoom) -> Grid:
    """Read the sheet named in ``options`` of the workbook at ``path``, else the visible one that holds the contacts.

    Raises ``SheetError``.
    """
    with _translated(), ThreadPoolExecutor(1) as pool:
        parts, signs, survey_of = _survey(path, kind, make_room)
        # calamine trusts the ending of a path, but detects the format of bytes itself. On opening an xlsx it reads the
        # shared strings; the sheet is surveyed at the same time.
        content = usual_copy(path, kind) or (path if path.suffix.lower() == f".{kind}" else path.read_bytes())
        opening = pool.submit(fastexcel.read_excel, content)
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
            return _grid(loaded, kind, names, survey, signs, options, ())
        return _chosen_grid(load, kind, names, signs, options)


def _chosen_grid(load: _Load, kind: WorkbookFormat, names: list[str], signs: Signs, options: ReadOptions) -> Grid:
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
    return _grid(kept[2], kind, names, kept[1], signs, options, unread(found, name))


def _name_chosen(found: list[SheetContacts]) -> str:
    shown = [one for one in found if one.is_visible and one.contacts is not None]
    return chosen(shown).name if shown else ""


def _is_filled(loaded: fastexcel.ExcelSheet) -> bool:
    return bool(loaded.width and loaded.height)


def _survey(path: Path, kind: WorkbookFormat, make_room: MakeRoom) -> tuple[list[Part], Signs, _SurveyOf]:
    """Return the worksheets (of an xlsx only), the signs of the workbook's language, and a function that surveys the
    sheet at a place and makes room for it.

    The function also gets the number of cells for which memory is in use beside that sheet. calamine unpacks every
    sheet of an xls or ods when it opens the file, so those are all surveyed beforehand.
    """
    if kind == "xlsx":
        with open_archive(path) as archive:
            parts = worksheets(archive)
            entries = {part.entry for part in parts}
            check_sizes(archive, (name for name in archive.namelist() if name not in entries and is_xml(name)))
            styles = styles_of(archive, parts)

        def survey_one(place: int, beside: int) -> Survey:
            with open_archive(path) as archive:
                found = survey_xlsx(archive, parts[place].entry, styles)
                make_room(check_extent(found) + beside)
                return found

        return parts, styles.signs, survey_one
    if kind == "xls":
        data = path.read_bytes()
        surveys, signs = survey_xls(data), signs_of_xls(data)
    else:
        with open_archive(path) as archive:
            surveys, signs = survey_ods(archive), signs_of_ods(archive)
            check_well_formed(chunks(archive, "content.xml"), "content.xml")
    make_room(sum(map(check_extent, surveys)))
    return [], signs, lambda place, beside: surveys[place]


def _grid(
    loaded: fastexcel.ExcelSheet,
    kind: WorkbookFormat,
    names: list[str],
    survey: Survey,
    signs: Signs,
    options: ReadOptions,
    unread_sheets: tuple[UnreadSheet, ...],
) -> Grid:
    positions = [info.absolute_index for info in loaded.available_columns()]
    whole = loaded.to_arrow().columns
    found = {at: column for at, column in enumerate(whole) if column.null_count < len(column)}
    if not found:
        raise SheetError("file.empty")
    columns = {at: pc.fill_null(column, "") for at, column in found.items()}
    language, decimal = _language(columns, names, signs, options)
    read = shown_cells(columns, positions, survey.typed, language, decimal)
    cells = pa.table({str(at): column for at, column in read.shown.items()})
    stored = cells
    for place, at in enumerate(columns):
        if at in read.stored:
            stored = stored.set_column(place, str(at), read.stored[at])
    places_of = [positions[at] for at in columns]
    sampled = max(SAMPLE_ROWS, options.header_row or 0)
    start = start_of_table(_rows(stored, sampled), options.header_row)
    sample = _rows(cells, sampled)
    header, height = [""] * cells.num_columns, start.height
    if height:
        header, last = merged_header(sample, start, places_of, survey.merged, may_grow=options.header_row is None)
        height = last - start.place + 1
    above_body = start.place + height
    first_row = above_body + 1
    seen = unmerged(cells.slice(above_body), places_of, first_row, survey.merged)
    digits = unmerged(stored.slice(above_body), places_of, first_row, survey.merged).cells if read.stored else None
    body, list_notes = names_apart(seen.cells) if not height and digits is None else (seen.cells, [])
    if list_notes:
        header, places_of = ["", ""], [places_of[0], places_of[0] + 1]
    all_notes = [
        *start_notes(sample, start, height),
        *list_notes,
        *unread_notes(unread_sheets),
        *([Note("merged_filled", {"n": seen.filled})] if seen.filled else []),
        *([Note("merged_hidden", _rows_named(seen.hidden))] if seen.hidden else []),
        *(Note(code, {"n": n}) for code, n in sorted(read.counts.items())),
        *_notes_of_rows("errors_shown", read.errors, first_row),
        *_notes_of_rows("formulas_uncalculated", read.uncalculated, first_row),
    ]
    return Grid(
        cells=body,
        header=header,
        positions=places_of,
        first_row=first_row,
        hidden=survey.hidden,
        hidden_columns=frozenset(at for at, position in enumerate(places_of) if survey.hides(position)),
        uncalculated={
            place: read.uncalculated[at].tolist() for place, at in enumerate(columns) if at in read.uncalculated
        },
        stored={place: digits.column(place) for place, at in enumerate(columns) if digits and at in read.stored},
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
            decimal=decimal,
            language=language.code,
            notes=tuple(all_notes),
            unread_sheets=unread_sheets,
        ),
    )


def _rows(cells: pa.Table, count: int) -> list[list[str]]:
    return [list(row.values()) for row in cells.slice(0, count).to_pylist()]


def _language(
    columns: Mapping[int, pa.Array], names: list[str], signs: Signs, options: ReadOptions
) -> tuple[SheetLanguage, str]:
    """Return the language and the decimal sign of ``options``, and guess what they leave open."""
    texts = [text for column in columns.values() for text in column.slice(0, _ROWS_OF_WORDS).to_pylist() if text]
    guessed, decimal = guess_language(signs if signs.words else replace(signs, words=tuple(names)), texts)
    language = LANGUAGES.get(options.language or "", guessed)
    return language, options.decimal or (decimal if language is guessed else language.decimal)


def _notes_of_rows(code: str, rows_by_column: Mapping[int, Rows], first_row: int) -> Iterator[Note]:
    """Yield a note that names the first rows of such cells below the header, if there are any."""
    found = [rows[rows >= first_row] for rows in rows_by_column.values()]
    if count := sum(map(len, found)):
        yield Note(code, _rows_named(np.unique(np.concatenate(found)).tolist()) | {"n": count})


def _rows_named(rows: Sequence[int]) -> dict[str, object]:
    return {"n": len(rows), "rows": list(rows[:ROWS_NAMED])}


@contextmanager
def _translated() -> Iterator[None]:
    """Translate fastexcel's errors into ``SheetError``."""
    try:
        yield
    except fastexcel.FastExcelError as err:
        if "password" in str(err).lower():
            raise SheetError("file.encrypted") from err
        raise SheetError("file.unreadable", detail=str(err).splitlines()[0][:200]) from err
