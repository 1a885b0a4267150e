"""All columns of a sheet that hold phones or e-mail addresses, and the normalised destinations in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import pyarrow as pa

from omni.core.field_kind import FieldKind
from omni.sheets.checking.column_mapping import propose
from omni.sheets.checking.email_column import screen_emails
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import on_threads, one_chunk, parts

_SAMPLE_ROWS: Final = 200
_FIELDS: Final[Mapping[str, FieldKind]] = {
    **dict.fromkeys((f"phone{at}" for at in range(1, 6)), "phone"),
    **dict.fromkeys((f"email{at}" for at in range(1, 4)), "email"),
}


def destination_columns(sheet: Sheet, skipped: Collection[str] = (), country: str = "BR") -> dict[str, FieldKind]:
    """Return the headers of the columns that hold destinations, and their kinds, in the sheet's order.

    ``country`` is that of phones without a country code.
    """
    titles = {title: header for title, header in sheet.titles.items() if header not in skipped}
    sample = sheet.with_digits().slice(0, _SAMPLE_ROWS).select(list(titles.values())).rename_columns(list(titles))
    left = list(titles)
    found: dict[str, FieldKind] = {}
    while left:
        more = propose(left, _FIELDS, sample.select(left), country)
        if not more:
            break
        found |= {titles[title]: _FIELDS[field] for field, title in more.items()}
        left = [title for title in left if titles[title] not in found]
    return {header: found[header] for header in sheet.columns if header in found}


def destinations_in(sheet: Sheet, header: str, kind: FieldKind, country: str) -> pa.ChunkedArray:
    """Return the normalised destinations of a column, ``""`` where there is none; old mobiles get their ninth digit."""

    def screened(part: tuple[int, int]) -> pa.StringArray:
        cells = one_chunk(sheet.digits_of(header).slice(*part))
        column = screen_emails(cells) if kind == "email" else screen_phones(cells, country, add_nine=True)
        return column.values

    return pa.chunked_array(on_threads(screened, parts(sheet.table.num_rows)), pa.string())
