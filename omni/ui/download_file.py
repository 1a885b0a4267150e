"""The file behind a download button, written only when the operator asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory


def content_of(write: Callable[[Path], object], ending: str) -> bytes:
    """Return the bytes of the file that ``write`` creates at the path it is given, which ends in ``ending``.

    Streamlit asks for the data of a download button in a thread without a session: ``write`` must not read the
    session, so the caller chooses the language before.
    """
    with TemporaryDirectory(prefix="omni-") as folder:
        path = Path(folder) / f"file{ending}"
        write(path)
        return path.read_bytes()
