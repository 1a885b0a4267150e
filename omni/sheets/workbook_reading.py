"""An xlsx, xls or ods as a grid of text: the first sheet people see, at the rows and columns they see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import SheetError
from omni.sheets.archive import check_sizes, chunks, is_xml, open_archive
from omni.sheets.cell_text import Reload, typed_text
from omni.sheets.header import SAMPLE_ROWS, start_of_table
from omni.sheets.hidden_ods import survey_ods
from omni.sheets.hidden_xls import survey_xls
from omni.sheets.hidden_xlsx import survey_xlsx
from omni.sheets.merged import filled_down
from omni.sheets.merged_header import merged_header
from omni.sheets.notes import Note
from omni.sheets.number_formats import shown_with_zeros, with_zeros
from omni.sheets.sheet import Assumptions, Grid, ReadOptions
from omni.sheets.survey import Survey, check_extent
from omni.sheets.well_formed import check_well_formed
from omni.sheets.workbook_parts import Part, worksheets

WorkbookFormat = Literal["xlsx", "xls", "ods"]
MakeRoom = Callable[[int], None]
"""Told for how many cells memory is about to be taken."""

# Row 0 onwards and no header: otherwise fastexcel leaves out empty rows at the top, and row numbers shift.
_AS_IT_STANDS: Final[dict[str, Any]] = {"header_row": None, "skip_rows": 0}


def read_workbook(path: Path, kind: WorkbookFormat, options: ReadOptions, make_room: MakeRoom) -> Grid:
    """The wanted sheet of the workbook at ``path``, else the first visible one with anything in it.

    Raises ``SheetError``.
    """
    with _translated(), ThreadPoolExecutor(1) as pool:
        parts, survey_of = _survey(path, kind, make_room)
        # calamine believes a path's ending, and finds out by itself what bytes are. Of an xlsx it reads the strings
        # here, and meanwhile the sheet is surveyed.
        opening = pool.submit(fastexcel.read_excel, path if path.suffix.lower() == f".{kind}" else path.read_bytes())
        names = [part.name for part in parts] or opening.result().sheet_names
        if options.sheet is not None and options.sheet not in names:
            raise SheetError("sheet.unknown", sheet=options.sheet, sheets=", ".join(names))
        shown = [part.name for part in parts if part.visible] or names
        for name in shown if options.sheet is None else [options.sheet]:
            survey = survey_of(names.index(name))
            book = opening.result()
            loaded = book.load_sheet(name, dtypes="string", **_AS_IT_STANDS)
            seen = loaded.visible == "visible" or options.sheet is not None
            if seen and loaded.width and loaded.height:
                return _grid(book, loaded, kind, names, survey, options)
    raise SheetError("file.empty")


def _survey(path: Path, kind: WorkbookFormat, make_room: MakeRoom) -> tuple[list[Part], Callable[[int], Survey]]:
    """The worksheets of an xlsx, and the survey of each sheet by its place, after which there is room to load it.

    calamine unpacks every sheet of an xls or ods when it opens the file, so these are all surveyed before.
    """
    if kind == "xlsx":
        with open_archive(path) as archive:
            parts = worksheets(archive)
            entries = {part.entry for part in parts}
            check_sizes(archive, (name for name in archive.namelist() if name not in entries and is_xml(name)))

        def survey_one(place: int) -> Survey:
            with open_archive(path) as archive:
                found = survey_xlsx(archive, parts[place].entry)
                make_room(check_extent(found))
                return replace(found, zeros=shown_with_zeros(archive, parts[place].entry))

        return parts, survey_one
    if kind == "xls":
        surveys = survey_xls(path.read_bytes())
    else:
        with open_archive(path) as archive:
            surveys = survey_ods(archive)
            check_well_formed(chunks(archive, "content.xml"), "content.xml")
    make_room(sum(map(check_extent, surveys)))
    return [], surveys.__getitem__


def _grid(
    book: fastexcel.ExcelReader,
    loaded: fastexcel.ExcelSheet,
    kind: WorkbookFormat,
    names: list[str],
    survey: Survey,
    options: ReadOptions,
) -> Grid:
    def reload(dtype: Any, places: list[int]) -> dict[int, pa.Array]:
        wanted = [positions[place] for place in places]
        again = book.load_sheet(loaded.name, use_columns=wanted, dtypes=dtype, **_AS_IT_STANDS).to_arrow()
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
    place, titled = start_of_table(sample, options.header_row)
    header, last = [""] * cells.num_columns, place
    if titled:
        header, last = merged_header(sample, place, places_of, survey.merged, may_grow=options.header_row is None)
    first_row = last + titled + 1
    body, filled = filled_down(cells.slice(last + titled), places_of, first_row, survey.merged)
    told = [
        *([] if titled else [Note("no_header")]),
        *([Note("lines_above_header", {"n": place})] if titled and place else []),
        *([Note("merged_filled", {"n": filled})] if filled else []),
        *(Note(code, {"n": n}) for code, n in sorted(notes.items())),
    ]
    return Grid(
        cells=body,
        header=header,
        positions=places_of,
        first_row=first_row,
        hidden=survey.hidden,
        hidden_columns=frozenset(at for at, position in enumerate(places_of) if survey.hides(position)),
        assumptions=Assumptions(
            format=kind,
            header_row=last + 1 if titled else 0,
            sheet=loaded.name,
            sheets=tuple(names),
            decimal=options.decimal,
            notes=tuple(told),
        ),
    )


def _with_times(columns: dict[int, pa.Array], reload: Reload) -> dict[int, pa.Array]:
    """The columns of an ods with its times of day, which fastexcel leaves out of text."""
    gaps = [at for at, column in columns.items() if column.null_count]
    for at, times in reload("duration", gaps).items() if gaps else ():
        texts = pa.array([None if time is None else str(time) for time in times.to_pylist()], pa.string())
        columns[at] = pc.coalesce(columns[at], texts)
    return columns


@contextmanager
def _translated() -> Iterator[None]:
    """calamine's complaints as ours."""
    try:
        yield
    except fastexcel.FastExcelError as err:
        if "password" in str(err).lower():
            raise SheetError("file.encrypted") from err
        raise SheetError("file.unreadable", detail=str(err).splitlines()[0][:200]) from err
