"""Whole columns through the rules of ``omni.core.destination`` at once: what will be sent, repaired, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.errors import SheetError
from omni.sheets.checking.email_column import screen_emails
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.checking.screened_column import ScreenedColumn, nothing
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import on_threads, one_chunk, parts


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """Every mapped field of every row of the sheet, in its order.

    ``values`` has one string column a field: the normalised destination, ``""`` where none or not known;
    texts without outer blanks. ``repaired`` says where a destination differs from the cell, ``problem`` why a
    filled cell is none (a code such as ``phone.too_short``, else null), ``warning`` what there is to know of a value
    that is sent all the same, ``proposal`` what may have been meant, ``original`` what the cell holds. ``headers`` and
    ``kinds`` are the field's column and what it was screened as, ``country`` where phones without a code are.
    """

    headers: dict[str, str]
    kinds: dict[str, FieldKind]
    values: pa.Table
    repaired: dict[str, pa.ChunkedArray]
    problem: dict[str, pa.ChunkedArray]
    warning: dict[str, pa.ChunkedArray]
    proposal: dict[str, pa.ChunkedArray]
    original: dict[str, pa.ChunkedArray]
    country: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What an operator has agreed to for all cells: numbers of other countries, the ninth digit that old Brazilian
    mobiles lack, large providers' domains in place of their slips."""

    allow_foreign: bool = False
    add_nine: bool = False
    correct_emails: bool = False


def screen(
    sheet: Sheet,
    mapping: Mapping[str, str],
    kinds: Mapping[str, FieldKind],
    country: str = "BR",
    agreed: Agreed = Agreed(),
) -> Screened:
    """Screen the fields in ``mapping`` (field to header) as what ``kinds`` says they hold; text when it says
    nothing.

    Equal, value for value, to ``normalise_phone`` (for ``country``) and ``normalise_email``. Raises
    ``SheetError`` for a header that the sheet does not have.
    """
    for field, header in mapping.items():
        if header not in sheet.columns:
            raise SheetError("columns.unknown", field=field, header=header)
    kinds = {field: kinds.get(field, "text") for field in mapping}

    def screened_part(part: tuple[int, int]) -> dict[str, ScreenedColumn]:
        return {
            field: _screen_cells(one_chunk(sheet.table.column(header).slice(*part)), kinds[field], country, agreed)
            for field, header in mapping.items()
        }

    done = on_threads(screened_part, parts(sheet.table.num_rows))

    def joined(name: str) -> dict[str, pa.ChunkedArray]:
        return {field: pa.chunked_array([getattr(part[field], name) for part in done]) for field in mapping}

    return Screened(
        headers=dict(mapping),
        kinds=dict(kinds),
        values=pa.table(joined("values")),
        repaired=joined("repaired"),
        problem=joined("problem"),
        warning=joined("warning"),
        proposal=joined("proposal"),
        original={field: sheet.table.column(header) for field, header in mapping.items()},
        country=country,
    )


def _screen_cells(cells: pa.StringArray, kind: FieldKind, country: str, agreed: Agreed) -> ScreenedColumn:
    if kind == "phone":
        return screen_phones(cells, country, allow_foreign=agreed.allow_foreign, add_nine=agreed.add_nine)
    if kind == "email":
        return screen_emails(cells, correct_typos=agreed.correct_emails)
    trimmed = pc.utf8_trim_whitespace(cells)
    return ScreenedColumn(
        values=cells if cells.equals(trimmed) else trimmed,  # the former lies on disk already
        repaired=pa.repeat(pa.scalar(False), len(cells)),
        problem=nothing(len(cells)),
        warning=nothing(len(cells)),
        proposal=nothing(len(cells)),
    )
