"""The folder in which one campaign is prepared: the spreadsheet as it came, and what was made of it.

What is made is kept under a fingerprint of all it was made from, so a changed decision never meets a stale result,
and pages read slices of it from disk instead of holding tables in memory.
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
    """What a result is known by: a digest of everything it was made from (JSON values)."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Workspace:
    """One draft's folder, and how large a spreadsheet it takes.

    Raises ``StoreError`` when the disk does not take what is written.
    """

    def __init__(self, folder: Path, limits: Limits = Limits()) -> None:  # noqa: B008 (frozen)
        self.folder = folder
        self.limits = limits

    def keep_upload(self, name: str, data: BinaryIO) -> Upload:
        """Copy an uploaded spreadsheet to disk, beside the one before: ``keep_only`` drops that once this one reads."""
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
        """Where the uploaded spreadsheet lies."""
        return self.folder / upload.stored

    def build_once(self, kind: str, key: str, make: Callable[[Path], None]) -> Path:
        """The folder ``kind-key`` with what ``make`` puts into it; made once, and whole or not at all."""
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
        """Forget everything: contacts are personal data."""
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
