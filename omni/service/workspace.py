"""Workspace: the folder in which one campaign is prepared, with the spreadsheet and the results made from it.

Each result is stored under a fingerprint of everything it was made from, so that a changed decision never meets a stale
result. Pages read slices of results from disk instead of holding tables in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from omni.errors import folder_error
from omni.service.preparation import Upload
from omni.sheets.limits import Limits

_CHUNK = 1 << 20


def fingerprint(*parts: object) -> str:
    """Return a digest that identifies a result by everything it was made from (JSON values)."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Workspace:
    """Folder of one draft, with the limits on the size of a spreadsheet in it.

    Raises ``StoreError`` when the disk refuses what is written.
    """

    def __init__(self, folder: Path, limits: Limits = Limits()) -> None:  # noqa: B008 (frozen)
        self.folder = folder
        self.limits = limits

    def keep_upload(self, name: str, data: BinaryIO) -> Upload:
        """Copy an uploaded spreadsheet to disk.

        The previous one stays beside it until ``keep_only`` drops it, once this one can be read.
        """
        self._make_folder()
        digest, size = hashlib.sha256(), 0
        with _disk_errors():
            descriptor, building = tempfile.mkstemp(prefix=".building-", dir=self.folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    while chunk := data.read(_CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
                        file.write(chunk)
                suffix = Path(name).suffix.lower()[:10]
                stored = f"upload-{digest.hexdigest()[:16]}{suffix if suffix[1:].isalnum() else ''}"
                Path(building).replace(self.folder / stored)
            finally:
                Path(building).unlink(missing_ok=True)
        return Upload(name=Path(name).name, stored=stored, size=size, sha256=digest.hexdigest())

    def keep_only(self, upload: Upload | None) -> None:
        """Drop every other spreadsheet that was uploaded here."""
        for path in self.folder.glob("upload-*"):
            if upload is None or path.name != upload.stored:
                path.unlink(missing_ok=True)

    def path_of(self, upload: Upload) -> Path:
        """Return the path of the uploaded spreadsheet."""
        return self.folder / upload.stored

    def build_once(self, kind: str, key: str, make: Callable[[Path], None]) -> Path:
        """Return the folder ``kind-key`` with what ``make`` writes to it: made once, and completely or not at all."""
        target = self.folder / f"{kind}-{key}"
        if target.is_dir():
            return target
        self._make_folder()
        with _disk_errors():
            building = Path(tempfile.mkdtemp(prefix=".building-", dir=self.folder))
            try:
                make(building)
                for old in self.folder.glob(f"{kind}-*"):
                    shutil.rmtree(old, ignore_errors=True)
                try:
                    building.replace(target)
                except OSError:
                    # Another session finished the same work first; its result equals ours.
                    if not target.is_dir():
                        raise
            finally:
                shutil.rmtree(building, ignore_errors=True)
        return target

    def remove(self) -> None:
        """Remove everything, because contacts are personal data."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_folder(self) -> None:
        with _disk_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise folder_error(err) from err
