"""Spreadsheets kept for further campaigns: a copy of the file with all decisions about it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from omni.core.draft import ContactList
from omni.errors import SheetError, folder_error
from omni.service.preparation import Preparation, from_json, to_json
from omni.service.workspace import Workspace
from omni.store.people.saved import ContactLists

_KEPT: Final = (
    "upload", "reading", "mapping", "country", "is_country_chosen", "duplicates", "same", "opt_out", "agreed", "fixes",
)  # fmt: skip
"""Parts of a preparation that concern the contacts; the steps and the sending belong to one campaign."""


def keep(
    lists: ContactLists, folder: Path, workspace: Workspace, preparation: Preparation, name: str, contacts: int
) -> ContactList:
    """Keep the draft's spreadsheet under ``name``.

    Raises ``SheetError`` if the draft has none, and ``StoreError`` when the disk refuses it.
    """
    upload = preparation.upload
    if upload is None:
        raise SheetError("file.none")
    body = {part: value for part, value in to_json(preparation).items() if part in _KEPT}
    made = lists.keep(name, body, contacts)
    target = folder / made.id
    try:
        target.mkdir(mode=0o700, parents=True)
        for file in _files(workspace.folder, preparation):
            shutil.copyfile(file, target / file.name)
    except OSError as err:
        forget(lists, folder, made.id)
        raise folder_error(err) from err
    return made


def use(kept: ContactList, folder: Path, workspace: Workspace, preparation: Preparation) -> Preparation:
    """Return the draft with the kept spreadsheet and the decisions about it; its own steps stay as they are.

    Raises ``SheetError`` when the file is missing.
    """
    stored = from_json({"template": {"steps": []}, **kept.body})
    try:
        workspace.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in _files(folder / kept.id, stored):
            shutil.copyfile(file, workspace.folder / file.name)
    except OSError as err:
        raise SheetError("file.missing", path=kept.name) from err
    decided: dict[str, Any] = {part: getattr(stored, part) for part in _KEPT}
    return replace(preparation, **decided)


def file_of(kept: ContactList, folder: Path) -> tuple[str, Path]:
    """Return the original name and the path of the kept spreadsheet. Raises ``SheetError`` when there is none."""
    upload = from_json({"template": {"steps": []}, **kept.body}).upload
    if upload is None:
        raise SheetError("file.missing", path=kept.name)
    return upload.name, folder / kept.id / upload.stored


def forget(lists: ContactLists, folder: Path, list_id: str) -> None:
    """Delete a list with its file, because contacts are personal data."""
    lists.delete(list_id)
    shutil.rmtree(folder / list_id, ignore_errors=True)


def _files(folder: Path, preparation: Preparation) -> list[Path]:
    files = [folder / preparation.upload.stored] if preparation.upload else []
    return files + ([folder / f"fixes-{preparation.fixes}.json"] if preparation.fixes else [])
