"""Screening of whole columns by the rules of ``omni.core.destination``: values, repairs, problems and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.errors import SheetError
from omni.sheets.checking.argentine_mobiles import NINE_ADDED, with_nines
from omni.sheets.checking.country_column import in_own_country, own_countries
from omni.sheets.checking.email_column import screen_emails
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.checking.screened_column import ScreenedColumn, null_strings
from omni.sheets.checking.text_column import are_marked, prepared_texts
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import on_threads, one_chunk, parts


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """The result of screening every mapped field of every row of the sheet, in its order.

    ``values`` has one string column per field: the normalised destination, ``""`` where there is none or it is not
    known; texts are clean and in one line. By field, ``repaired`` marks destinations that differ from the cell,
    ``problem`` is the code of the reason why a filled cell is no destination (such as ``phone.too_short``, else null),
    ``warning`` a code for a value that is sent nevertheless, ``proposal`` the value that may have been intended, and
    ``original`` the text of the cell. ``headers`` and ``kinds`` give the header of each field and the kind it was
    screened as; ``country`` is the country of phones without a code.
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
    """Repairs and exceptions that an operator has agreed to for all cells.

    ``allow_foreign`` accepts numbers of other countries, ``add_nine`` adds the ninth digit that old Brazilian mobiles
    lack and the 9 of Argentine ones, ``correct_emails`` replaces mistyped domains of large providers.
    """

    allow_foreign: bool = False
    add_nine: bool = False
    correct_emails: bool = False
    repair_texts: bool = False


def screen(
    sheet: Sheet,
    mapping: Mapping[str, str],
    kinds: Mapping[str, FieldKind],
    country: str = "BR",
    agreed: Agreed = Agreed(),
) -> Screened:
    """Screen the fields in ``mapping`` (field to header) as the kinds in ``kinds``, or as text where it has none.

    The result equals, value for value, ``normalise_phone`` (for ``country``) and ``normalise_email``, but for the 9 of
    Argentine mobiles (``omni.sheets.checking.argentine_mobiles``) and for phones without a country code of contacts
    whose country the sheet names (``omni.sheets.checking.country_column``). Raises ``SheetError`` ``columns.unknown``
    {field, header} for a header that the sheet does not have.
    """
    for field, header in mapping.items():
        if header not in sheet.columns:
            raise SheetError("columns.unknown", field=field, header=header)
    kinds = {field: kinds.get(field, "text") for field in mapping}

    def cells_of(field: str) -> pa.ChunkedArray:
        header = mapping[field]
        return sheet.table.column(header) if kinds[field] == "text" else sheet.digits_of(header)

    marked = {field for field in mapping if kinds[field] == "text" and are_marked(cells_of(field))}

    own = own_countries(sheet, country) if "phone" in kinds.values() else None

    def screened_part(part: tuple[int, int]) -> dict[str, ScreenedColumn]:
        done: dict[str, ScreenedColumn] = {}
        for field in mapping:
            cells = one_chunk(cells_of(field).slice(*part))
            done[field] = _screen_cells(cells, kinds[field], country, agreed, field in marked)
            if own is not None and kinds[field] == "phone":
                done[field] = in_own_country(done[field], cells, own.slice(*part), allow_foreign=agreed.allow_foreign)
        return done

    done = on_threads(screened_part, parts(sheet.table.num_rows))

    def joined(name: str) -> dict[str, pa.ChunkedArray]:
        return {field: pa.chunked_array([getattr(part[field], name) for part in done]) for field in mapping}

    values, repaired, warning, proposal = (joined(name) for name in ("values", "repaired", "warning", "proposal"))
    phones = {field: column for field, column in values.items() if kinds[field] == "phone"}
    for field, column in with_nines(phones, to_all=agreed.add_nine).items():
        is_new = pc.not_equal(column, values[field])
        values[field], repaired[field] = column, pc.or_(repaired[field], is_new)
        if agreed.add_nine:
            warning[field] = pc.if_else(is_new, NINE_ADDED, warning[field])
            proposal[field] = pc.if_else(is_new, column, proposal[field])
    return Screened(
        headers=dict(mapping),
        kinds=dict(kinds),
        values=pa.table(values),
        repaired=repaired,
        problem=joined("problem"),
        warning=warning,
        proposal=proposal,
        original={field: cells_of(field) for field in mapping},
        country=country,
    )


def _screen_cells(
    cells: pa.StringArray, kind: FieldKind, country: str, agreed: Agreed, is_marked: bool
) -> ScreenedColumn:
    if kind == "phone":
        return screen_phones(cells, country, allow_foreign=agreed.allow_foreign, add_nine=agreed.add_nine)
    if kind == "email":
        return screen_emails(cells, correct_typos=agreed.correct_emails)
    clean = prepared_texts(cells, repair=agreed.repair_texts, is_marked=is_marked)
    return ScreenedColumn(
        values=cells if cells.equals(clean) else clean,  # the unchanged cells are on disk already
        repaired=pa.repeat(pa.scalar(False), len(cells)),
        problem=null_strings(len(cells)),
        warning=null_strings(len(cells)),
        proposal=null_strings(len(cells)),
    )
