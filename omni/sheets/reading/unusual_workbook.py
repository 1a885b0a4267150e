"""Copies of sound workbooks under the names that calamine looks for, where a program chose others.

An xlsx is a package whose relationships say where its parts are (ECMA-376 part 2, 9.3); calamine looks for
``workbook.xml``, but some programs write ``workbook2.xml``. The stream of an xls is ``Workbook`` in any letter case
([MS-CFB] 2.6.4).
"""

from __future__ import annotations

import io
import posixpath
from pathlib import Path
from typing import Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from omni.sheets.reading.archive import chunks, open_archive
from omni.sheets.reading.compound_file import with_usual_names
from omni.sheets.reading.xlsx_survey import book_entry

_BOOK: Final = "workbook.xml"


def usual_copy(path: Path, kind: Literal["xlsx", "xls", "ods"]) -> bytes | None:
    """Return a copy of the workbook under usual names, or None when it has them. Raises ``SheetError``."""
    if kind == "xls":
        return with_usual_names(path.read_bytes(), ("Workbook", "Book"))
    if kind == "ods":
        return None
    with open_archive(path) as archive:
        folder, file = posixpath.split(book_entry(archive))
        return None if file.lower() == _BOOK else _renamed(archive, folder, file)


def _renamed(archive: ZipFile, folder: str, file: str) -> bytes:
    """Write the archive with the workbook's part and its relationships under their usual names."""
    names = {
        posixpath.join(folder, file): posixpath.join(folder, _BOOK),
        posixpath.join(folder, "_rels", f"{file}.rels"): posixpath.join(folder, "_rels", f"{_BOOK}.rels"),
    }
    copy = io.BytesIO()
    with ZipFile(copy, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for name in archive.namelist():
            with target.open(names.get(name, name), "w") as entry:
                for chunk in chunks(archive, name):
                    is_about_parts = name.lower() in ("_rels/.rels", "[content_types].xml")
                    entry.write(chunk.replace(file.encode(), _BOOK.encode()) if is_about_parts else chunk)
    return copy.getvalue()
