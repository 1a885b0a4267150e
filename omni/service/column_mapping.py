"""Column mapping of a spreadsheet, as far as it is known without asking the operator."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from omni.core.field_kind import FieldKind
from omni.service.preparation import Preparation
from omni.service.workspace import fingerprint
from omni.sheets.checking.column_mapping import Proposal, proposal, spread_sample
from omni.sheets.checking.destination_columns import destination_columns
from omni.sheets.sheet import Sheet
from omni.store.people.saved import SavedMapping, SavedMappings


def propose_mapping(sheet: Sheet, fields: Mapping[str, FieldKind], country: str = "BR") -> dict[str, str]:
    """Propose a column for each field, by the headers and rows spread over the sheet."""
    return dict(propose_columns(sheet, fields, country).mapping)


def propose_columns(sheet: Sheet, fields: Mapping[str, FieldKind], country: str = "BR") -> Proposal:
    """Propose a column for each field, and name those between which the operator has to choose."""
    titles = sheet.titles
    sample = spread_sample(sheet.with_rows_in_place().select(list(titles.values()))).rename_columns(list(titles))
    found = proposal(list(titles), fields, sample, country)
    return Proposal(
        {field: titles[title] for field, title in found.mapping.items()},
        {field: tuple(titles[title] for title in close) for field, close in found.close.items()},
    )


def why_unmatched(sheet: Sheet, kind: FieldKind, country: str) -> list[tuple[str, str]]:
    """Return why a sheet has no column for a field of phones or e-mails: ends of keys of the catalog, with columns.

    It may hold only the other kind, or have hidden columns, which are left out.
    """
    found = []
    known = destination_columns(sheet, country=country)
    if known and kind not in known.values():
        found.append(("only_emails" if kind == "phone" else "only_phones", list(known)))
    if sheet.hidden_columns:
        found.append(("hidden_left_out", list(sheet.hidden_columns)))
    return [(name, ", ".join(headers)) for name, headers in found]


def placeholder_columns(sheet: Sheet, mapping: Mapping[str, str]) -> list[str]:
    """Return the names that a ``{{placeholder}}`` may use: every header, and every mapped contactInfo key."""
    return list(dict.fromkeys([*sheet.columns, *mapping]))


def placeholder_headers(
    columns: Sequence[str], mapping: Mapping[str, str], names: Sequence[str], chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return the column of each placeholder that has one; a field that is mapped needs none.

    The operator's choice comes first, then the header of that very name, then a mapped field, then the only header that
    is alike but for letter case, accents, blanks and signs.
    """
    found = {}
    for name in names:
        if chosen.get(name) in columns:
            found[name] = chosen[name]
        elif name in columns:
            found[name] = name
        elif name not in mapping and len(alike := headers_like(columns, name)) == 1:
            found[name] = alike[0]
    return found


def headers_like(columns: Sequence[str], name: str) -> list[str]:
    """Return the headers that equal a placeholder but for letter case, accents, blanks and signs."""
    wanted = _folded(name)
    return [header for header in columns if wanted and _folded(header) == wanted]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())


def shape_of(sheet: Sheet) -> str:
    """Return a fingerprint of the headers that ignores their order, letter case and spacing."""
    return fingerprint("shape 2", sorted(map(_normalised, sheet.columns)))


def matched_before(mappings: SavedMappings, sheet: Sheet) -> SavedMapping | None:
    """Return the mapping of the last spreadsheet with the same ``shape_of``, with this sheet's headers; else None."""
    known = mappings.get(shape_of(sheet))
    if known is None:
        return None
    here = {_normalised(header): header for header in reversed(sheet.columns)}
    mapping = {
        name: header if header in sheet.columns else here[_normalised(header)] for name, header in known.mapping.items()
    }
    return replace(known, mapping=mapping)


def matched(mappings: SavedMappings, preparation: Preparation, sheet: Sheet) -> Preparation:
    """Return the preparation with a column for each field, as far as one is known.

    As decided in ``preparation`` if the sheet has that column, else as in the last spreadsheet of this shape, else as
    headers and cells suggest.
    """
    kept = {field: header for field, header in preparation.mapping.items() if header in sheet.columns}
    known = matched_before(mappings, sheet)
    before = dict(known.mapping) if known else {}
    kept = {**before, **kept}
    proposed = propose_mapping(sheet, replace(preparation, mapping=kept).fields(), preparation.country)
    found = {field: header for field, header in proposed.items() if header not in kept.values()} | kept
    return replace(preparation, mapping=found, chosen={**before, **preparation.chosen})


def _normalised(header: str) -> str:
    return " ".join(header.split()).casefold()
