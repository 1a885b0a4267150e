"""Whole columns through the rules of ``omni.core.destination`` at once: what will be sent, repaired, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.contact import FieldKind
from omni.errors import SheetError
from omni.sheets.email_column import screen_emails
from omni.sheets.phone_column import screen_phones
from omni.sheets.screened_column import ScreenedColumn, one_chunk
from omni.sheets.sheet import Sheet


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
    repaired: dict[str, pa.BooleanArray]
    problem: dict[str, pa.StringArray]
    warning: dict[str, pa.StringArray]
    proposal: dict[str, pa.StringArray]
    original: dict[str, pa.StringArray]
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
    columns: dict[str, ScreenedColumn] = {}
    original: dict[str, pa.StringArray] = {}
    for field, header in mapping.items():
        if header not in sheet.columns:
            raise SheetError("columns.unknown", field=field, header=header)
        cells = original[field] = one_chunk(sheet.table.column(header))
        kind = kinds.get(field, "text")
        if kind == "phone":
            columns[field] = screen_phones(
                cells, country, allow_foreign=agreed.allow_foreign, add_nine=agreed.add_nine
            )
        elif kind == "email":
            columns[field] = screen_emails(cells, correct_typos=agreed.correct_emails)
        else:
            columns[field] = _screen_texts(cells)
    return Screened(
        headers=dict(mapping),
        kinds={field: kinds.get(field, "text") for field in mapping},
        values=pa.table({field: column.values for field, column in columns.items()}),
        repaired={field: column.repaired for field, column in columns.items()},
        problem={field: column.problem for field, column in columns.items()},
        warning={field: column.warning for field, column in columns.items()},
        proposal={field: column.proposal for field, column in columns.items()},
        original=original,
        country=country,
    )


def _screen_texts(cells: pa.StringArray) -> ScreenedColumn:
    return ScreenedColumn(
        values=pc.utf8_trim_whitespace(cells),
        repaired=pa.repeat(pa.scalar(False), len(cells)),
        problem=pa.nulls(len(cells), pa.string()),
        warning=pa.nulls(len(cells), pa.string()),
        proposal=pa.nulls(len(cells), pa.string()),
    )
