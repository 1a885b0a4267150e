"""Which columns the fields of a spreadsheet are in, as far as that is known without asking."""

from __future__ import annotations

from dataclasses import replace

from omni.service.contacts import propose_mapping
from omni.service.kept_lists import matched_before
from omni.service.preparation import Preparation
from omni.sheets.reading.reader import Sheet
from omni.store.saved import SavedMappings


def matched(mappings: SavedMappings, preparation: Preparation, sheet: Sheet) -> dict[str, str]:
    """Field to column: as decided where that column is there, else as in the last spreadsheet of this shape, else as
    headers and cells suggest."""
    kept = {field: header for field, header in preparation.mapping.items() if header in sheet.columns}
    known = matched_before(mappings, sheet)
    kept = {**(known.mapping if known else {}), **kept}
    proposed = propose_mapping(sheet, replace(preparation, mapping=kept).fields())
    return {field: header for field, header in proposed.items() if header not in kept.values()} | kept
