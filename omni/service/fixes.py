"""Corrections of cells made in the console: kept beside the spreadsheet, which itself is never changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.errors import folder_error
from omni.service.preparation import Preparation
from omni.service.workspace import Workspace, fingerprint
from omni.sheets.sheet import Sheet

Fixes = Mapping[tuple[int, str], str]
"""Texts that replace cells, by the row that the spreadsheet program shows and the column's header."""

_KEPT: Final = 50
"""Number of earlier states that stay, so that another tab or an undo finds its own."""


def read_fixes(workspace: Workspace, preparation: Preparation) -> dict[tuple[int, str], str]:
    """Return the corrections that apply; none if another file, or another way of reading it, has replaced theirs."""
    if not preparation.fixes:
        return {}
    try:
        kept = json.loads(_file(workspace, preparation.fixes).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    if kept["of"] != _basis(preparation):
        return {}
    return {(row, header): text for row, header, text in kept["cells"]}


def with_fix(workspace: Workspace, preparation: Preparation, row: int, header: str, text: str | None) -> Preparation:
    """Return the preparation with one cell corrected to ``text``, or, for None, as it is in the spreadsheet.

    Raises ``StoreError`` when the disk refuses it.
    """
    cells = read_fixes(workspace, preparation)
    cells.pop((row, header), None)
    if text is not None:
        cells[row, header] = text
    if not cells:
        return replace(preparation, fixes="")
    kept = {"of": _basis(preparation), "cells": [[*place, text] for place, text in cells.items()]}
    name = fingerprint("fixes 1", kept)
    file = _file(workspace, name)
    building = file.with_suffix(".building")
    try:
        building.write_text(json.dumps(kept), "utf-8")
        building.replace(file)
    except OSError as err:
        raise folder_error(err) from err
    _forget_oldest(file)
    return replace(preparation, fixes=name)


def fixed_sheet(sheet: Sheet, fixes: Fixes) -> Sheet:
    """Return the spreadsheet with the corrections; columns without any are the same objects."""
    table, stored = sheet.table, sheet.stored
    for header in {header for _, header in fixes}:
        place = sheet.columns.index(header)
        table = table.set_column(place, header, fixed_column(sheet, header, fixes))
        if stored is not None and header in stored.column_names:
            digits = _with_texts(sheet, stored.column(header), header, fixes)
            stored = stored.set_column(stored.column_names.index(header), header, digits)
    return replace(sheet, table=table, stored=stored)


def fixed_column(sheet: Sheet, header: str, fixes: Fixes) -> pa.ChunkedArray:
    """Return one column with the corrections."""
    return _with_texts(sheet, sheet.table.column(header), header, fixes)


def _with_texts(sheet: Sheet, column: pa.ChunkedArray, header: str, fixes: Fixes) -> pa.ChunkedArray:
    texts = {row: text for (row, name), text in fixes.items() if name == header}
    if not texts:
        return column
    rows = np.asarray(sheet.rows)
    mask = np.isin(rows, np.fromiter(texts, np.int64, len(texts)))
    instead = pa.array([texts[row] for row in rows[mask].tolist()], pa.string())
    return pc.replace_with_mask(column, pa.array(mask), instead)


def _file(workspace: Workspace, name: str) -> Path:
    return workspace.folder / f"fixes-{name}.json"


def _forget_oldest(newest: Path) -> None:
    kept = sorted(newest.parent.glob("fixes-*.json"), key=os.path.getmtime)
    for path in kept[:-_KEPT]:
        path.unlink(missing_ok=True)


def _basis(preparation: Preparation) -> str:
    """Return a fingerprint of what corrections depend on: the file, and its reading except for hidden parts."""
    reading = {
        name: value
        for name, value in asdict(preparation.reading).items()
        # A language that is guessed is left out, because corrections of former versions know of none.
        if not name.startswith("include_hidden") and (name != "language" or value is not None)
    }
    return fingerprint("fixed 1", preparation.upload.sha256 if preparation.upload else "", reading)
