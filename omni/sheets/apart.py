"""Reading a workbook in a process of its own, which can be ended: a reader in native code cannot be interrupted.

What a damaged or hostile file makes of that process (going round for ever, taking all memory, dying) ends as a
sentence. Text files are read here: their readers are bounded by the file's size.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from omni.errors import SheetError
from omni.sheets.compound import SIGNATURE
from omni.sheets.limits import Limits
from omni.sheets.reader import read
from omni.sheets.sheet import ReadOptions
from omni.sheets.stored import write_sheet

ROOT: Final = Path(__file__).resolve().parents[2]
CPU_SECONDS: Final = 4.0
CPU_SECONDS_A_MEGABYTE: Final = 3.0
"""Processor time, so that a busy machine refuses nothing. A sound megabyte takes a fifth of a second."""
WALL_SECONDS: Final = 120.0
WALL_SECONDS_A_MEGABYTE: Final = 10.0
MEMORY: Final = 2 * 2**30
MEMORY_A_BYTE: Final = 60
"""Address space: what the libraries map, and what a sound workbook unpacks to several times over."""
_SIGKILL: Final = 9
_READER: Final = (sys.executable, "-m", "omni.sheets.apart")
REFUSED: Final = 3
"""The exit code with which a ``SheetError`` is on the standard output."""


def read_into(folder: Path, path: Path, options: ReadOptions, limits: Limits) -> None:
    """Read the spreadsheet at ``path`` into ``folder``, as ``write_sheet`` does.

    Raises ``SheetError``, and ``OSError`` when the folder does not take it.
    """
    if not _is_container(path):
        write_sheet(folder, read(path, options, limits))
        return
    size = path.stat().st_size
    megabytes = size / 2**20
    order = {
        "path": str(path), "folder": str(folder), "options": asdict(options), "limits": asdict(limits),
        "cpu": CPU_SECONDS + megabytes * CPU_SECONDS_A_MEGABYTE, "memory": MEMORY + size * MEMORY_A_BYTE,
    }  # fmt: skip
    try:
        done = subprocess.run(
            _READER, input=json.dumps(order).encode(), capture_output=True, cwd=ROOT,
            timeout=WALL_SECONDS + megabytes * WALL_SECONDS_A_MEGABYTE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as err:
        raise SheetError("file.takes_too_long") from err
    if done.returncode == 0:
        return
    if done.returncode == REFUSED:
        told = json.loads(done.stdout)
        raise SheetError(told["code"], **told["params"])
    # Killed by a signal: by the hard limit of processor time, or because native code gave up for want of memory.
    raise SheetError("file.takes_too_long" if done.returncode == -_SIGKILL else "file.damaged")


def _is_container(path: Path) -> bool:
    """Whether the file is a zip or a compound file, which all workbooks are, whatever its name says."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)).startswith((SIGNATURE, b"PK"))


def _main() -> int:
    order: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    _limit(order["cpu"], order["memory"])
    try:
        sheet = read(Path(order["path"]), ReadOptions(**order["options"]), Limits(**order["limits"]))
        write_sheet(Path(order["folder"]), sheet)
    except SheetError as err:
        sys.stdout.write(json.dumps({"code": err.code, "params": err.params}, default=str))
        return REFUSED
    return 0


def _limit(cpu: float, memory: int) -> None:
    """Have the system end us past these. Windows has neither limit; there the parent's patience has to do."""
    with suppress(ImportError):
        import resource

        seconds = max(1, round(cpu))
        # Equal, so that the system kills at once: a handler would only run between Python's own steps.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    code = _main()
    sys.stdout.flush()
    # What is kept is written: the memory goes back as a whole, and not piece by piece.
    os._exit(code)
