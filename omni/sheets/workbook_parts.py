"""The table of contents of an xlsx: its worksheets in order, which are shown, in which part each is written."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from zipfile import BadZipFile, ZipFile

from omni.errors import SheetError
from omni.sheets.xml_tags import tags


@dataclass(frozen=True, slots=True)
class Part:
    """One worksheet: its name, the archive entry it is written in, and whether the program shows it."""

    name: str
    entry: str
    visible: bool


def worksheets(archive: ZipFile) -> list[Part]:
    """The worksheets in the workbook's order; sheets that are charts or macros are left out.

    Source: ECMA-376 part 1, 18.2.20 (sheet), and part 2, 9.3 (relationships). Raises ``SheetError``.
    """
    root = _relations(archive, "_rels/.rels", "")
    book = next((entry for kind, entry in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    folder, file = posixpath.split(book)
    targets = _relations(archive, posixpath.join(folder, "_rels", f"{file}.rels"), folder)
    parts = []
    for sheet in tags(_content(archive, book), "sheet"):
        kind, entry = targets.get(sheet.get("id", ""), ("", ""))
        if kind == "worksheet":
            parts.append(Part(sheet.get("name", ""), entry, sheet.get("state", "visible") == "visible"))
    return parts


def _relations(archive: ZipFile, entry: str, folder: str) -> dict[str, tuple[str, str]]:
    """What an entry refers to, by id: the kind, and the entry it names."""
    return {
        relation.get("Id", ""): (
            relation.get("Type", "").rpartition("/")[2],
            _joined(folder, relation.get("Target", "")),
        )
        for relation in tags(_content(archive, entry), "Relationship")
    }


def _joined(folder: str, target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))


def _content(archive: ZipFile, entry: str) -> bytes:
    try:
        return archive.read(entry)
    except KeyError as err:
        raise SheetError("file.unreadable", detail=f"{entry} is missing") from err
    except BadZipFile as err:
        raise SheetError("file.truncated") from err
